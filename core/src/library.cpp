#include "shakedown/core/library.h"

#include <cstdlib>
#include <dlfcn.h>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown {
namespace {

std::vector<std::filesystem::path> places(const std::filesystem::path& build_folder) {
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
  folders.push_back(build_folder);
  return folders;
}

std::filesystem::path find(const OwnLibrary& library) {
  std::vector<std::string> tried;
  for (const auto& folder : places(library.build_folder)) {
    auto file = (folder / library.file).lexically_normal();
    tried.push_back(folder.lexically_normal().string());
    std::error_code unreadable;
    if (std::filesystem::exists(file, unreadable)) return file;
  }
  throw Error(ErrorKind::kModel, library.file + ", " + library.purpose + ", is in none of " + join(tried, ", ") +
                                     ": set SHAKEDOWN_LIB_DIR to its folder");
}

}  // namespace

void* symbol_of(const OwnLibrary& library, const char* symbol) {
  const auto file = find(library);
  void* opened = dlmopen(library.isolated ? LM_ID_NEWLM : LM_ID_BASE, file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) throw Error(ErrorKind::kModel, library.file + " cannot be loaded: " + dlerror());
  void* found = dlsym(opened, symbol);
  if (found == nullptr) throw Error(ErrorKind::kModel, file.string() + ": belongs to another version of shakedown");
  return found;
}

}  // namespace shakedown
