#include "shakedown/core/library.h"

#include <cstdlib>
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

}  // namespace

std::filesystem::path find_library(const std::string& name, const std::string& purpose,
                                   const std::filesystem::path& build_folder) {
  std::vector<std::string> tried;
  for (const auto& folder : places(build_folder)) {
    auto file = (folder / name).lexically_normal();
    tried.push_back(folder.lexically_normal().string());
    std::error_code unreadable;
    if (std::filesystem::exists(file, unreadable)) return file;
  }
  throw Error(ErrorKind::kModel,
              name + ", " + purpose + ", is in none of " + join(tried, ", ") + ": set SHAKEDOWN_LIB_DIR to its folder");
}

}  // namespace shakedown
