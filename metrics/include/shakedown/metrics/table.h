#pragma once

#include <string>
#include <vector>

#include "shakedown/core/run_data.h"
#include "shakedown/core/table.h"

namespace shakedown::metrics {

struct TableOptions {
  bool rows_are_models = true;         ///< else perturbations, one table a model
  std::string columns = "rate";        ///< "rate", "severity" (levels and aggregates) or "metric"
  std::vector<std::string> metrics;    ///< empty: the primary one for levels, all of the task for "metric"
  std::string aggregate = "auilc";     ///< of "metric" tables; see aggregate_names()
  bool concatenated = false;           ///< replicates scored as one set, as NIAT does, instead of averaged
  std::vector<std::string> only;       ///< globs over cell ids; empty: all
  const RunData* reference = nullptr;  ///< baseline of multibench_effective
};

/// auilc (trapezoids over the grid), area (the same over its length), mean, worst, retention (share of the clean
/// skill at the strongest level), drop (clean value less area, positive is a loss), multibench_effective (summed
/// difference to the reference's curve moved to the same clean value).
[[nodiscard]] std::vector<std::string> aggregate_names();

/// Tables of runs of one suite, data set and task. Runs named m@seed1, m@seed2, ... are the checkpoints of a
/// row m. The levels of a curve begin with its reference cell at 0.
/// @throws Error(kUsage) for runs of different tasks, suites or data, unknown metrics, or when no curve is selected
[[nodiscard]] std::vector<Table> tables(const std::vector<RunData>& runs, const TableOptions& options);

}  // namespace shakedown::metrics
