#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/core/run_data.h"

namespace shakedown::store {

/// One batch of one cell: the unit of work, storage and resumption.
struct Unit {
  std::size_t cell = 0;  ///< index into the plan
  std::size_t batch = 0;
  std::size_t first_sample = 0;
  std::vector<Outcome> outcomes;  ///< one a sample of the batch
};

/// run.db of one run folder (SQLite, WAL). A unit is stored whole or not at all.
class RunStore {
 public:
  /// Makes a new run.db. @throws Error(kUsage) when the folder holds one already, Error(kIncomplete) when
  /// it cannot be written
  static std::unique_ptr<RunStore> create(const std::filesystem::path& folder, const RunHeader& header,
                                          const std::vector<SampleRow>& samples, const std::vector<CellRow>& cells,
                                          std::size_t batch_size);
  /// Opens an existing one to go on; one whose process was killed before it stored the plan is begun anew.
  /// @throws Error(kUsage) when there is none, or header inputs, split, seed, cells, samples, batch size or
  /// another setting that changes results differ (names the first difference), Error(kIncomplete) when
  /// another process holds it
  static std::unique_ptr<RunStore> resume(const std::filesystem::path& folder, const RunHeader& header,
                                          const std::vector<SampleRow>& samples, const std::vector<CellRow>& cells,
                                          std::size_t batch_size);
  virtual ~RunStore() = default;

  /// (cell, batch) pairs already stored.
  [[nodiscard]] virtual std::set<std::pair<std::size_t, std::size_t>> done() const = 0;
  /// Samples (position in the run) that could not be read in units stored so far, with the reason: those that
  /// failed in the clean cell.
  [[nodiscard]] virtual std::map<std::size_t, std::string> failed_samples() const = 0;
  /// Survives the death of the process when it returns. A power cut may take whole units that were stored within a
  /// second of the last one that this waited for the disk with. Thread-safe.
  /// @throws Error(kIncomplete) when the disk is full or fails
  virtual void add(const Unit& unit) = 0;
  /// Replaces probes, timing, environment, warnings of the header.
  virtual void update_header(const RunHeader& header) = 0;
  /// Marks the run complete, or with the reason why not. The folder then holds one file, which is on the disk and which
  /// this object no longer locks. @throws Error(kInternal) when a run that lacks outcomes is called complete
  virtual void finish(bool complete, const std::string& why) = 0;
};

/// What becomes of utterances with the mask 0 (kUtteranceMask).
enum class Masked { kLeftOut, kKept };

/// How much of each outcome is read.
enum class Detail {
  kAll,
  kCompared  ///< measures of clean cells only
};

/// Reads a whole run, without the utterances that are masked, which are counted in `data_notes`. `path` is a run
/// folder, or a RUN that holds exactly one model.
/// @throws Error(kData) when there is no run or it is corrupt; Error(kIncomplete) when it is incomplete and
/// `allow_partial` is false
[[nodiscard]] RunData read_run(const std::filesystem::path& path, bool allow_partial = false,
                               Masked masked = Masked::kLeftOut, Detail detail = Detail::kAll);

/// A complete run as comparisons read it: read_run() with Detail::kCompared.
[[nodiscard]] inline RunData read_compared(const std::filesystem::path& path) {
  return read_run(path, false, Masked::kLeftOut, Detail::kCompared);
}

/// The run folders below `path`: itself, or one per model and seed.
[[nodiscard]] std::vector<std::filesystem::path> run_folders(const std::filesystem::path& path);

}  // namespace shakedown::store
