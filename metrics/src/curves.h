#pragma once

#include <vector>

#include "cell_scoring.h"
#include "intervals.h"
#include "shakedown/core/results.h"

namespace shakedown::metrics {

/// One curve of the metric at `metric` of `metrics` per family with levels, in run order. Directional cells have none,
/// nor have calibration metrics where they are not scored. `intervals` hold for what was kept resampled.
[[nodiscard]] std::vector<Curve> curves_of(const std::vector<ScoredCell>& cells, const std::vector<MetricSpec>& metrics,
                                           std::size_t metric, const Intervals& intervals);

}  // namespace shakedown::metrics
