#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "conventions.h"
#include "specs.h"

namespace shakedown::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const char* const kNoSamples = "no samples";

/// MOSI and MOSEI score values as they are, CH-SIMS clips both sides to [-1, 1] first.
double as_scored(double x, bool clip) {
  return clip ? clip_unit(x) : x;
}

MetricSpec mean_absolute_error(const Task& task) {
  const bool clip = is_sims(task);
  MetricSpec spec;
  spec.name = "mae";
  spec.definition = clip ? "mean |p - y|, both clipped to [-1, 1] first" : "mean |p - y|, not clipped";
  spec.higher_is_better = false;
  spec.perfect = 0.0;
  spec.highest = kInfinity;
  spec.sums = [clip](const Scored& scored, const Task&) {
    const auto add = [&scored, clip](std::size_t row, double* sums) {
      sums[0] += 1;
      sums[1] += std::abs(as_scored(scored.outputs[row], clip) - as_scored(scored.labels[row], clip));
    };
    const auto finish = [](const double* sums) -> Value {
      return sums[0] > 0 ? Value{sums[1] / sums[0], {}} : Value{{}, kNoSamples};
    };
    return Sums{2, add, finish};
  };
  compute_from_sums(spec);
  spec.floor = [clip](const Scored& labels, const Task&) -> Value {
    if (labels.rows() == 0) return {{}, kNoSamples};
    std::vector<double> values;
    for (const double label : labels.labels) values.push_back(as_scored(label, clip));
    const double centre = median(values);
    double sum = 0;
    for (const double value : values) sum += std::abs(value - centre);
    return {sum / static_cast<double>(values.size()), {}};
  };
  return spec;
}

/// Means, variances and covariance (divided by n) of predictions and labels, and why they fail.
struct Moments {
  double n = 0, mean_p = 0, mean_y = 0, var_p = 0, var_y = 0, cov = 0;
  bool constant_p = false, constant_y = false;
};

/// Sums of deviations from the means of all rows, so that neither a large offset nor leaving a group out
/// costs digits. `finish` sees means relative to those centres: they only matter as a difference.
Sums moment_sums(const Scored& scored, bool clip, const std::function<Value(const Moments&)>& finish) {
  struct Centre {
    double mean = 0, scale = 0, total = 0;
    explicit Centre(const std::vector<double>& values, bool clipped) {
      for (const double value : values) mean += as_scored(value, clipped) / static_cast<double>(values.size());
      for (const double value : values) {
        const double x = as_scored(value, clipped);
        scale = std::max(scale, std::abs(x));
        total += (x - mean) * (x - mean);
      }
    }
    // Constant up to rounding: of the values themselves, and of the sums a group was taken out of.
    [[nodiscard]] double smallest(double n) const {
      const double rounding = 8 * std::numeric_limits<double>::epsilon() * scale;
      return std::max(n * rounding * rounding, 1e-13 * total);
    }
  };
  const Centre p(scored.outputs, clip), y(scored.labels, clip);
  const auto add = [&scored, clip, p, y](std::size_t row, double* sums) {
    const double dp = as_scored(scored.outputs[row], clip) - p.mean;
    const double dy = as_scored(scored.labels[row], clip) - y.mean;
    sums[0] += 1;
    sums[1] += dp;
    sums[2] += dy;
    sums[3] += dp * dp;
    sums[4] += dy * dy;
    sums[5] += dp * dy;
  };
  const auto done = [p, y, finish](const double* sums) -> Value {
    const double n = sums[0];
    if (n < 1) return {{}, kNoSamples};
    Moments m{n, sums[1] / n, sums[2] / n, 0, 0, 0, false, false};
    m.var_p = sums[3] / n - m.mean_p * m.mean_p;
    m.var_y = sums[4] / n - m.mean_y * m.mean_y;
    m.cov = sums[5] / n - m.mean_p * m.mean_y;
    m.constant_p = n * m.var_p <= p.smallest(n);
    m.constant_y = n * m.var_y <= y.smallest(n);
    m.mean_p += p.mean;
    m.mean_y += y.mean;
    Value value = finish(m);
    if (value.value && !std::isfinite(*value.value)) return {{}, "predictions too large to square"};
    return value;
  };
  return {6, add, done};
}

