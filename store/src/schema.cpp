#include "schema.h"

#include <fmt/format.h>

namespace shakedown::store {

bool is_blank(Database& database) {
  return database.query("SELECT count(*) FROM sqlite_master") == "0";
}

void require_schema(Database& database) {
  if (database.query("PRAGMA application_id") != std::to_string(kApplicationId))
    database.corrupt("another program wrote it");
  const auto schema = get_meta(database, meta::kSchema);
  if (schema != kRunSchema) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{}: schema is '{}': this version reads {}; use the shakedown that wrote it",
                            database.file(), schema, kRunSchema));
  }
}

std::string get_meta(Database& database, const std::string& key) {
  Statement statement(database, "SELECT value FROM meta WHERE key = ?");
  statement.bind(0, key);
  if (!statement.step()) database.corrupt("meta has no '" + key + "'");
  return statement.text(0);
}

void set_meta(Database& database, const std::string& key, const std::string& value) {
  Statement statement(database,
                      "INSERT INTO meta(key, value) VALUES(?, ?) "
                      "ON CONFLICT(key) DO UPDATE SET value = excluded.value");
  statement.bind(0, key);
  statement.bind(1, value);
  statement.run();
}

}  // namespace shakedown::store
