#include <cstdlib>
#include <string>

#include "backend.h"
#include "shakedown/core/library.h"

namespace shakedown::models {
namespace {

Backend* open_library(int threads) {
  // Read once, when the libraries start their pools; calls made later set the counts again.
  const std::string count = std::to_string(threads);
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}) {
    setenv(name, count.c_str(), 1);
  }
  const OwnLibrary library{"libshakedown_torch.so", "which opens models", SHAKEDOWN_TORCH_BUILD_PATH};
  return reinterpret_cast<BackendFactory>(symbol_of(library, kBackendSymbol))();
}

}  // namespace

Backend& backend(int threads) {
  static Backend& opened = *open_library(threads);
  return opened;
}

}  // namespace shakedown::models