MetricSpec moment_metric(std::string name, std::string definition, bool clip, double lowest,
                         const std::function<Value(const Moments&)>& finish) {
  MetricSpec spec;
  spec.name = std::move(name);
  spec.definition = std::move(definition);
  spec.lowest = lowest;
  spec.sums = [clip, finish](const Scored& scored, const Task&) { return moment_sums(scored, clip, finish); };
  compute_from_sums(spec);
  spec.floor = zero_floor;
  return spec;
}

MetricSpec pearson(const Task& task) {
  const bool clip = is_sims(task);
  return moment_metric("corr",
                       clip ? "Pearson correlation of p and y, both clipped to [-1, 1] first"
                            : "Pearson correlation of p and y, not clipped",
                       clip, -1.0, [](const Moments& m) -> Value {
                         if (m.constant_y) return {{}, "constant labels"};
                         if (m.constant_p) return {{}, "constant predictions"};
                         return {std::clamp(m.cov / std::sqrt(m.var_p) / std::sqrt(m.var_y), -1.0, 1.0), {}};
                       });
}

MetricSpec concordance(const Task& task) {
  const bool clip = is_sims(task);
  return moment_metric("ccc",
                       std::string("concordance correlation (Lin 1989): 2 cov / (var p + var y + (mean p - mean y)^2)"
                                   ", by n") +
                           (clip ? "; both clipped to [-1, 1] first" : ""),
                       clip, -1.0, [](const Moments& m) -> Value {
                         if (m.constant_y && m.constant_p) return {{}, "constant labels and predictions"};
                         const double shift = m.mean_p - m.mean_y;
                         return {2 * m.cov / (m.var_p + m.var_y + shift * shift), {}};
                       });
}

MetricSpec determination() {
  return moment_metric("r2", "1 - sum (y - p)^2 / sum (y - mean y)^2, both clipped to [-1, 1] first", true, -kInfinity,
                       [](const Moments& m) -> Value {
                         if (m.constant_y) return {{}, "constant labels"};
                         const double shift = m.mean_p - m.mean_y;
                         return {1 - (m.var_p + m.var_y - 2 * m.cov + shift * shift) / m.var_y, {}};
                       });
}

/// A decision metric of a convention: `constants` holds one prediction for every decision there is.
struct Decisions {
  std::size_t classes = 0;
  Classifier classify;
  std::vector<double> constants;
  const char* none_left = kNoSamples;
};

MetricSpec decision_metric(std::string name, std::string definition, const Decisions& decisions,
                           std::function<Value(const ClassCounts&)> finish) {
  MetricSpec spec;
  spec.name = std::move(name);
  spec.definition = std::move(definition);
  use_class_counts(
      spec, decisions.classes, decisions.none_left, [classify = decisions.classify](const Task&) { return classify; },
      std::move(finish));
  std::vector<std::vector<double>> constants;
  for (const double constant : decisions.constants) constants.push_back({constant});
  spec.floor = best_constant(spec, std::move(constants));
  return spec;
}

/// Accuracy over the classes -limit..limit that clipping and half-to-even rounding give.
MetricSpec rounded_accuracy(int limit) {
  Decisions decisions;
  decisions.classes = 2 * static_cast<std::size_t>(limit) + 1;
  decisions.classify = [limit](const double* outputs, double label) {
    return ClassPair{rounded_class(label, limit) + limit, rounded_class(outputs[0], limit) + limit};
  };
  for (int c = -limit; c <= limit; ++c) decisions.constants.push_back(c);
  return decision_metric(fmt::format("acc{}", 2 * limit + 1),
                         fmt::format("share with round(clip(p, {0})) == round(clip(y, {0})), halves to even", limit),
                         decisions, accuracy);
}

