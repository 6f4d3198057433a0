#pragma once

#include <string>
#include <vector>

namespace shakedown {

/// `word` as a POSIX shell takes it back.
[[nodiscard]] std::string shell_quoted(const std::string& word);
/// The words of a command line, quoted where a shell needs it, with a space between.
[[nodiscard]] std::string shell_line(const std::vector<std::string>& words);

}  // namespace shakedown
