#include <cstdlib>
#include <dlfcn.h>
#include <string>

#include "backend.h"
#include "shakedown/core/error.h"
#include "shakedown/core/library.h"

namespace shakedown::models {
namespace {

Backend* open_library(int threads) {
  // Read once, when the libraries start their pools; calls made later set the counts again.
  const std::string count = std::to_string(threads);
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}) {
    setenv(name, count.c_str(), 1);
  }
  const auto file = find_library("libshakedown_torch.so", "which opens models", SHAKEDOWN_TORCH_BUILD_PATH);
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Error(ErrorKind::kModel, std::string("LibTorch back end: ") + dlerror());
  auto* factory = reinterpret_cast<BackendFactory>(dlsym(library, kBackendSymbol));
  if (factory == nullptr) {
    throw Error(ErrorKind::kModel, file.string() + ": belongs to another version of shakedown");
  }
  return factory();  // never closed: LibTorch cannot be unloaded
}

}  // namespace

Backend& backend(int threads) {
  static Backend& opened = *open_library(threads);
  return opened;
}

}  // namespace shakedown::models
