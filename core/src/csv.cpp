#include "shakedown/core/csv.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"

namespace shakedown {

namespace {

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{256} << 20;

/// Splits CSV text into records; positions are byte offsets, lines count from 1.
class Scanner {
 public:
  Scanner(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  /// The next record, blank lines skipped; nothing at the end.
  std::optional<CsvTable::Row> next() {
    while (at_ < text_.size() && end_of_line()) skip_line_end();
    if (at_ >= text_.size()) return std::nullopt;
    CsvTable::Row row{line_, {}};
    while (true) {
      row.fields.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted() : plain());
      if (at_ >= text_.size() || text_[at_] != ',') break;
      ++at_;
    }
    if (at_ < text_.size()) skip_line_end();
    return row;
  }

 private:
  [[nodiscard]] bool end_of_line() const {
    return text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }

  void skip_line_end() {
    if (text_[at_] == '\r') ++at_;
    ++at_;
    ++line_;
  }

  std::string plain() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ',' && !end_of_line()) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string quoted() {
    const std::size_t first_line = line_;
    std::string field;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != '"') {
          if (at_ < text_.size() && text_[at_] != ',' && !end_of_line()) {
            throw Error(ErrorKind::kData, name_ + ":" + std::to_string(line_) + ": text after a closing quote");
          }
          return field;
        }
      }
      if (text_[at_] == '\n') ++line_;
      field.push_back(text_[at_]);
    }
    throw Error(ErrorKind::kData,
                name_ + ":" + std::to_string(first_line) + ": a quote is opened here and never closed");
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

CsvTable CsvTable::read(const std::filesystem::path& file) {
  return parse(read_text_file(file, kMaxFileBytes), file.string());
}

CsvTable CsvTable::parse(std::string_view text, std::string name) {
  CsvTable table;
  table.name_ = std::move(name);
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.find('\0') != std::string_view::npos) {
    throw Error(ErrorKind::kData, table.name_ + ": holds NUL bytes: not a CSV text file");
  }
  if (!is_utf8(text)) throw Error(ErrorKind::kData, table.name_ + ": is not UTF-8; save it as UTF-8");
  Scanner scanner(text, table.name_);
  auto header = scanner.next();
  if (!header) throw Error(ErrorKind::kData, table.name_ + ": is empty: a header line is expected");
  std::set<std::string> seen;
  for (std::string& column : header->fields) {
    column = std::string(trim(column));
    if (!column.empty() && !seen.insert(column).second) table.fail(*header, "column '" + column + "' is given twice");
  }
  table.header_ = std::move(header->fields);
  while (auto row = scanner.next()) {
    if (row->fields.size() != table.header_.size()) {
      table.fail(*row, std::to_string(row->fields.size()) + " fields where the header has " +
                           std::to_string(table.header_.size()));
    }
    table.rows_.push_back(std::move(*row));
  }
  return table;
}

std::optional<std::size_t> CsvTable::find(std::string_view column) const {
  const auto found = std::ranges::find(header_, column);
  if (found == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header_.begin());
}

std::size_t CsvTable::require(std::string_view column) const {
  if (const auto found = find(column)) return *found;
  throw Error(ErrorKind::kData, name_ + ":1: no column '" + std::string(column) + "'" + suggestion(column, header_) +
                                    "; it has: " + join(header_, ", "));
}

void CsvTable::fail(const Row& row, const std::string& message) const {
  throw Error(ErrorKind::kData, name_ + ":" + std::to_string(row.line) + ": " + message);
}

}  // namespace shakedown
