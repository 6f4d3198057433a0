#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "conventions.h"
#include "specs.h"

namespace shakedown::metrics {
namespace {

using Finish = std::function<Value(const ClassCounts&)>;

MetricSpec class_metric(const Task& task, std::string name, std::string definition, Finish finish) {
  const std::size_t classes = task.labels.size();
  MetricSpec spec;
  spec.name = std::move(name);
  spec.definition = std::move(definition);
  use_class_counts(
      spec, classes, "no samples",
      [classes](const Task& used) -> Classifier {
        return [classes, used](const double* outputs, double label) {
          return ClassPair{static_cast<int>(label), decision(outputs, classes, used)};
        };
      },
      std::move(finish));
  std::vector<std::vector<double>> constants(classes, std::vector<double>(classes, 0.0));
  for (std::size_t c = 0; c < classes; ++c) constants[c][c] = 1.0;
  spec.floor = best_constant(spec, std::move(constants));
  return spec;
}

/// Mean of `figure` over the classes that enter.
template <class Enters, class Figure>
Value mean_over_classes(const ClassCounts& counts, Enters enters, Figure figure) {
  double sum = 0, classes = 0;
  for (std::size_t c = 0; c < counts.classes(); ++c) {
    if (!enters(c)) continue;
    sum += figure(c);
    classes += 1;
  }
  return {sum / classes, {}};
}

Value macro(const ClassCounts& counts, double (ClassCounts::*figure)(std::size_t) const) {
  return mean_over_classes(
      counts, [&](std::size_t c) { return counts.seen(c); }, [&](std::size_t c) { return (counts.*figure)(c); });
}

Value unweighted_recall(const ClassCounts& counts) {
  return mean_over_classes(
      counts, [&](std::size_t c) { return counts.support(c) > 0; }, [&](std::size_t c) { return counts.recall(c); });
}

Value swapped_f1(const ClassCounts& counts) {
  double sum = 0;
  for (std::size_t c = 0; c < counts.classes(); ++c) sum += counts.predicted(c) * counts.f1(c);
  return {sum / counts.n(), {}};
}

/// Multi-class Matthews correlation (Gorodkin 2004).
Value matthews(const ClassCounts& counts) {
  double hits = 0, both = 0, truth = 0, predicted = 0;
  for (std::size_t c = 0; c < counts.classes(); ++c) {
    hits += counts.hits(c);
    both += counts.support(c) * counts.predicted(c);
    truth += counts.support(c) * counts.support(c);
    predicted += counts.predicted(c) * counts.predicted(c);
  }
  const double square = counts.n() * counts.n();
  if (truth >= square) return {{}, "labels of one class only"};
  if (predicted >= square) return {0.0, {}};  // as scikit-learn has it: one class predicted agrees by chance only
  return {(hits * counts.n() - both) / std::sqrt(square - truth) / std::sqrt(square - predicted), {}};
}

constexpr std::size_t kLargestTop = 5;

/// Share of samples whose label is among the k largest outputs, the first of equals before the others.
MetricSpec top_metric(std::size_t k) {
  MetricSpec spec;
  spec.name = fmt::format("top{}", k);
  spec.definition = fmt::format("share of samples whose label is among the {} largest outputs", k);
  spec.sums = [k](const Scored& scored, const Task&) {
    const auto add = [&scored, k](std::size_t row, double* sums) {
      const double* outputs = scored.output(row);
      const auto label = static_cast<std::size_t>(scored.labels[row]);
      std::size_t ahead = 0;
      for (std::size_t c = 0; c < scored.columns; ++c) {
        ahead += outputs[c] > outputs[label] || (outputs[c] == outputs[label] && c < label) ? 1 : 0;
      }
      sums[0] += 1;
      sums[1] += ahead < k ? 1 : 0;
    };
    const auto finish = [](const double* sums) -> Value {
      return sums[0] > 0 ? Value{sums[1] / sums[0], {}} : Value{{}, "no samples"};
    };
    return Sums{2, add, finish};
  };
  compute_from_sums(spec);
  // The best constant ranking puts the k commonest classes first.
  spec.floor = [k](const Scored& labels, const Task& task) -> Value {
    if (labels.rows() == 0) return {{}, "no samples"};
    std::vector<double> counts(task.labels.size(), 0.0);
    for (const double label : labels.labels) counts[static_cast<std::size_t>(label)] += 1;
    std::sort(counts.begin(), counts.end(), std::greater<>());
    return {std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(k), 0.0) /
                static_cast<double>(labels.rows()),
            {}};
  };
  return spec;
}

}  // namespace

std::vector<MetricSpec> classification_metrics(const Task& task) {
  std::vector<MetricSpec> metrics{
      class_metric(task, "f1_weighted", "mean of the per-class F1 weighted by the labels' class counts", weighted_f1),
      class_metric(task, "accuracy", "share of samples whose largest output is the label (WA)", accuracy),
      class_metric(task, "uar", "unweighted average recall over the classes in the labels (UA, balanced accuracy)",
                   unweighted_recall),
      class_metric(task, "f1_macro", "mean of the per-class F1 over the classes in labels or predictions",
                   [](const ClassCounts& c) { return macro(c, &ClassCounts::f1); }),
      class_metric(task, "mcc", "multi-class Matthews correlation (Gorodkin 2004); 0 when one class is predicted",
                   matthews),
      class_metric(task, "precision_macro", "mean precision over the classes in labels or predictions",
                   [](const ClassCounts& c) { return macro(c, &ClassCounts::precision); }),
      class_metric(task, "recall_macro", "mean recall over the classes in labels or predictions",
                   [](const ClassCounts& c) { return macro(c, &ClassCounts::recall); }),
      class_metric(task, "f1_weighted_swapped",
                   "weighted F1 with the arguments swapped (weights by the predictions): only for comparison with "
                   "papers that had this bug",
                   swapped_f1)};
  for (MetricSpec& metric : metrics) {
    if (metric.name != "mcc") continue;
    metric.lowest = -1.0;
    metric.floor = zero_floor;
  }
  for (std::size_t k = 2; k < task.labels.size() && k <= kLargestTop; ++k) metrics.push_back(top_metric(k));
  for (MetricSpec& metric : probability_metrics()) metrics.push_back(std::move(metric));
  for (std::size_t c = 0; c < task.labels.size(); ++c) {
    const std::string& label = task.labels[c];
    metrics.push_back(class_metric(task, "f1_" + label, fmt::format("F1 of class '{}' against the rest", label),
                                   [c](const ClassCounts& counts) -> Value {
                                     if (!counts.seen(c)) return {{}, "class neither in labels nor predicted"};
                                     return {counts.f1(c), {}};
                                   }));
  }
  return metrics;
}

}  // namespace shakedown::metrics
