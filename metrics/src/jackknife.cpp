#include "jackknife.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

namespace shakedown::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Records a leave-one-out value; the first reason why one is undefined is kept.
void record(Jackknifed& result, std::size_t group, const Value& value) {
  result.without[group] = value.value.value_or(kNan);
  if (!value.value && result.why.empty()) result.why = value.why + " once a group is left out";
}

Jackknifed from_sums(const Sums& sums, std::size_t rows, std::span<const int> groups, std::size_t group_count) {
  Jackknifed result;
  result.present.assign(group_count, 0);
  std::vector<double> by_group(group_count * sums.width, 0.0), total(sums.width, 0.0), rest(sums.width);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto group = static_cast<std::size_t>(groups[row]);
    result.present[group] = 1;
    sums.add(row, by_group.data() + group * sums.width);
  }
  for (std::size_t at = 0; at < by_group.size(); ++at) total[at % sums.width] += by_group[at];
  const Value full = sums.finish(total.data());
  result.value = full.value;
  result.why = full.why;
  if (!full.value) return result;
  result.without.assign(group_count, *full.value);
  for (std::size_t group = 0; group < group_count; ++group) {
    if (!result.present[group]) continue;
    const double* own = by_group.data() + group * sums.width;
    for (std::size_t at = 0; at < sums.width; ++at) rest[at] = total[at] - own[at];
    record(result, group, sums.finish(rest.data()));
  }
  return result;
}

Jackknifed from_subsets(const OnSubset& on_subset, std::size_t rows, std::span<const int> groups,
                        std::size_t group_count) {
  Jackknifed result;
  result.present.assign(group_count, 0);
  std::vector<std::vector<std::size_t>> members(group_count);
  for (std::size_t row = 0; row < rows; ++row) members[static_cast<std::size_t>(groups[row])].push_back(row);
  std::vector<char> dropped(rows, 0);
  const Value full = on_subset(dropped);
  result.value = full.value;
  result.why = full.why;
  for (std::size_t group = 0; group < group_count; ++group) result.present[group] = members[group].empty() ? 0 : 1;
  if (!full.value) return result;
  result.without.assign(group_count, *full.value);
  for (std::size_t group = 0; group < group_count; ++group) {
    if (members[group].empty()) continue;
    for (const std::size_t row : members[group]) dropped[row] = 1;
    record(result, group, on_subset(dropped));
    for (const std::size_t row : members[group]) dropped[row] = 0;
  }
  return result;
}

}  // namespace

std::size_t Jackknifed::groups() const {
  return static_cast<std::size_t>(std::count(present.begin(), present.end(), 1));
}

Jackknifed jackknife(const MetricSpec& metric, const Scored& scored, std::span<const int> groups,
                     std::size_t group_count, const Task& task) {
  if (metric.sums) return from_sums(metric.sums(scored, task), scored.rows(), groups, group_count);
  return from_subsets(metric.subset(scored, task), scored.rows(), groups, group_count);
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
  return from_sums(sums, values.size(), groups, group_count);
}

Jackknifed combine(std::span<const Jackknifed* const> parts,
                   const std::function<double(std::span<const double>)>& function) {
  Jackknifed result;
  std::vector<double> values;
  const Jackknifed* undefined = nullptr;
  for (const Jackknifed* part : parts) {
    if (result.why.empty()) result.why = part->why;
    if (part->value) {
      values.push_back(*part->value);
    } else if (undefined == nullptr) {
      undefined = part;
    }
    result.present.resize(std::max(result.present.size(), part->present.size()), 0);
    for (std::size_t group = 0; group < part->present.size(); ++group) result.present[group] |= part->present[group];
  }
  if (parts.empty()) result.why = "nothing to combine";
  if (undefined != nullptr) result.why = undefined->why;
  if (parts.empty() || undefined != nullptr) return result;
  result.value = function(values);
  result.without.assign(result.present.size(), *result.value);
  for (std::size_t group = 0; group < result.present.size(); ++group) {
    if (!result.present[group]) continue;
    bool defined = true;
    for (std::size_t at = 0; at < parts.size(); ++at) {
      values[at] = parts[at]->without[group];
      defined = defined && !std::isnan(values[at]);
    }
    result.without[group] = defined ? function(values) : kNan;
  }
  return result;
}

Jackknifed weighted_sum(std::span<const std::pair<const Jackknifed*, double>> parts) {
  std::vector<const Jackknifed*> statistics;
  for (const auto& part : parts) statistics.push_back(part.first);
  return combine(statistics, [parts](std::span<const double> values) {
    double sum = 0;
    for (std::size_t at = 0; at < values.size(); ++at) sum += parts[at].second * values[at];
    return sum;
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

std::vector<double> holm(const std::vector<double>& p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double scaled = static_cast<double>(order.size() - rank) * p_values[order[rank]];
    largest = std::max(largest, std::min(1.0, scaled));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

}  // namespace shakedown::metrics
