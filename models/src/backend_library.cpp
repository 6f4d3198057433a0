#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <vector>

#include "backend.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::models {
namespace {

constexpr const char* kLibrary = "libshakedown_torch.so";

std::vector<std::filesystem::path> places() {
  std::vector<std::filesystem::path> folders;
  if (const char* given = std::getenv("SHAKEDOWN_LIB_DIR"); given != nullptr && *given != '\0') {
    folders.emplace_back(given);
    return folders;  // an answer that is given is not second-guessed
  }
  std::error_code unreadable;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unreadable).parent_path();
  if (!unreadable) {
    folders.push_back(program);
    folders.push_back(program / ".." / SHAKEDOWN_LIB_FROM_BIN);
  }
  folders.emplace_back(SHAKEDOWN_TORCH_BUILD_PATH);
  return folders;
}

Backend* open_library(int threads) {
  // Read once, when the libraries start their pools; calls made later set the counts again.
  const std::string count = std::to_string(threads);
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}) {
    setenv(name, count.c_str(), 1);
  }
  std::vector<std::string> tried;
  for (const auto& folder : places()) {
    const auto file = (folder / kLibrary).lexically_normal();
    tried.push_back(folder.lexically_normal().string());
    std::error_code unreadable;
    if (!std::filesystem::exists(file, unreadable)) continue;
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw Error(ErrorKind::kModel, std::string("LibTorch back end: ") + dlerror());
    auto* factory = reinterpret_cast<BackendFactory>(dlsym(library, kBackendSymbol));
    if (factory == nullptr) {
      throw Error(ErrorKind::kModel, file.string() + ": belongs to another version of shakedown");
    }
    return factory();  // never closed: LibTorch cannot be unloaded
  }
  throw Error(ErrorKind::kModel, std::string(kLibrary) + ", which opens models, is in none of " + join(tried, ", ") +
                                     ": set SHAKEDOWN_LIB_DIR to its folder");
}

}  // namespace

Backend& backend(int threads) {
  static Backend& opened = *open_library(threads);
  return opened;
}

}  // namespace shakedown::models
