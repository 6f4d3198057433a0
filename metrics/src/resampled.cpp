#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "jackknife.h"

namespace shakedown::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Forward differences of `finish` around `total`. Sums to which no group of the resample adds are left as they are:
/// a class that is absent must not appear. `scale` is the size of each sum over all samples.
void differentiate(const Sums& sums, std::vector<double>& total, double value, const std::vector<double>& scale,
                   std::vector<double>& gradient) {
  constexpr double kStep = 1e-7;
  for (std::size_t at = 0; at < sums.width; ++at) {
    gradient[at] = 0;
    if (total[at] == 0 || scale[at] == 0) continue;
    const double kept = total[at], step = kStep * scale[at];
    total[at] = kept + step;
    const Value moved = sums.finish(total.data());
    if (moved.value) gradient[at] = (*moved.value - value) / (total[at] - kept);
    total[at] = kept;
  }
}

}  // namespace

std::shared_ptr<const Resampled> resampled_sums(const Sums& sums, std::vector<double> by_group,
                                                std::size_t group_count) {
  std::vector<double> scale(sums.width, 0.0);
  for (std::size_t at = 0; at < by_group.size(); ++at) scale[at % sums.width] += std::abs(by_group[at]);
  auto resampled = std::make_shared<Resampled>();
  resampled->of_samples = [finish = Sums{sums.width, {}, sums.finish}, by_group = std::move(by_group),
                           scale = std::move(scale),
                           group_count](std::span<const double> weights, std::span<double> influence) {
    const std::size_t width = finish.width;
    std::vector<double> total(width, 0.0), gradient(width);
    for (std::size_t group = 0; group < group_count; ++group) {
      if (weights[group] == 0) continue;
      const double* own = by_group.data() + group * width;
      for (std::size_t at = 0; at < width; ++at) total[at] += weights[group] * own[at];
    }
    const Value value = finish.finish(total.data());
    if (!value.value) return kNan;
    differentiate(finish, total, *value.value, scale, gradient);
    for (std::size_t group = 0; group < group_count; ++group) {
      const double* own = by_group.data() + group * width;
      influence[group] = std::inner_product(gradient.begin(), gradient.end(), own, 0.0);
    }
    return *value.value;
  };
  return resampled;
}

std::shared_ptr<const Resampled> resampled_weights(const OnWeights& on_weights, std::vector<int> groups,
                                                   const Jackknifed& jackknifed) {
  auto resampled = std::make_shared<Resampled>();
  resampled->of_samples = [on_weights, groups = std::move(groups), value = *jackknifed.value,
                           without = jackknifed.without](std::span<const double> weights, std::span<double> influence) {
    std::vector<double> row_weights(groups.size());
    for (std::size_t row = 0; row < groups.size(); ++row) {
      row_weights[row] = weights[static_cast<std::size_t>(groups[row])];
    }
    const double drawn = std::accumulate(weights.begin(), weights.end(), 0.0);
    double mean = 0;
    for (std::size_t group = 0; group < weights.size(); ++group) {
      influence[group] = value - without[group];
      mean += weights[group] * influence[group] / drawn;
    }
    for (double& own : influence) own -= mean;
    return on_weights(row_weights).value.value_or(kNan);
  };
  return resampled;
}

}  // namespace shakedown::metrics
