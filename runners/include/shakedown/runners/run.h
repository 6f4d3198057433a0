#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/gallery.h"
#include "shakedown/core/run_data.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::runners {

struct Progress {
  std::size_t done = 0, total = 0;  ///< units
  double elapsed_s = 0, remaining_s = 0;
  double samples_per_s = 0;
  std::size_t failed = 0;
  std::string phase;  ///< "loading", "probing", "running", "scoring"
};

struct RunOptions {
  std::vector<std::filesystem::path> models;
  std::filesystem::path data;
  std::string suite;
  std::filesystem::path out;
  std::string split = "test";
  std::optional<std::uint64_t> seed;
  std::size_t jobs = 0;  ///< 0: hardware threads
  std::size_t batch_size = 32;
  std::string device = "cpu";
  std::size_t limit = 0;  ///< first N samples; 0: all
  std::vector<std::string> only;
  std::string shard;  ///< "i/n", "" for all
  bool resume = false, strict = false, fit = false;
  std::optional<double> budget_s;
  std::size_t memory_bytes = std::size_t{4} << 30;
  int threads_per_call = 1;
  double max_failures = 0.02;
  std::vector<std::string> allow;                      ///< errors accepted by name: "front_end_mismatch"
  std::string command_line;                            ///< for the record
  std::function<void(const Progress&)> on_progress;    ///< called from worker threads, serialised
  std::function<void(const std::string&)> on_message;  ///< plain lines for the log
  /// Asked at the end of a complete run, once a run folder, for what takes its gallery; null: no gallery.
  std::function<std::unique_ptr<GallerySink>(const std::filesystem::path& folder)> gallery;
  const volatile int* interrupted = nullptr;  ///< not 0: stop after the units in flight
};

struct ModelPlan {
  std::string name;  ///< run folder below RUN; "" for a single model
  std::vector<CellRow> cells;
  std::vector<NotTested> not_tested;
  std::vector<Warning> warnings;
  RunHeader header;
};

/// What a run would do, found without perturbing anything: what `check` prints.
struct CheckReport {
  std::size_t samples = 0, batches = 0, cells = 0, forward_calls = 0;
  double estimated_s = 0;           ///< from one measured clean batch
  std::size_t estimated_bytes = 0;  ///< of run.db
  std::vector<ModelPlan> models;
  std::vector<std::string> data_notes;
};

/// Everything that run() would refuse is refused here.
[[nodiscard]] CheckReport check(const RunOptions& options, const perturb::Registry& registry);

struct RunReport {
  std::vector<std::filesystem::path> folders;  ///< one per model and seed
  bool complete = true;
  std::string why;  ///< when not complete
  std::size_t failed_samples = 0;
  std::vector<std::string> failures;      ///< one line a clip
  double first_call_to_last_store_s = 0;  ///< from the start of the first unit, decoding of its batch not included
};

/// Runs a suite and leaves complete run folders (run.db and progress.json); scoring is the caller's. A gallery that
/// cannot be made is told to `on_message` and is no failure of the run.
/// @throws Error of every kind; see docs/cli.md for exit codes
[[nodiscard]] RunReport run(const RunOptions& options, const perturb::Registry& registry);

}  // namespace shakedown::runners
