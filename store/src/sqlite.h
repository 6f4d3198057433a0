#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace shakedown::store {

class Statement;

/// One SQLite connection. Not thread-safe. Every SQLite failure becomes an Error with the file in front:
/// kIncomplete for a lock held elsewhere and for writes that the disk refuses, kData for a damaged or
/// unreadable file.
class Database {
 public:
  enum class Mode {
    kCreate,     ///< read and write, made when absent
    kWrite,      ///< read and write, must exist
    kRead,       ///< read only, shared with other readers
    kImmutable,  ///< read only without locks, for a folder that cannot be written
  };
  Database(const std::filesystem::path& file, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs one statement without results.
  void execute(const std::string& sql);
  /// The first column of the first row as text; nothing when there is no row or it is NULL.
  [[nodiscard]] std::optional<std::string> query(const std::string& sql);
  [[nodiscard]] const std::string& file() const { return file_; }
  /// Throws the error of the last call.
  [[noreturn]] void fail() const;
  /// Throws Error(kData): the file holds something that shakedown never writes.
  [[noreturn]] void corrupt(const std::string& what) const;

 private:
  friend class Statement;
  std::string file_;
  bool writes_;
  sqlite3* handle_ = nullptr;
};

/// A prepared statement. Parameters and columns count from 0.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int index, std::int64_t value);
  void bind(int index, std::size_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, int value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, double value);  ///< NaN is stored as NULL
  void bind(int index, std::string_view text);
  void bind_doubles(int index, std::span<const double> values);  ///< little-endian, 8 bytes each

  /// True while there is a row.
  bool step();
  /// step() for a statement without rows, then ready for new parameters.
  void run();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  /// As integer(), which must be in [0, limit). @throws Error(kData)
  [[nodiscard]] std::size_t index(int column, std::size_t limit, const char* what) const;
  [[nodiscard]] double number(int column) const;  ///< NULL is NaN
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::vector<double> doubles(int column) const;

 private:
  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// BEGIN IMMEDIATE ... COMMIT; rolled back unless commit() was reached.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace shakedown::store
