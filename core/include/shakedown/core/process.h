#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace shakedown {

/// A program to be run, without a shell.
struct Command {
  std::vector<std::string> words;  ///< the program, with its path, and its arguments
  std::filesystem::path folder;    ///< that it runs in
  double timeout_s = 60;
  std::size_t most_output = std::size_t{1} << 20U;  ///< bytes on standard output
};

/// How it ended.
struct Ended {
  enum class How { kExited, kSignalled, kTimedOut, kTooMuchOutput };  ///< the last two were killed
  How how = How::kExited;
  int code = 0;       ///< exit code, or the number of the signal
  std::string out;    ///< standard output, at most Command::most_output bytes
  std::string error;  ///< the end of standard error, at most 4 KiB
  [[nodiscard]] bool well() const { return how == How::kExited && code == 0; }
  /// "ended with exit code 3: <last line of standard error>", "was killed by signal 11 (...)", "took longer than 60 s"
  [[nodiscard]] std::string describe(const Command& command) const;
};

/// Runs it to its end, in a process group of its own that is killed at the end, when it takes too long or prints too
/// much. Standard input is empty; no other file of this process is passed on. Thread-safe.
/// @throws Error(kData) when it cannot be started
[[nodiscard]] Ended run_command(const Command& command);

/// Where the program `name` is: itself where it has a slash (from `folder` on), else the first of $PATH that can be
/// run.
[[nodiscard]] std::optional<std::filesystem::path> find_program(const std::string& name,
                                                                const std::filesystem::path& folder);

}  // namespace shakedown
