#pragma once

#include <cstddef>
#include <vector>

#include "shakedown/core/results.h"
#include "shakedown/core/run_comparison.h"
#include "shakedown/core/run_data.h"
#include "shakedown/metrics/interval.h"

namespace shakedown::metrics {

/// Paired difference in every shared cell. @throws Error(kUsage) when data, suite, seed or versions differ
/// and `common` is false: names the first difference
[[nodiscard]] Comparison compare(const RunData& baseline, const RunData& candidate, bool common,
                                 IntervalKind interval = IntervalKind::kAuto);

/// Runs beside each other: clean, means, worst, mCE and relative mCE against the run at `reference`, and with five or
/// more runs effective robustness (Taori et al. 2020): how far each lies above the line that these runs have between
/// logit(clean accuracy) and logit(accuracy under stress). @throws as compare(), and Error(kUsage) for one run
[[nodiscard]] SideBySide side_by_side(const std::vector<const RunData*>& runs, std::size_t reference, bool common,
                                      IntervalKind interval = IntervalKind::kAuto);

/// compare(), with the samples whose decision came to be right or wrong.
[[nodiscard]] RunPair compare_pair(const RunData& baseline, const RunData& candidate, bool common,
                                   IntervalKind interval = IntervalKind::kAuto);

/// The runs beside each other, and each against the reference as compare_pair() has it. @throws as side_by_side()
[[nodiscard]] RunComparison compare_runs(const std::vector<const RunData*>& runs, std::size_t reference, bool common,
                                         IntervalKind interval = IntervalKind::kAuto);

}  // namespace shakedown::metrics
