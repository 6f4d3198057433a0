#pragma once

#include <vector>

#include "cell_scoring.h"
#include "shakedown/core/results.h"

namespace shakedown::metrics {

/// One curve of the metric at `metric` of `metrics` per family with levels, in run order. Directional cells have none.
[[nodiscard]] std::vector<Curve> curves_of(const std::vector<ScoredCell>& cells, const std::vector<MetricSpec>& metrics,
                                           std::size_t metric);

}  // namespace shakedown::metrics
