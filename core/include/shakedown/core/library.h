#pragma once

#include <filesystem>
#include <string>

namespace shakedown {

/// A library of shakedown's own that is opened when it is first needed and never closed.
struct OwnLibrary {
  std::string file;                    ///< "libshakedown_torch.so"
  std::string purpose;                 ///< "which opens models"
  std::filesystem::path build_folder;  ///< where it lies before it is installed
  bool isolated = false;  ///< in a namespace of its own, with its own C library: no name or memory of it meets others
};

/// The address of `symbol` in it. It is looked for in $SHAKEDOWN_LIB_DIR alone where that is set, else beside the
/// program, where both are installed, and in `build_folder`.
/// @throws Error(kModel) naming the folders when it is in none of them; naming the file when it cannot be loaded, or
/// has no such symbol, as that of another version
[[nodiscard]] void* symbol_of(const OwnLibrary& library, const char* symbol);

}  // namespace shakedown
