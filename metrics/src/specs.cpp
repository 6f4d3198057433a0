#include "specs.h"

#include <algorithm>
#include <cmath>

namespace shakedown::metrics {

Value accuracy(const ClassCounts& counts) {
  double hits = 0;
  for (std::size_t c = 0; c < counts.classes(); ++c) hits += counts.hits(c);
  return {hits / counts.n(), {}};
}

Value weighted_f1(const ClassCounts& counts) {
  double sum = 0;
  for (std::size_t c = 0; c < counts.classes(); ++c) sum += counts.support(c) * counts.f1(c);
  return {sum / counts.n(), {}};
}

void compute_from_sums(MetricSpec& spec) {
  spec.compute = [make = spec.sums](const Scored& scored, const Task& task) {
    const Sums sums = make(scored, task);
    std::vector<double> total(sums.width, 0.0);
    for (std::size_t row = 0; row < scored.rows(); ++row) sums.add(row, total.data());
    return sums.finish(total.data());
  };
}

void compute_from_weights(MetricSpec& spec) {
  spec.compute = [make = spec.weighted](const Scored& scored, const Task& task) {
    return make(scored, task)(std::vector<double>(scored.rows(), 1.0));
  };
}

void use_class_counts(MetricSpec& spec, std::size_t classes, const std::string& none_left,
                      std::function<Classifier(const Task&)> classifier,
                      std::function<Value(const ClassCounts&)> finish) {
  spec.sums = [classes, none_left, classifier = std::move(classifier), finish = std::move(finish)](const Scored& scored,
                                                                                                   const Task& task) {
    const auto add = [&scored, classes, classify = classifier(task)](std::size_t row, double* sums) {
      const ClassPair pair = classify(scored.output(row), scored.labels[row]);
      if (pair.truth < 0) return;
      const auto truth = static_cast<std::size_t>(pair.truth), predicted = static_cast<std::size_t>(pair.predicted);
      sums[truth] += 1;
      sums[classes + predicted] += 1;
      if (truth == predicted) sums[2 * classes + truth] += 1;
    };
    const auto done = [=](const double* sums) -> Value {
      const ClassCounts counts(sums, classes);
      return counts.n() > 0 ? finish(counts) : Value{{}, none_left};
    };
    return Sums{3 * classes, add, done};
  };
  compute_from_sums(spec);
}

std::function<Value(const Scored&, const Task&)> best_constant(const MetricSpec& spec,
                                                               std::vector<std::vector<double>> constants) {
  return [compute = spec.compute, higher = spec.higher_is_better, constants = std::move(constants)](
             const Scored& labels, const Task& task) {
    Value best;
    for (const std::vector<double>& constant : constants) {
      Scored guess{constant.size(), {}, labels.labels};
      guess.outputs.reserve(labels.rows() * constant.size());
      for (std::size_t row = 0; row < labels.rows(); ++row) {
        guess.outputs.insert(guess.outputs.end(), constant.begin(), constant.end());
      }
      const Value value = compute(guess, task);
      if (!value.value) {
        if (!best.value) best.why = value.why;
      } else if (!best.value || (higher ? *value.value > *best.value : *value.value < *best.value)) {
        best = value;
      }
    }
    return best;
  };
}

Value zero_floor(const Scored&, const Task&) {
  return {0.0, {}};
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

}  // namespace shakedown::metrics
