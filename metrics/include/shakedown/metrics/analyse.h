#pragma once

#include "shakedown/core/results.h"
#include "shakedown/core/run_data.h"

namespace shakedown::metrics {

/// Scores a run: metrics, floors, curves, aggregates, warnings. A pure function of the run.
/// Incomplete cells are left out and named.
[[nodiscard]] Results analyse(const RunData& run);

/// Refuses what cannot be scored, before any work: labels missing or NaN, classes that the model does not
/// know, a primary metric that the task does not have. @throws Error(kData, kUsage)
void check_labels(const Task& task, const std::vector<SampleRow>& samples);

}  // namespace shakedown::metrics
