#pragma once

#include <functional>
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
};

/// A value, or the reason why there is none.
struct Value {
  std::optional<double> value;
  std::string why;
};

/// One metric of protocols.md 3 and the field: declared once, read by scoring, help and reports.
struct MetricSpec {
  std::string name, definition;
  bool higher_is_better = true;
  double perfect = 1.0;
  bool has_floor = true;
  std::function<Value(const Scored&, const Task&)> compute;
};

/// The metrics of a task, primary first.
[[nodiscard]] std::vector<MetricSpec> metrics_for(const Task& task);
/// All metrics of all conventions, for `list metrics`.
[[nodiscard]] std::vector<MetricInfo> all_metrics();

/// Value of the best constant predictor on these labels, found exactly; nothing where floors do not apply.
[[nodiscard]] std::optional<double> floor_of(const MetricSpec& metric, const Scored& labels, const Task& task);

/// The decision of the convention: sign class for regression, argmax for classification.
[[nodiscard]] int decision(const double* outputs, std::size_t columns, const Task& task);

/// Value with its 95 % interval: studentised delete-one-group jackknife, t on K - 1 degrees of freedom.
[[nodiscard]] Score score(const MetricSpec& metric, const Scored& scored, const std::vector<int>& groups,
                          const Task& task);

}  // namespace shakedown::metrics
