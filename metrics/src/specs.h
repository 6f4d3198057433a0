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

/// What class metrics are made of, `classes` numbers each: rows of a class in the labels (support), rows with
/// that prediction, and rows with both (hits). Refers to the sums it is given.
class ClassCounts {
 public:
  ClassCounts(const double* sums, std::size_t classes) : sums_(sums), classes_(classes) {
    for (std::size_t c = 0; c < classes; ++c) n_ += support(c);
  }
  [[nodiscard]] double n() const { return n_; }
  [[nodiscard]] std::size_t classes() const { return classes_; }
  [[nodiscard]] double support(std::size_t c) const { return sums_[c]; }
  [[nodiscard]] double predicted(std::size_t c) const { return sums_[classes_ + c]; }
  [[nodiscard]] double hits(std::size_t c) const { return sums_[2 * classes_ + c]; }
  [[nodiscard]] bool seen(std::size_t c) const { return support(c) + predicted(c) > 0; }
  [[nodiscard]] double precision(std::size_t c) const { return predicted(c) > 0 ? hits(c) / predicted(c) : 0.0; }
  [[nodiscard]] double recall(std::size_t c) const { return support(c) > 0 ? hits(c) / support(c) : 0.0; }
  [[nodiscard]] double f1(std::size_t c) const { return seen(c) ? 2 * hits(c) / (support(c) + predicted(c)) : 0.0; }

 private:
  const double* sums_;
  std::size_t classes_;
  double n_ = 0;
};

[[nodiscard]] Value accuracy(const ClassCounts& counts);
[[nodiscard]] Value weighted_f1(const ClassCounts& counts);  ///< support of the truth, as sklearn weights it

/// Fills `sums` and `compute` of a metric of class counts.
void use_class_counts(MetricSpec& spec, std::size_t classes, const std::string& none_left,
                      std::function<Classifier(const Task&)> classifier,
                      std::function<Value(const ClassCounts&)> finish);
/// Fills `compute` from `sums`, from `weighted`.
void compute_from_sums(MetricSpec& spec);
void compute_from_weights(MetricSpec& spec);

/// The best of the constant predictions given, one output row each: exact when every region of constant
/// decisions holds one of them.
[[nodiscard]] std::function<Value(const Scored&, const Task&)> best_constant(
    const MetricSpec& spec, std::vector<std::vector<double>> constants);
/// Correlations, agreement and R^2: a constant explains nothing.
[[nodiscard]] Value zero_floor(const Scored& labels, const Task& task);

/// Median; the mean of the middle two for an even number. `values` must not be empty.
[[nodiscard]] double median(std::vector<double> values);

[[nodiscard]] MetricSpec spearman_metric(const Task& task);
[[nodiscard]] std::vector<MetricSpec> regression_metrics(const Task& task);
[[nodiscard]] std::vector<MetricSpec> classification_metrics(const Task& task);
/// ece, brier, nll.
[[nodiscard]] std::vector<MetricSpec> probability_metrics();

}  // namespace shakedown::metrics
