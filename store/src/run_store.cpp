#include "shakedown/store/run_store.h"

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "json_rows.h"
#include "resume_check.h"
#include "rows.h"
#include "schema.h"
#include "shakedown/core/file.h"

namespace shakedown::store {
namespace {

/// Opens the file for this process alone. EXCLUSIVE before the first access keeps the WAL index in memory: no
/// -shm file, so that run folders work on network file systems, and a second process is refused.
std::unique_ptr<Database> claim(const std::filesystem::path& file, Database::Mode mode) {
  auto database = std::make_unique<Database>(file, mode);
  database->execute("PRAGMA locking_mode = EXCLUSIVE");
  return database;
}

/// Waiting for the disk at each unit costs several times the unit itself where models are cheap.
constexpr auto kSyncEvery = std::chrono::seconds(1);

/// From here on commits are appended to the WAL. NORMAL: a commit survives the death of the process at once and that
/// of the machine once the disk has it.
void start_writing(Database& database) {
  database.execute("PRAGMA synchronous = NORMAL");
  if (database.query("PRAGMA journal_mode = WAL") != "wal")
    throw Error(ErrorKind::kIncomplete, database.file() + ": cannot be written safely on this file system (no WAL)");
  // The lock comes with the first transaction, not with the pragma.
  Transaction(database).commit();
}

void begin(Database& database, const RunPlan& plan) {
  Transaction transaction(database);
  database.execute(kCreateTables);
  database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  write_plan(database, plan);
  transaction.commit();
}

/// The folder may be new, and those above it.
void sync_upwards(std::filesystem::path folder) {
  sync_folder(folder);
  if (folder.has_relative_path()) sync_upwards(folder.parent_path());
}

class SqliteRunStore final : public RunStore {
 public:
  SqliteRunStore(std::unique_ptr<Database> database, std::size_t cells, std::size_t samples)
      : database_(std::move(database)), cells_(cells), samples_(samples) {}

  [[nodiscard]] std::set<std::pair<std::size_t, std::size_t>> done() const override {
    const std::lock_guard lock(mutex_);
    std::set<std::pair<std::size_t, std::size_t>> units;
    Statement unit(*database_, "SELECT cell, batch FROM units");
    while (unit.step()) units.emplace(unit.index(0, cells_, "cell"), unit.index(1, samples_, "batch"));
    return units;
  }

  [[nodiscard]] std::map<std::size_t, std::string> failed_samples() const override {
    const std::lock_guard lock(mutex_);
    std::map<std::size_t, std::string> failed;
    Statement row(*database_, "SELECT sample, reason FROM outcomes WHERE cell = 0 AND state = ?");
    row.bind(0, std::string(state_name(State::kFailed)));
    while (row.step()) failed.emplace(row.index(0, samples_, "sample"), row.text(1));
    return failed;
  }

  void add(const Unit& unit) override {
    check(unit);
    const std::lock_guard lock(mutex_);
    const bool sync = !synced_ || Clock::now() - *synced_ >= kSyncEvery;
    if (sync) database_->execute("PRAGMA synchronous = FULL");
    write(unit);
    if (!sync) return;
    database_->execute("PRAGMA synchronous = NORMAL");
    synced_ = Clock::now();
  }

  void update_header(const RunHeader& header) override {
    const std::lock_guard lock(mutex_);
    auto stored = header_from_json(get_meta(*database_, meta::kHeader));
    stored.probes = header.probes;
    stored.timing = header.timing;
    stored.environment = header.environment;
    stored.warnings = header.warnings;
    Transaction transaction(*database_);
    set_meta(*database_, meta::kHeader, header_to_json(stored));
    transaction.commit();
  }

