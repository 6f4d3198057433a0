#include "sqlite.h"

#include <bit>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <sqlite3.h>

namespace shakedown::store {
namespace {

// Text and blobs of a run are small; a hostile file may claim anything up to 2 GB.
constexpr int kLargestValue = 64 << 20;
constexpr int kBusyMilliseconds = 2000;

static_assert(std::endian::native == std::endian::little, "outputs are stored little-endian by copying memory");

std::string uri_of(const std::string& file) {
  std::string uri = "file:";
  for (const char c : file) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

Database::Database(const std::filesystem::path& file, Mode mode)
    : file_(file.string()), writes_(mode == Mode::kCreate || mode == Mode::kWrite) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case Mode::kCreate: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE; break;
    case Mode::kWrite: flags |= SQLITE_OPEN_READWRITE; break;
    case Mode::kRead: flags |= SQLITE_OPEN_READONLY; break;
    case Mode::kImmutable: flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI; break;
  }
  // An absolute path, so that a name such as ":memory:" or "file:x" means a file.
  const auto absolute = std::filesystem::absolute(file).string();
  try {
    const auto name = mode == Mode::kImmutable ? uri_of(absolute) : absolute;
    if (sqlite3_open_v2(name.c_str(), &handle_, flags, nullptr) != SQLITE_OK) fail();
    sqlite3_busy_timeout(handle_, kBusyMilliseconds);
    sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, kLargestValue);
    // The file may come from anywhere: its schema gets no functions and cannot rewrite itself.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

Database::~Database() {
  sqlite3_close(handle_);
}

void Database::fail() const {
  const int code = handle_ != nullptr ? sqlite3_extended_errcode(handle_) : SQLITE_NOMEM;
  const int system_error = handle_ != nullptr ? sqlite3_system_errno(handle_) : 0;
  const std::string said = handle_ != nullptr ? sqlite3_errmsg(handle_) : "out of memory";
  const std::string because = system_error != 0 ? std::strerror(system_error) : said;
  // What cannot be read is the input's fault; what cannot be written leaves a run unfinished.
  const auto kind = writes_ ? ErrorKind::kIncomplete : ErrorKind::kData;
  const std::string kept = writes_ ? ": what was stored before is kept; mend that, then go on with --resume" : "";
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorKind::kIncomplete, file_ + ": the run folder is in use by another process: wait until it ends");
    case SQLITE_FULL: throw Error(kind, file_ + ": disk full" + kept);
    case SQLITE_IOERR: throw Error(kind, fmt::format("{}: cannot be read or written ({}){}", file_, because, kept));
    case SQLITE_READONLY:
    case SQLITE_PERM: throw Error(kind, file_ + ": cannot be written: the file or its folder is read-only");
    case SQLITE_CANTOPEN: throw Error(kind, fmt::format("{}: cannot be opened ({})", file_, because));
    case SQLITE_NOMEM: throw Error(kind, file_ + ": out of memory");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_TOOBIG:
    case SQLITE_AUTH: corrupt(said);
    default: throw Error(ErrorKind::kInternal, fmt::format("{}: SQLite error {}: {}", file_, code, said));
  }
}

void Database::corrupt(const std::string& what) const {
  throw Error(ErrorKind::kData, file_ + ": is damaged or no run.db of shakedown (" + what + ")");
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

std::optional<std::string> Database::query(const std::string& sql) {
  Statement statement(*this, sql);
  if (!statement.step() || statement.is_null(0)) return std::nullopt;
  return statement.text(0);
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  if (sqlite3_prepare_v3(database.handle_, sql.data(), static_cast<int>(sql.size()), 0, &handle_, nullptr) != SQLITE_OK)
    database.fail();
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

void Statement::bind(int index, std::int64_t value) {
  if (sqlite3_bind_int64(handle_, index + 1, value) != SQLITE_OK) database_.fail();
}

void Statement::bind(int index, double value) {
  if (sqlite3_bind_double(handle_, index + 1, value) != SQLITE_OK) database_.fail();
}

void Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL instead of "".
  const char* data = text.empty() ? "" : text.data();
  if (sqlite3_bind_text64(handle_, index + 1, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK)
    database_.fail();
}

void Statement::bind_doubles(int index, std::span<const double> values) {
  const auto bytes = values.size() * sizeof(double);
  const int code = values.empty() ? sqlite3_bind_zeroblob(handle_, index + 1, 0)
                                  : sqlite3_bind_blob64(handle_, index + 1, values.data(), bytes, SQLITE_TRANSIENT);
  if (code != SQLITE_OK) database_.fail();
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  database_.fail();
}

void Statement::run() {
  static_cast<void>(sqlite3_step(handle_));
  if (sqlite3_reset(handle_) != SQLITE_OK)
    database_.fail();  // with what step() met; it can be asked again all the same
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  if (sqlite3_column_type(handle_, column) != SQLITE_INTEGER)
    database_.corrupt(fmt::format("column {} is no integer", sqlite3_column_name(handle_, column)));
  return sqlite3_column_int64(handle_, column);
}

std::size_t Statement::index(int column, std::size_t limit, const char* what) const {
  const auto value = integer(column);
  if (value < 0 || static_cast<std::uint64_t>(value) >= limit)
    database_.corrupt(fmt::format("{} {} of {}", what, value, limit));
  return static_cast<std::size_t>(value);
}

double Statement::number(int column) const {
  switch (sqlite3_column_type(handle_, column)) {
    case SQLITE_NULL: return std::numeric_limits<double>::quiet_NaN();
    case SQLITE_FLOAT:
    case SQLITE_INTEGER: return sqlite3_column_double(handle_, column);
    default: database_.corrupt(fmt::format("column {} is no number", sqlite3_column_name(handle_, column)));
  }
}

std::string Statement::text(int column) const {
  const auto* data = sqlite3_column_text(handle_, column);
  if (data == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return {reinterpret_cast<const char*>(data), size};
}

std::vector<double> Statement::doubles(int column) const {
  if (sqlite3_column_type(handle_, column) != SQLITE_BLOB)
    database_.corrupt(fmt::format("column {} is no blob", sqlite3_column_name(handle_, column)));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  if (size % sizeof(double) != 0) database_.corrupt(fmt::format("outputs of {} bytes", size));
  std::vector<double> values(size / sizeof(double));
  if (size > 0) std::memcpy(values.data(), sqlite3_column_blob(handle_, column), size);
  return values;
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const Error&) {
    // SQLite rolls back by itself after the errors that matter (disk full); the first error is the one to show.
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace shakedown::store
