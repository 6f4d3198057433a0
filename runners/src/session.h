#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "call_gate.h"
#include "crash_log.h"
#include "run_corpus.h"
#include "scheduler.h"
#include "shakedown/core/run_data.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/models/model.h"
#include "shakedown/perturb/apply.h"
#include "shakedown/runners/run.h"
#include "shakedown/suites/suite.h"
#include "stage_times.h"

namespace shakedown::runners {

/// A model with what it will be asked.
struct PlannedModel {
  std::unique_ptr<models::Model> model;
  /// One checkpoint a level of the manifest's axis, without that of the clean cells; empty where one serves all.
  std::map<double, std::unique_ptr<models::Model>> by_level;
  std::string name;  ///< "emt" or "emt@seed1"; the run folder's name when there are several
  perturb::ModelLimits limits;
  std::optional<models::ExportCheck> exported;  ///< of all its checkpoints that hold golden outputs
  std::vector<suites::Cell> cells;              ///< clean first
  RunHeader header;

  [[nodiscard]] bool serves(const CellRow& cell) const;  ///< there is a checkpoint for its level
  [[nodiscard]] const models::Model& model_for(const CellRow& cell) const;
};

/// A cell of one or more models: its corrupted inputs are made once.
struct SharedCell {
  suites::Cell cell;
  std::vector<std::pair<std::size_t, std::size_t>> users;  ///< (model, index into its cells)
};

/// Everything that a run needs, opened and checked: what check() looks at and run() executes.
struct Session {
  suites::Suite suite;
  std::unique_ptr<datasets::Dataset> dataset;
  std::unique_ptr<RunCorpus> corpus;
  std::vector<PlannedModel> models;
  std::vector<SharedCell> cells;
  std::size_t first_sample = 0, sample_count = 0;  ///< the range that --limit and --shard leave
  std::size_t limited_samples = 0;                 ///< samples that --limit leaves: what is probed, whatever the shard
  bool dialogues = false;  ///< rows are dialogues, runs of samples of one group; batches, limit and shards count rows
  std::vector<std::size_t> row_starts;  ///< first sample of each row of the range, from first_sample on, and the end
  std::size_t batch_size = 32, jobs = 1;
  bool need_faces = false;
  const CrashLog* crash_log = nullptr;  ///< null: not a run
  std::unique_ptr<CallGate> gate;       ///< null: there are no calls side by side

  [[nodiscard]] std::vector<SampleRow> sample_rows() const;
  [[nodiscard]] std::size_t row_count() const { return row_starts.empty() ? 0 : row_starts.size() - 1; }
  [[nodiscard]] std::size_t batch_count() const { return (row_count() + batch_size - 1) / batch_size; }
  /// Leaves the first `rows` rows.
  void keep_rows(std::size_t rows);
  /// Forward calls of all batches in one cell of one model.
  [[nodiscard]] std::size_t calls(const suites::Cell& cell) const;
  /// The batches, without samples, each with all cells to do.
  [[nodiscard]] std::unique_ptr<Batch> make_batch(std::size_t index) const;
  /// Decodes one sample of the split (and its face track when a cell asks for it); never throws.
  [[nodiscard]] Loaded load(std::size_t index) const;
};

/// `crash_log` may be null and must outlive the session.
/// @throws Error of every kind: all that makes a run impossible is found here, before any work
[[nodiscard]] Session open_session(const RunOptions& options, const perturb::Registry& registry,
                                   const CrashLog* crash_log = nullptr);

/// Keeps in every model the cells whose ids match, and shares them out anew.
void keep_only(Session& session, const std::vector<std::string>& only);

/// One unit: a batch in one cell, for all models that have the cell.
struct UnitResult {
  std::vector<std::vector<Outcome>> outcomes;  ///< [user][sample of the batch]
  StageTimes times;
};
/// @throws Error(kModel) when a forward call fails, Error(kInternal) for a bug in a perturbation
[[nodiscard]] UnitResult run_unit(const Session& session, const Batch& batch, const SharedCell& cell);

}  // namespace shakedown::runners
