#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/metrics/metric.h"

/// How metrics are declared: each is sums over rows plus a function of the sums. Internal to metrics.
namespace shakedown::metrics {

/// True class and predicted class of one row; a negative true class leaves the row out.
struct ClassPair {
  int truth = 0, predicted = 0;
};
using Classifier = std::function<ClassPair(const double* outputs, double label)>;

/// Counts [truth][predicted] of `classes` x `classes`, and what is derived from them.
class Confusion {
 public:
  Confusion(const double* counts, std::size_t classes);
  [[nodiscard]] double n() const { return n_; }
  [[nodiscard]] double support(std::size_t c) const { return truth_[c]; }
  [[nodiscard]] double predicted(std::size_t c) const { return predicted_[c]; }
  [[nodiscard]] bool seen(std::size_t c) const { return truth_[c] + predicted_[c] > 0; }
  [[nodiscard]] std::size_t classes() const { return truth_.size(); }
  [[nodiscard]] double hits(std::size_t c) const { return counts_[c * classes() + c]; }
  [[nodiscard]] double precision(std::size_t c) const { return predicted_[c] > 0 ? hits(c) / predicted_[c] : 0.0; }
  [[nodiscard]] double recall(std::size_t c) const { return truth_[c] > 0 ? hits(c) / truth_[c] : 0.0; }
  [[nodiscard]] double f1(std::size_t c) const { return seen(c) ? 2 * hits(c) / (truth_[c] + predicted_[c]) : 0.0; }

 private:
  const double* counts_;
  std::vector<double> truth_, predicted_;
  double n_ = 0;
};

[[nodiscard]] Value accuracy(const Confusion& confusion);
[[nodiscard]] Value weighted_f1(const Confusion& confusion);  ///< support of the truth, as sklearn weights it

/// Fills `sums` and `compute` of a metric of the confusion matrix.
void use_confusion(MetricSpec& spec, std::size_t classes, const std::string& none_left,
                   std::function<Classifier(const Task&)> classifier, std::function<Value(const Confusion&)> finish);
/// Fills `compute` from `sums`.
void compute_from_sums(MetricSpec& spec);

/// The best of the constant predictions given, one output row each: exact when every region of constant
/// decisions holds one of them.
[[nodiscard]] std::function<Value(const Scored&, const Task&)> best_constant(
    const MetricSpec& spec, std::vector<std::vector<double>> constants);
/// Correlations, agreement and R^2: a constant explains nothing.
[[nodiscard]] Value zero_floor(const Scored& labels, const Task& task);

/// Median; the mean of the middle two for an even number. `values` must not be empty.
[[nodiscard]] double median(std::vector<double> values);

[[nodiscard]] MetricSpec spearman_metric();
[[nodiscard]] std::vector<MetricSpec> regression_metrics(const Task& task);
[[nodiscard]] std::vector<MetricSpec> classification_metrics(const Task& task);

}  // namespace shakedown::metrics
