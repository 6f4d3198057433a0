#include "jackknife.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include "grouped_sums.h"

namespace shakedown::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Records a leave-one-out value; the first reason why one is undefined is kept.
void record(Jackknifed& result, std::size_t group, const Value& value) {
  result.without[group] = value.value.value_or(kNan);
  if (!value.value && result.why.empty()) result.why = value.why + " once a group is left out";
}

Jackknifed from_sums(const Sums& sums, std::size_t rows, std::span<const int> groups, std::size_t group_count,
                     Keep keep) {
  GroupedSums grouped = grouped_sums(sums, rows, groups, group_count);
  Jackknifed result = jackknife_groups(grouped);
  if (keep == Keep::kResampled && result.value)
    result.resampled = resampled_sums(sums, std::move(grouped.by_group), group_count);
  return result;
}

Jackknifed from_weights(const OnWeights& on_weights, std::size_t rows, std::span<const int> groups,
                        std::size_t group_count, Keep keep) {
  Jackknifed result;
  result.present.assign(group_count, 0);
  std::vector<std::vector<std::size_t>> members(group_count);
  for (std::size_t row = 0; row < rows; ++row) members[static_cast<std::size_t>(groups[row])].push_back(row);
  std::vector<double> weights(rows, 1.0);
  const Value full = on_weights(weights);
  result.value = full.value;
  result.why = full.why;
  for (std::size_t group = 0; group < group_count; ++group) result.present[group] = members[group].empty() ? 0 : 1;
  if (!full.value) return result;
  result.without.assign(group_count, *full.value);
  for (std::size_t group = 0; group < group_count; ++group) {
    if (members[group].empty()) continue;
    for (const std::size_t row : members[group]) weights[row] = 0.0;
    record(result, group, on_weights(weights));
    for (const std::size_t row : members[group]) weights[row] = 1.0;
  }
  if (keep == Keep::kResampled) {
    result.resampled = resampled_weights(on_weights, {groups.begin(), groups.end()}, result);
  }
  return result;
}

using OfParts = std::function<double(std::span<const double> values, std::span<double> gradient)>;

/// `of_parts` of the values, and of the values without each group.
Jackknifed combined(std::span<const Jackknifed* const> parts, OfParts of_parts) {
  Jackknifed result;
  std::vector<double> values;
  const Jackknifed* undefined = nullptr;
  bool kept = true;
  for (const Jackknifed* part : parts) {
    if (result.why.empty()) result.why = part->why;
    if (part->value) {
      values.push_back(*part->value);
    } else if (undefined == nullptr) {
      undefined = part;
    }
    kept = kept && part->resampled != nullptr;
    result.present.resize(std::max(result.present.size(), part->present.size()), 0);
    for (std::size_t group = 0; group < part->present.size(); ++group) {
      if (part->present[group] != 0) result.present[group] = 1;
    }
  }
  if (parts.empty()) result.why = "nothing to combine";
  if (undefined != nullptr) result.why = undefined->why;
  if (parts.empty() || undefined != nullptr) return result;
  result.value = of_parts(values, {});
  result.without.assign(result.present.size(), *result.value);
  for (std::size_t group = 0; group < result.present.size(); ++group) {
    if (!result.present[group]) continue;
    bool defined = true;
    for (std::size_t at = 0; at < parts.size(); ++at) {
      values[at] = parts[at]->without[group];
      defined = defined && !std::isnan(values[at]);
    }
    result.without[group] = defined ? of_parts(values, {}) : kNan;
  }
  if (kept) {
    auto resampled = std::make_shared<Resampled>();
    for (const Jackknifed* part : parts) resampled->parts.push_back(part->resampled);
    resampled->of_parts = std::move(of_parts);
    result.resampled = std::move(resampled);
  }
  return result;
}

}  // namespace

GroupedSums grouped_sums(const Sums& sums, std::size_t rows, std::span<const int> groups, std::size_t group_count) {
  GroupedSums result{sums.width, std::vector<double>(group_count * sums.width, 0.0), std::vector<char>(group_count, 0),
                     sums.finish};
  for (std::size_t row = 0; row < rows; ++row) {
    const auto group = static_cast<std::size_t>(groups[row]);
    result.present[group] = 1;
    sums.add(row, result.by_group.data() + group * sums.width);
  }
  return result;
}

Jackknifed jackknife_groups(const GroupedSums& sums) {
  Jackknifed result;
  result.present = sums.present;
  std::vector<double> total(sums.width, 0.0), rest(sums.width);
  for (std::size_t at = 0; at < sums.by_group.size(); ++at) total[at % sums.width] += sums.by_group[at];
  const Value full = sums.finish(total.data());
  result.value = full.value;
  result.why = full.why;
  if (!full.value) return result;
  result.without.assign(sums.present.size(), *full.value);
  for (std::size_t group = 0; group < sums.present.size(); ++group) {
    if (!sums.present[group]) continue;
    const double* own = sums.by_group.data() + group * sums.width;
    for (std::size_t at = 0; at < sums.width; ++at) rest[at] = total[at] - own[at];
    record(result, group, sums.finish(rest.data()));
  }
  return result;
}

