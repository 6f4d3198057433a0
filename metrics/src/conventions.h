#pragma once

#include <cstddef>
#include <vector>

#include "shakedown/core/task.h"
#include "shakedown/metrics/metric.h"

namespace shakedown::metrics {

/// True for the conventions that clip to [-1, 1] and count zero as negative.
[[nodiscard]] bool is_sims(const Task& task);

/// clip(x, limit) rounded half to even in float32, as np.round does; -limit..limit. NaN is not allowed.
[[nodiscard]] int rounded_class(double x, int limit);

/// Index of the half-open bin (lo, hi] of the CH-SIMS conventions; `classes` is 2, 3 or 5. Clips to [-1, 1]
/// first and compares in float32, because the published code compares float32 arrays.
[[nodiscard]] int sims_class(double x, int classes);

[[nodiscard]] double clip_unit(double x);  ///< to [-1, 1]

/// Class probabilities: softmax of the outputs, or the outputs themselves where the task says so.
[[nodiscard]] std::vector<double> probabilities(const double* outputs, std::size_t columns, const Task& task);

/// Where the prediction lies on the axis that directional cells move along: the value for regression, the
/// expected polarity for classification.
[[nodiscard]] double position(const double* outputs, std::size_t columns, const Task& task);

/// Change of position() from which on a prediction has moved: 5 % of the label range (mosi and mosei 6,
/// sims 2, plain: of the labels given), .05 of probability for classification.
[[nodiscard]] double movement_margin(const Task& task, const std::vector<double>& labels);

}  // namespace shakedown::metrics
