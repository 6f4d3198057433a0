#pragma once

#include <filesystem>
#include <string>

namespace shakedown {

/// A library of shakedown's own that is opened when it is first needed: looked for in $SHAKEDOWN_LIB_DIR alone where
/// that is set, else beside the program, where both are installed, and in `build_folder`.
/// @throws Error(kModel) naming the folders and `purpose` ("which opens models") when it is in none of them
[[nodiscard]] std::filesystem::path find_library(const std::string& name, const std::string& purpose,
                                                 const std::filesystem::path& build_folder);

}  // namespace shakedown
