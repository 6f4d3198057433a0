#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace shakedown::datasets::testing {

/// A folder that is removed with its contents at the end of the test.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file, with the folders above it, and gives its path.
  std::filesystem::path write(const std::filesystem::path& name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

/// A file of tests/data/datasets.
[[nodiscard]] std::filesystem::path data_file(const std::string& name);
[[nodiscard]] std::string read_file(const std::filesystem::path& file);
/// golden.json, made by NumPy.
[[nodiscard]] const nlohmann::json& golden();
/// The values of a golden array as numbers.
[[nodiscard]] std::vector<double> numbers(const nlohmann::json& array);

/// The message of the Error(kData or kUsage) that `action` throws; fails the test when it throws none, when
/// its message is more than one line, or when its exit code is not 2.
[[nodiscard]] std::string refusal(const std::function<void()>& action);

/// Writes pickles by hand, of files that no pickle library would write.
class Pickler {
 public:
  explicit Pickler(int protocol = 4);
  Pickler& op(std::string_view opcodes);
  Pickler& text(std::string_view text);      ///< BINUNICODE
  Pickler& bytes(std::string_view content);  ///< BINBYTES
  Pickler& integer(std::int64_t value);      ///< LONG1 of 8 bytes
  Pickler& number(double value);             ///< BINFLOAT
  Pickler& global(std::string_view module, std::string_view name);
  /// An array of C order that BUILD makes.
  Pickler& array(std::string_view dtype, const std::vector<std::int64_t>& shape, std::string_view data,
                 bool fortran = false);
  Pickler& floats(const std::vector<std::int64_t>& shape, const std::vector<float>& values);
  [[nodiscard]] std::string finish() const { return out_ + "."; }

 private:
  std::string out_;
};

/// A split's dict of `labels`, `audio` [N,2,3] of ones, and what `more` adds (key and value pairs).
[[nodiscard]] std::string small_split(
    const std::vector<float>& labels, const std::function<void(Pickler&)>& more = [](Pickler&) {});

}  // namespace shakedown::datasets::testing
