#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/results.h"
#include "shakedown/core/task.h"

namespace shakedown::metrics {

/// Predictions and labels of one cell, in sample order. Classification: `label` is the class index and
/// `outputs` the K numbers; regression: `label` the value and one output.
struct Scored {
  std::size_t columns = 1;
  std::vector<double> outputs;  ///< rows x columns
  std::vector<double> labels;
  [[nodiscard]] std::size_t rows() const { return labels.size(); }
  [[nodiscard]] const double* output(std::size_t row) const { return outputs.data() + row * columns; }
};

/// A value, or the reason why there is none.
struct Value {
  std::optional<double> value;
  std::string why;
};

/// A metric as sums over rows and a function of those sums. What lets a metric be evaluated with any group
/// left out in O(1). `add` refers to the Scored it was made for, which must outlive it; `finish` does not. The
/// metric does not change when all sums are multiplied by one number.
struct Sums {
  std::size_t width = 0;                              ///< number of sums
  std::function<void(std::size_t row, double*)> add;  ///< adds one row to `width` sums
  std::function<Value(const double* sums)> finish;    ///< the metric of all rows that were added
};

/// A metric that is not a function of sums (ranks, bins of equal mass): evaluates it with every row taken
/// `weights[row]` times, 0 leaves it out.
using OnWeights = std::function<Value(std::span<const double> weights)>;

/// One metric of protocols.md 3 and the field: declared once, read by scoring, help and reports.
struct MetricSpec {
  std::string name, definition;
  bool higher_is_better = true;
  double perfect = 1.0;
  bool has_floor = true;
  bool calibration = false;  ///< of the probabilities: scored on invariant cells only
  std::function<Value(const Scored&, const Task&)> compute;

  double lowest = 0.0, highest = 1.0;                    ///< range of the metric, may be infinite
  std::function<Sums(const Scored&, const Task&)> sums;  ///< exactly one of `sums` and `weighted` is set
  std::function<OnWeights(const Scored&, const Task&)> weighted;
  std::function<Value(const Scored& labels, const Task&)> floor;  ///< `outputs` of the argument are not read

  /// Positive where `candidate` is better than `baseline`.
  [[nodiscard]] double gain(double baseline, double candidate) const {
    return higher_is_better ? candidate - baseline : baseline - candidate;
  }
};

/// The metrics of a task, primary first.
[[nodiscard]] std::vector<MetricSpec> metrics_for(const Task& task);
/// All metrics of all conventions, for `list metrics`.
[[nodiscard]] std::vector<MetricInfo> all_metrics();

/// Value of the best constant predictor on these labels, found exactly; nothing where floors do not apply
/// or the metric is undefined on these labels.
[[nodiscard]] std::optional<double> floor_of(const MetricSpec& metric, const Scored& labels, const Task& task);

/// The decision of the convention: sign class for regression (0 negative, 1 positive; zero is positive for
/// mosi, mosei and plain, negative for sims and simsv2), argmax for classification (the first of equals).
[[nodiscard]] int decision(const double* outputs, std::size_t columns, const Task& task);

/// Value with its 95 % interval: studentised delete-one-group jackknife, t on K - 1 degrees of freedom.
/// `groups` holds one index >= 0 a row. With K < 5 the interval is absent and `why` says so.
[[nodiscard]] Score score(const MetricSpec& metric, const Scored& scored, const std::vector<int>& groups,
                          const Task& task);

}  // namespace shakedown::metrics
