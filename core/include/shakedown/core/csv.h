#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown {

/// One CSV field as RFC 4180 quotes it; bytes are kept.
[[nodiscard]] std::string csv_field(std::string_view text);

/// A CSV file with a header line after RFC 4180: fields in double quotes may hold commas, line ends and
/// doubled quotes. LF and CRLF, a UTF-8 byte order mark and blank lines between records are accepted.
/// Every field stays text.
class CsvTable {
 public:
  struct Row {
    std::size_t line = 0;  ///< of the file, counted from 1
    std::vector<std::string> fields;
  };

  /// @throws Error(kData) "file:line: what is wrong": cannot be read, larger than 256 MiB, not UTF-8, a
  /// quote that is not closed, a record with more or fewer fields than the header, a repeated column
  static CsvTable read(const std::filesystem::path& file);
  /// `name` stands for the file in errors.
  static CsvTable parse(std::string_view text, std::string name);

  [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view column) const;
  /// @throws Error(kData) naming the columns that there are
  [[nodiscard]] std::size_t require(std::string_view column) const;
  /// @throws Error(kData) "file:line: message"
  [[noreturn]] void fail(const Row& row, const std::string& message) const;

 private:
  std::string name_;
  std::vector<std::string> header_;
  std::vector<Row> rows_;
};

}  // namespace shakedown
