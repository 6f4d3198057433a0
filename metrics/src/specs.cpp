#include "specs.h"

#include <algorithm>
#include <cmath>

namespace shakedown::metrics {

Confusion::Confusion(const double* counts, std::size_t classes)
    : counts_(counts), truth_(classes, 0.0), predicted_(classes, 0.0) {
  for (std::size_t t = 0; t < classes; ++t) {
    for (std::size_t p = 0; p < classes; ++p) {
      const double count = counts[t * classes + p];
      truth_[t] += count;
      predicted_[p] += count;
      n_ += count;
    }
  }
}

Value accuracy(const Confusion& confusion) {
  double hits = 0;
  for (std::size_t c = 0; c < confusion.classes(); ++c) hits += confusion.hits(c);
  return {hits / confusion.n(), {}};
}

Value weighted_f1(const Confusion& confusion) {
  double sum = 0;
  for (std::size_t c = 0; c < confusion.classes(); ++c) sum += confusion.support(c) * confusion.f1(c);
  return {sum / confusion.n(), {}};
}

void compute_from_sums(MetricSpec& spec) {
  spec.compute = [make = spec.sums](const Scored& scored, const Task& task) {
    const Sums sums = make(scored, task);
    std::vector<double> total(sums.width, 0.0);
    for (std::size_t row = 0; row < scored.rows(); ++row) sums.add(row, total.data());
    return sums.finish(total.data());
  };
}

void use_confusion(MetricSpec& spec, std::size_t classes, const std::string& none_left,
                   std::function<Classifier(const Task&)> classifier, std::function<Value(const Confusion&)> finish) {
  spec.sums = [=](const Scored& scored, const Task& task) {
    const auto add = [&scored, classes, classify = classifier(task)](std::size_t row, double* sums) {
      const ClassPair pair = classify(scored.output(row), scored.labels[row]);
      if (pair.truth < 0) return;
      sums[static_cast<std::size_t>(pair.truth) * classes + static_cast<std::size_t>(pair.predicted)] += 1;
    };
    const auto done = [=](const double* sums) -> Value {
      const Confusion confusion(sums, classes);
      return confusion.n() > 0 ? finish(confusion) : Value{{}, none_left};
    };
    return Sums{classes * classes, add, done};
  };
  compute_from_sums(spec);
}

std::function<Value(const Scored&, const Task&)> best_constant(const MetricSpec& spec,
                                                               std::vector<std::vector<double>> constants) {
  return [compute = spec.compute, higher = spec.higher_is_better, constants](const Scored& labels, const Task& task) {
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