  void finish(bool complete, const std::string& why) override {
    const std::lock_guard lock(mutex_);
    writer_.reset();  // its statements would hold on to the database
    const auto stored = database_->query("SELECT coalesce(sum(samples), 0) FROM units");
    if (complete && stored != std::to_string(cells_ * samples_)) {
      throw Error(ErrorKind::kInternal, fmt::format("a run with {} of {} outcomes stored was called complete",
                                                    stored.value_or("0"), cells_ * samples_));
    }
    {
      Transaction transaction(*database_);
      set_meta(*database_, meta::kComplete, complete ? "1" : "0");
      set_meta(*database_, meta::kWhy, complete ? "" : why);
      transaction.commit();
    }
    // Leaving WAL moves everything into run.db: one file, which any number of readers can open read-only.
    if (database_->query("PRAGMA journal_mode = DELETE") != "delete")
      throw Error(ErrorKind::kIncomplete, database_->file() + ": the journal cannot be taken in");
    database_->execute("PRAGMA locking_mode = NORMAL");
    static_cast<void>(is_blank(*database_));  // the lock goes with the next access
    std::error_code code;
    const std::string journal = database_->file() + "-wal";  // SQLite says nothing when it cannot remove it
    if (std::filesystem::exists(journal, code))
      throw Error(ErrorKind::kIncomplete, journal + ": cannot be removed: mend that, then go on with --resume");
  }

 private:
  using Clock = std::chrono::steady_clock;  // that of the day may jump

  void write(const Unit& unit) {
    if (!writer_) writer_.emplace(*database_);
    Transaction transaction(*database_);
    writer_->write(unit);
    transaction.commit();
  }

  void check(const Unit& unit) const {
    const auto count = unit.outcomes.size();
    if (unit.cell >= cells_ || count == 0 || unit.first_sample >= samples_ || count > samples_ - unit.first_sample ||
        unit.batch >= samples_) {
      throw Error(ErrorKind::kInternal,
                  fmt::format("unit (cell {}, batch {}, samples {}..{}) is outside a run of {} cells and {} samples",
                              unit.cell, unit.batch, unit.first_sample, unit.first_sample + count, cells_, samples_));
    }
  }

  mutable std::mutex mutex_;
  std::unique_ptr<Database> database_;
  std::optional<UnitWriter> writer_;
  std::size_t cells_, samples_;
  std::optional<Clock::time_point> synced_;  ///< the last time that the disk was waited for
};

std::unique_ptr<RunStore> make(std::unique_ptr<Database> database, const RunPlan& plan) {
  return std::make_unique<SqliteRunStore>(std::move(database), plan.cells.size(), plan.samples.size());
}

}  // namespace

std::unique_ptr<RunStore> RunStore::create(const std::filesystem::path& folder, const RunHeader& header,
                                           const std::vector<SampleRow>& samples, const std::vector<CellRow>& cells,
                                           std::size_t batch_size) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) throw Error(ErrorKind::kIncomplete, folder.string() + ": cannot be made (" + code.message() + ")");
  auto database = claim(folder / kRunFile, Database::Mode::kCreate);
  if (!is_blank(*database)) {
    throw Error(ErrorKind::kUsage,
                database->file() + ": the folder holds a run already: go on with --resume, or name another --out");
  }
  start_writing(*database);
  sync_upwards(std::filesystem::absolute(folder));
  const RunPlan plan{header, samples, cells, batch_size};
  begin(*database, plan);
  return make(std::move(database), plan);
}

std::unique_ptr<RunStore> RunStore::resume(const std::filesystem::path& folder, const RunHeader& header,
                                           const std::vector<SampleRow>& samples, const std::vector<CellRow>& cells,
                                           std::size_t batch_size) {
  std::error_code code;
  if (!std::filesystem::exists(folder / kRunFile, code))
    throw Error(ErrorKind::kUsage, folder.string() + ": there is no run to resume: leave out --resume");
  const RunPlan plan{header, samples, cells, batch_size};
  auto database = claim(folder / kRunFile, Database::Mode::kWrite);
  if (is_blank(*database)) {  // killed before its first commit
    start_writing(*database);
    begin(*database, plan);
    return make(std::move(database), plan);
  }
  require_schema(*database);
  if (const auto difference = first_difference(read_plan(*database), plan); !difference.empty()) {
    throw Error(ErrorKind::kUsage, database->file() + ": cannot be resumed: " + difference +
                                       "; run it as before, or start again in another folder");
  }
  start_writing(*database);
  if (get_meta(*database, meta::kComplete) != "1") set_meta(*database, meta::kWhy, kStopped);
  return make(std::move(database), plan);
}

}  // namespace shakedown::store
