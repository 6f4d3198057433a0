#include <algorithm>
#include <array>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>

#include "rows.h"
#include "schema.h"
#include "shakedown/core/text.h"
#include "shakedown/core/utterance_mask.h"
#include "shakedown/store/run_store.h"

namespace shakedown::store {
namespace {

/// True when SQLite must write before it can read: the last writer was killed in WAL mode or in a rollback.
bool needs_recovery(const std::filesystem::path& file) {
  const auto left = [&](const char* suffix) {
    std::error_code code;
    const auto size = std::filesystem::file_size(file.string() + suffix, code);
    return !code && size > 0;
  };
  return left("-wal") || left("-journal");
}

/// True when the header of the file says WAL: byte 18 is the write version, 2 for WAL (SQLite file format 1.3.3).
bool is_wal(const std::filesystem::path& file) {
  std::array<char, 20> head{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(head.data(), head.size());
  return stream && head[18] == 2;
}

bool is_writable(const std::filesystem::path& file) {
  return access(file.c_str(), W_OK) == 0 && access(file.parent_path().c_str(), W_OK) == 0;
}

/// Opens a run for reading. A run that was killed is first made whole again, as any SQLite reader would.
std::unique_ptr<Database> open_for_reading(const std::filesystem::path& file) {
  const bool recovery = needs_recovery(file);
  // Not looked into beside a journal: closing the file would drop the locks of a writer in this process.
  const bool wal = recovery || is_wal(file);
  if (!wal) return std::make_unique<Database>(file, Database::Mode::kRead);
  if (!is_writable(file)) {
    if (recovery) {
      throw Error(ErrorKind::kData, file.string() +
                                        ": the run was stopped and part of it is still in the journal beside "
                                        "it, which only a writable folder can take in: copy the folder");
    }
    return std::make_unique<Database>(file, Database::Mode::kImmutable);
  }
  auto database = std::make_unique<Database>(file, Database::Mode::kWrite);
  database->execute("PRAGMA locking_mode = EXCLUSIVE");
  return database;
}

std::string progress_of(const RunData& run) {
  const auto done =
      std::count_if(run.outcomes.begin(), run.outcomes.end(), [](const auto& cell) { return !cell.empty(); });
  return fmt::format("{} of {} cells are whole", done, run.cells.size());
}

/// Drops masked utterances from the samples and from every whole cell.
void leave_out_masked(RunData& run) {
  std::vector<char> kept;
  for (const SampleRow& sample : run.samples) {
    const auto mask = sample.metadata.find(kUtteranceMask);
    kept.push_back(mask == sample.metadata.end() || mask->second != "0" ? 1 : 0);
  }
  const auto count = static_cast<std::size_t>(std::count(kept.begin(), kept.end(), 0));
  if (count == 0) return;
  const auto filter = [&](auto& rows) {
    std::size_t at = 0;
    std::erase_if(rows, [&](const auto&) { return kept[at++] == 0; });
  };
  filter(run.samples);
  for (auto& outcomes : run.outcomes) filter(outcomes);
  run.header.data_notes.push_back(
      fmt::format("{} of {} utterances are masked: predicted, and scored nowhere", count, kept.size()));
}

std::filesystem::path single_run(const std::filesystem::path& path) {
  const auto folders = run_folders(path);
  if (folders.empty()) throw Error(ErrorKind::kData, path.string() + ": there is no run here (no run.db)");
  if (folders.size() > 1) {
    std::vector<std::string> names;
    for (const auto& folder : folders) names.push_back(folder.string());
    throw Error(ErrorKind::kUsage,
                fmt::format("{}: holds {} runs: name one of {}", path.string(), folders.size(), join(names, ", ")));
  }
  return folders.front();
}

}  // namespace

std::vector<std::filesystem::path> run_folders(const std::filesystem::path& path) {
  std::error_code code;
  if (std::filesystem::is_regular_file(path / kRunFile, code)) return {path};
  std::vector<std::filesystem::path> folders;
  for (std::filesystem::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code)) {
    std::error_code ignored;  // an entry that cannot be looked at is no run folder
    if (std::filesystem::is_regular_file(entry->path() / kRunFile, ignored)) folders.push_back(entry->path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

RunData read_run(const std::filesystem::path& path, bool allow_partial, Masked masked, Detail detail) {
  const auto folder = single_run(path);
  const auto database = open_for_reading(folder / kRunFile);
  RunData run;
  std::string why;
  {
    // One transaction, so that all tables are of one moment.
    database->execute("BEGIN");
    if (is_blank(*database))
      throw Error(ErrorKind::kIncomplete, database->file() + ": the run stopped before it began");
    require_schema(*database);
    auto plan = read_plan(*database);
    run.header = std::move(plan.header);
    run.samples = std::move(plan.samples);
    run.cells = std::move(plan.cells);
    std::vector<char> whole(run.cells.size(), detail == Detail::kAll ? 1 : 0);
    for (std::size_t cell = 0; cell < whole.size(); ++cell)
      if (run.cells[cell].clean()) whole[cell] = 1;
    run.outcomes = read_outcomes(*database, run.samples.size(), whole);
    run.complete = get_meta(*database, meta::kComplete) == "1";
    why = get_meta(*database, meta::kWhy);
    database->execute("COMMIT");
  }
  const bool whole = std::all_of(run.outcomes.begin(), run.outcomes.end(),
                                 [&](const auto& cell) { return cell.size() == run.samples.size(); });
  if (run.complete && !whole) database->corrupt("called complete, but outcomes are missing");
  if (!run.complete && !allow_partial) {
    throw Error(ErrorKind::kIncomplete,
                fmt::format("{}: the run is incomplete ({}; {}): finish it with --resume, or report it as it is with "
                            "--partial",
                            folder.string(), why, progress_of(run)));
  }
  if (masked == Masked::kLeftOut) leave_out_masked(run);
  return run;
}

}  // namespace shakedown::store
