#pragma once

#include <cstdint>
#include <string>

#include "sqlite.h"

namespace shakedown::store {

/// Name of the database inside a run folder.
inline constexpr const char* kRunFile = "run.db";

/// Names the format inside run.db; the number rises with every incompatible change.
inline constexpr const char* kRunSchema = "shakedown.run/1";

/// SQLite's own field for telling whose file it is: "shkd".
inline constexpr std::int64_t kApplicationId = 0x73686b64;

/// Keys of the table meta.
namespace meta {
inline constexpr const char* kSchema = "schema";
inline constexpr const char* kHeader = "header";
inline constexpr const char* kBatchSize = "batch_size";
inline constexpr const char* kComplete = "complete";  ///< "1" or "0"
inline constexpr const char* kWhy = "why";            ///< why it is not complete
}  // namespace meta

/// Why a run that nobody finished is not complete.
inline constexpr const char* kStopped = "stopped before its end";

/// Statements that make the tables. Outcomes are only ever appended: a unit touches a few pages at the end of
/// the file however many cells the run has, and readers want all of them anyway, so there is no index.
inline constexpr const char* kCreateTables = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE samples(sample INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, "group" TEXT NOT NULL,
                     labels TEXT NOT NULL, metadata TEXT NOT NULL);
CREATE TABLE cells(cell INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, definition TEXT NOT NULL, row TEXT NOT NULL);
CREATE TABLE units(cell INTEGER NOT NULL, batch INTEGER NOT NULL, first_sample INTEGER NOT NULL,
                   samples INTEGER NOT NULL, PRIMARY KEY(cell, batch)) WITHOUT ROWID;
CREATE TABLE outcomes(cell INTEGER NOT NULL, sample INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
                      outputs BLOB NOT NULL, realised REAL, effective REAL, taken REAL, eligible REAL, total REAL,
                      changed REAL, beyond REAL, measures TEXT NOT NULL, direction INTEGER NOT NULL,
                      decisions TEXT NOT NULL, media TEXT NOT NULL);
)sql";

/// True when the file holds no table yet: new, or its maker was killed before the first commit.
[[nodiscard]] bool is_blank(Database& database);

/// @throws Error(kData) when the file is another program's, Error(kUsage) when a newer shakedown wrote it
void require_schema(Database& database);

/// @throws Error(kData) when the key is absent
[[nodiscard]] std::string get_meta(Database& database, const std::string& key);
void set_meta(Database& database, const std::string& key, const std::string& value);

}  // namespace shakedown::store