MetricSpec binned_accuracy(int classes, std::vector<double> constants) {
  const Decisions decisions{static_cast<std::size_t>(classes),
                            [classes](const double* outputs, double label) {
                              return ClassPair{sims_class(label, classes), sims_class(outputs[0], classes)};
                            },
                            std::move(constants)};
  static const std::map<int, const char*> kBins{{2, "[-1, 0], (0, 1]"},
                                                {3, "[-1, -.1], (-.1, .1], (.1, 1]"},
                                                {5, "[-1, -.7], (-.7, -.1], (-.1, .1], (.1, .7], (.7, 1]"}};
  return decision_metric(fmt::format("acc{}", classes),
                         fmt::format("share in the same of the bins {} after clipping to [-1, 1]", kBins.at(classes)),
                         decisions, accuracy);
}

std::vector<MetricSpec> mosi_metrics(const Task& task) {
  const Decisions has0{2,
                       [](const double* outputs, double label) {
                         return ClassPair{static_cast<float>(label) >= 0.0F, static_cast<float>(outputs[0]) >= 0.0F};
                       },
                       {-1.0, 1.0}};
  const Decisions non0{2,
                       [](const double* outputs, double label) {
                         const float y = static_cast<float>(label);
                         return ClassPair{y == 0.0F ? -1 : (y > 0.0F ? 1 : 0), static_cast<float>(outputs[0]) > 0.0F};
                       },
                       {-1.0, 1.0},
                       "no non-zero labels"};
  return {mean_absolute_error(task),
          pearson(task),
          decision_metric("acc2_has0", "share with (p >= 0) == (y >= 0)", has0, accuracy),
          decision_metric("acc2_non0", "share with (p > 0) == (y > 0) where y != 0", non0, accuracy),
          decision_metric("f1_has0", "weighted F1 of p >= 0 against y >= 0, weights by the labels", has0, weighted_f1),
          decision_metric("f1_non0", "weighted F1 of p > 0 against y > 0 where y != 0, weights by the labels", non0,
                          weighted_f1),
          rounded_accuracy(1),
          rounded_accuracy(2),
          rounded_accuracy(3),
          spearman_metric(task),
          concordance(task)};
}

std::vector<MetricSpec> sims_metrics(const Task& task) {
  const auto binary = [](const double* outputs, double label) {
    return ClassPair{sims_class(label, 2), sims_class(outputs[0], 2)};
  };
  std::vector<MetricSpec> metrics{
      mean_absolute_error(task),
      pearson(task),
      binned_accuracy(2, {-0.5, 0.5}),
      binned_accuracy(3, {-0.5, 0.0, 0.5}),
      binned_accuracy(5, {-0.9, -0.4, 0.0, 0.4, 0.9}),
      decision_metric("f1", "weighted F1 of p > 0 against y > 0 after clipping, weights by the labels",
                      {2, binary, {-0.5, 0.5}}, weighted_f1),
      spearman_metric(task),
      concordance(task)};
  if (task.convention == "simsv2") {
    const auto weak = [binary](const double* outputs, double label) {
      const bool counts = std::abs(static_cast<float>(clip_unit(label))) <= 0.4F;
      return counts ? binary(outputs, label) : ClassPair{-1, 0};
    };
    metrics.push_back(decision_metric("acc2_weak", "acc2 where |y| <= 0.4",
                                      {2, weak, {-0.5, 0.5}, "no labels with |y| <= 0.4"}, accuracy));
    metrics.push_back(determination());
  }
  return metrics;
}

}  // namespace

std::vector<MetricSpec> regression_metrics(const Task& task) {
  if (is_sims(task)) return sims_metrics(task);
  if (task.convention == "plain")
    return {mean_absolute_error(task), pearson(task), spearman_metric(task), concordance(task)};
  return mosi_metrics(task);
}

}  // namespace shakedown::metrics
