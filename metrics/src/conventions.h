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

/// Whether a decision counts as flipped between two predictions: classes that differ; for regression `flip_beyond`, a
/// sign that changes with both values more than .1 of the label unit from zero.
[[nodiscard]] bool flipped(const double* now, const double* before, std::size_t columns, const Task& task);
/// "flip_beyond" for regression, "flips" for classes: what flipped() counts.
[[nodiscard]] const char* flip_rate_name(const Task& task);

/// How far a prediction moved: |p - p'|; for classes half the L1 distance of the class probabilities.
[[nodiscard]] double prediction_shift(const double* now, const double* before, std::size_t columns, const Task& task);

/// 1 moved as `direction` (-1 or 1) says by more than `margin`, -1 the other way, 0 neither.
[[nodiscard]] int moved(const double* now, const double* before, int direction, double margin, std::size_t columns,
                        const Task& task);

}  // namespace shakedown::metrics