Jackknifed jackknife_without(const GroupedSums& sums, std::size_t group, std::size_t units) {
  GroupedSums others = sums;
  others.present[group] = 0;
  std::fill_n(others.by_group.begin() + static_cast<std::ptrdiff_t>(group * sums.width), sums.width, 0.0);
  others.present.resize(units, 0);
  others.by_group.resize(units * sums.width, 0.0);
  return jackknife_groups(others);
}

std::size_t Jackknifed::groups() const {
  return static_cast<std::size_t>(std::count(present.begin(), present.end(), 1));
}

Jackknifed jackknife(const MetricSpec& metric, const Scored& scored, std::span<const int> groups,
                     std::size_t group_count, const Task& task, Keep keep) {
  if (metric.sums) return from_sums(metric.sums(scored, task), scored.rows(), groups, group_count, keep);
  return from_weights(metric.weighted(scored, task), scored.rows(), groups, group_count, keep);
}

Jackknifed jackknife_mean(std::span<const double> values, std::span<const int> groups, std::size_t group_count) {
  const Sums sums{2,
                  [values](std::size_t row, double* into) {
                    into[0] += 1;
                    into[1] += values[row];
                  },
                  [](const double* total) -> Value {
                    return total[0] > 0 ? Value{total[1] / total[0], {}} : Value{{}, "no samples"};
                  }};
  return from_sums(sums, values.size(), groups, group_count, Keep::kNothing);
}

Jackknifed combine(std::span<const Jackknifed* const> parts,
                   const std::function<double(std::span<const double>)>& function) {
  return combined(parts, [function](std::span<const double> values, std::span<double> gradient) {
    constexpr double kStep = 1e-6;
    const double value = function(values);
    if (gradient.empty()) return value;
    std::vector<double> moved(values.begin(), values.end());
    for (std::size_t at = 0; at < moved.size(); ++at) {
      const double kept = moved[at];
      moved[at] = kept + kStep * std::max(1.0, std::abs(kept));
      gradient[at] = (function(moved) - value) / (moved[at] - kept);
      moved[at] = kept;
    }
    return value;
  });
}

Jackknifed extreme(std::span<const Jackknifed* const> parts, bool least) {
  return combined(parts, [least](std::span<const double> values, std::span<double> gradient) {
    const auto found =
        least ? std::min_element(values.begin(), values.end()) : std::max_element(values.begin(), values.end());
    std::fill(gradient.begin(), gradient.end(), 0.0);
    if (!gradient.empty()) gradient[static_cast<std::size_t>(found - values.begin())] = 1.0;
    return *found;
  });
}

Jackknifed weighted_sum(std::span<const std::pair<const Jackknifed*, double>> parts) {
  std::vector<const Jackknifed*> statistics;
  std::vector<double> weights;
  for (const auto& part : parts) {
    statistics.push_back(part.first);
    weights.push_back(part.second);
  }
  return combined(statistics, [weights](std::span<const double> values, std::span<double> gradient) {
    if (!gradient.empty()) std::copy(weights.begin(), weights.end(), gradient.begin());
    return std::inner_product(weights.begin(), weights.end(), values.begin(), 0.0);
  });
}

StandardError standard_error(const Jackknifed& statistic) {
  StandardError result;
  result.groups = statistic.groups();
  if (!statistic.value) {
    result.why = statistic.why;
    return result;
  }
  if (result.groups < kFewestGroups) {
    result.why = fmt::format("too few groups for an interval: {}, {} are needed", result.groups, kFewestGroups);
    return result;
  }
  double sum = 0;
  for (std::size_t group = 0; group < statistic.present.size(); ++group) {
    if (!statistic.present[group]) continue;
    const double shift = statistic.without[group] - *statistic.value;
    sum += shift * shift;
  }
  const auto count = static_cast<double>(result.groups);
  const double error = std::sqrt((count - 1) / count * sum);
  if (std::isfinite(error)) {
    result.value = error;
  } else {
    result.why = statistic.why.empty() ? "undefined once a group is left out" : statistic.why;
  }
  return result;
}

double t_quantile(double p, double df) {
  return boost::math::quantile(boost::math::students_t(df), p);
}

double t_cdf(double t, double df) {
  return boost::math::cdf(boost::math::students_t(df), t);
}

Score with_interval(const Jackknifed& statistic, double lowest, double highest, std::size_t n) {
  Score score;
  score.n = n;
  score.value = statistic.value;
  const StandardError error = standard_error(statistic);
  score.why = error.why;
  if (!error.value) return score;
  const double half = t_quantile(0.975, static_cast<double>(error.groups - 1)) * *error.value;
  score.low = std::max(lowest, *score.value - half);
  score.high = std::min(highest, *score.value + half);
  return score;
}

void add_floor(Score& score, std::optional<double> floor, double perfect) {
  score.floor = floor;
  if (score.value && floor && *floor != perfect) score.skill = (*score.value - *floor) / (perfect - *floor);
}

}  // namespace shakedown::metrics
