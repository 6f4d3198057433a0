#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shakedown::cli {

/// One option of a sub-command: declared once, read by parsing, help and error messages.
struct Option {
  std::string name;   ///< without the dashes
  std::string value;  ///< what help shows for its value; "" for a switch
  std::string doc;
  std::string initial = {};  ///< default as text; "" for none
  bool repeated = false;
};

/// The words after a sub-command, parsed and checked. Accessors throw Error(kUsage) naming option and value.
class Arguments {
 public:
  /// `positional` is what help shows for free words, "" when none are taken.
  /// @throws Error(kUsage) for an unknown option (with the nearest one), a missing value, or a free word too many
  static Arguments parse(const std::string& command, const std::vector<Option>& options, const std::string& positional,
                         const std::vector<std::string>& words);

  [[nodiscard]] bool has(const std::string& name) const;          ///< a switch was given, or an option has a value
  [[nodiscard]] std::string text(const std::string& name) const;  ///< default, or "" without one
  [[nodiscard]] std::string required(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> all(const std::string& name) const;
  [[nodiscard]] std::uint64_t count(const std::string& name) const;  ///< a whole number, 0 or more
  [[nodiscard]] double share(const std::string& name) const;         ///< 0.02 or 2%
  [[nodiscard]] std::size_t bytes(const std::string& name) const;    ///< 4G, 512M
  [[nodiscard]] double seconds(const std::string& name) const;       ///< 30m, 90s, 2h
  [[nodiscard]] const std::vector<std::string>& free() const { return free_; }
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }  ///< as they were typed

 private:
  std::vector<Option> options_;
  std::vector<std::pair<std::string, std::string>> given_;
  std::vector<std::string> free_, words_;
};

/// Usage text of a sub-command.
[[nodiscard]] std::string help(const std::string& command, const std::string& doc, const std::vector<Option>& options,
                               const std::string& positional);

}  // namespace shakedown::cli
