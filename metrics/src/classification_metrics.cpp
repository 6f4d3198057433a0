#include <cmath>

#include <fmt/format.h>

#include "conventions.h"
#include "specs.h"

namespace shakedown::metrics {
namespace {

using Finish = std::function<Value(const Confusion&)>;

MetricSpec class_metric(const Task& task, std::string name, std::string definition, Finish finish) {
  const std::size_t classes = task.labels.size();
  MetricSpec spec;
  spec.name = std::move(name);
  spec.definition = std::move(definition);
  use_confusion(
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

/// Mean of `figure` over the classes for which `counts` holds.
template <class Counts, class Figure>
Value mean_over_classes(const Confusion& confusion, Counts counts, Figure figure) {
  double sum = 0, classes = 0;
  for (std::size_t c = 0; c < confusion.classes(); ++c) {
    if (!counts(c)) continue;
    sum += figure(c);
    classes += 1;
  }
  return {sum / classes, {}};
}

Value macro(const Confusion& confusion, double (Confusion::*figure)(std::size_t) const) {
  return mean_over_classes(
      confusion, [&](std::size_t c) { return confusion.seen(c); },
      [&](std::size_t c) { return (confusion.*figure)(c); });
}

Value unweighted_recall(const Confusion& confusion) {
  return mean_over_classes(
      confusion, [&](std::size_t c) { return confusion.support(c) > 0; },
      [&](std::size_t c) { return confusion.recall(c); });
}

Value swapped_f1(const Confusion& confusion) {
  double sum = 0;
  for (std::size_t c = 0; c < confusion.classes(); ++c) sum += confusion.predicted(c) * confusion.f1(c);
  return {sum / confusion.n(), {}};
}

/// Multi-class Matthews correlation (Gorodkin 2004).
Value matthews(const Confusion& confusion) {
  double hits = 0, both = 0, truth = 0, predicted = 0;
  for (std::size_t c = 0; c < confusion.classes(); ++c) {
    hits += confusion.hits(c);
    both += confusion.support(c) * confusion.predicted(c);
    truth += confusion.support(c) * confusion.support(c);
    predicted += confusion.predicted(c) * confusion.predicted(c);
  }
  const double square = confusion.n() * confusion.n();
  if (truth >= square) return {{}, "labels of one class only"};
  if (predicted >= square) return {0.0, {}};  // as scikit-learn has it: one class predicted agrees by chance only
  return {(hits * confusion.n() - both) / std::sqrt(square - truth) / std::sqrt(square - predicted), {}};
}

}  // namespace

std::vector<MetricSpec> classification_metrics(const Task& task) {
  std::vector<MetricSpec> metrics{
      class_metric(task, "f1_weighted", "mean of the per-class F1 weighted by the labels' class counts", weighted_f1),
      class_metric(task, "accuracy", "share of samples whose largest output is the label (WA)", accuracy),
      class_metric(task, "uar", "unweighted average recall over the classes in the labels (UA, balanced accuracy)",
                   unweighted_recall),
      class_metric(task, "f1_macro", "mean of the per-class F1 over the classes in labels or predictions",
                   [](const Confusion& c) { return macro(c, &Confusion::f1); }),
      class_metric(task, "mcc", "multi-class Matthews correlation (Gorodkin 2004); 0 when one class is predicted",
                   matthews),
      class_metric(task, "precision_macro", "mean precision over the classes in labels or predictions",
                   [](const Confusion& c) { return macro(c, &Confusion::precision); }),
      class_metric(task, "recall_macro", "mean recall over the classes in labels or predictions",
                   [](const Confusion& c) { return macro(c, &Confusion::recall); }),
      class_metric(task, "f1_weighted_swapped",
                   "weighted F1 with the arguments swapped (weights by the predictions): only for comparison with "
                   "papers that had this bug",
                   swapped_f1)};
  for (MetricSpec& metric : metrics) {
    if (metric.name != "mcc") continue;
    metric.lowest = -1.0;
    metric.floor = zero_floor;
  }
  for (std::size_t c = 0; c < task.labels.size(); ++c) {
    const std::string& label = task.labels[c];
    metrics.push_back(class_metric(task, "f1_" + label, fmt::format("F1 of class '{}' against the rest", label),
                                   [c](const Confusion& confusion) -> Value {
                                     if (!confusion.seen(c)) return {{}, "class neither in labels nor predicted"};
                                     return {confusion.f1(c), {}};
                                   }));
  }
  return metrics;
}

}  // namespace shakedown::metrics
