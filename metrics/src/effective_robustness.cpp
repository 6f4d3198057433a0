#include "effective_robustness.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace shakedown::metrics {
namespace {

double logit(double share) {
  return std::log(share / (1 - share));
}

double expit(double x) {
  return 1 / (1 + std::exp(-x));
}

}  // namespace

std::optional<MetricSpec> accuracy_metric(const Task& task) {
  for (MetricSpec& metric : metrics_for(task)) {
    if (metric.name == "accuracy" || metric.name == "acc2_non0" || metric.name == "acc2") return std::move(metric);
  }
  return std::nullopt;
}

std::optional<Line> logit_line(std::span<const double> clean, std::span<const double> stressed) {
  const auto n = static_cast<double>(clean.size());
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (std::size_t run = 0; run < clean.size(); ++run) {
    mean_x += logit(clean[run]) / n;
    mean_y += logit(stressed[run]) / n;
  }
  for (std::size_t run = 0; run < clean.size(); ++run) {
    const double dx = logit(clean[run]) - mean_x;
    xx += dx * dx;
    xy += dx * (logit(stressed[run]) - mean_y);
  }
  if (!(xx > 1e-18) || !std::isfinite(xx) || !std::isfinite(xy)) return std::nullopt;
  const double slope = xy / xx;
  return Line{mean_y - slope * mean_x, slope};
}

std::vector<Jackknifed> effective_robustness(const std::vector<Jackknifed>& clean,
                                             const std::vector<Jackknifed>& stressed) {
  std::vector<const Jackknifed*> parts;
  for (const auto* side : {&clean, &stressed}) {
    for (const Jackknifed& run : *side) parts.push_back(&run);
  }
  const std::size_t runs = clean.size();
  std::vector<Jackknifed> results;
  for (std::size_t run = 0; run < runs; ++run) {
    Jackknifed own = combine(parts, [run, runs](std::span<const double> values) {
      const auto line = logit_line(values.first(runs), values.subspan(runs));
      if (!line) return std::numeric_limits<double>::quiet_NaN();
      return values[runs + run] - expit(line->intercept + line->slope * logit(values[run]));
    });
    if (own.value && std::isnan(*own.value)) {
      own = {};
      own.why = "an accuracy of 0 or 1 has no logit, or the runs do not differ on the clean input";
    }
    results.push_back(std::move(own));
  }
  return results;
}

}  // namespace shakedown::metrics
