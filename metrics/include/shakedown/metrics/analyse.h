#pragma once

#include "shakedown/core/results.h"
#include "shakedown/core/run_data.h"
#include "shakedown/metrics/interval.h"

namespace shakedown::metrics {

struct AnalyseOptions {
  IntervalKind interval = IntervalKind::kAuto;
  const RunData* reference = nullptr;  ///< adds mCE[ref=NAME] and relative_mCE[ref=NAME] to the summary
};

/// Scores a run: metrics, floors, curves, aggregates, slices, warnings. A pure function of the run and the options.
/// Incomplete cells are left out and named. @throws Error(kUsage) when the reference is not comparable
[[nodiscard]] Results analyse(const RunData& run, const AnalyseOptions& options = {});

/// Refuses what cannot be scored, before any work: labels missing or NaN, classes that the model does not
/// know, a primary metric that the task does not have. @throws Error(kData, kUsage)
void check_labels(const Task& task, const std::vector<SampleRow>& samples);

}  // namespace shakedown::metrics
