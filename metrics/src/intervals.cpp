#include "intervals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <boost/math/distributions/normal.hpp>
#include <fmt/format.h>

#include "bootstrap.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

constexpr double kUndefinedDraws = 0.01;  ///< share of draws that may leave a statistic undefined
constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::map<std::string, IntervalKind>& kinds() {
  static const std::map<std::string, IntervalKind> kKinds{{"auto", IntervalKind::kAuto},
                                                          {"jackknife", IntervalKind::kJackknife},
                                                          {"bootstrap-t", IntervalKind::kBootstrapT},
                                                          {"percentile", IntervalKind::kPercentile},
                                                          {"bca", IntervalKind::kBca}};
  return kKinds;
}

/// Quantile of sorted values: the (n + 1) p-th, linear in between.
double quantile(const std::vector<double>& sorted, double p) {
  const double position = p * static_cast<double>(sorted.size() + 1) - 1;
  if (position <= 0) return sorted.front();
  const auto below = static_cast<std::size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double share = position - static_cast<double>(below), a = sorted[below], b = sorted[below + 1];
  return share == 0 || a == b ? a : a + share * (b - a);
}

std::vector<double> defined(const std::vector<double>& values) {
  std::vector<double> kept;
  std::copy_if(values.begin(), values.end(), std::back_inserter(kept), [](double x) { return !std::isnan(x); });
  std::sort(kept.begin(), kept.end());
  return kept;
}

Bounds studentised(const Bootstrapped& statistic, double tail) {
  std::vector<double> pivots;
  for (std::size_t draw = 0; draw < statistic.values.size(); ++draw) {
    const double shift = statistic.values[draw] - statistic.value, error = statistic.errors[draw];
    if (std::isnan(shift)) continue;
    pivots.push_back(shift == 0 ? 0.0 : error > 0 ? shift / error : std::copysign(kInfinity, shift));
  }
  std::sort(pivots.begin(), pivots.end());
  if (statistic.error == 0) return {statistic.value, statistic.value, {}};
  return {statistic.value - quantile(pivots, 1 - tail) * statistic.error,
          statistic.value - quantile(pivots, tail) * statistic.error,
          {}};
}

Bounds percentiles(const Bootstrapped& statistic, double low, double high) {
  const std::vector<double> values = defined(statistic.values);
  return {quantile(values, low), quantile(values, high), {}};
}

/// Efron 1987: the percentiles that are wanted are shifted by the bias of the draws and the skewness of the
/// leave-one-out values.
Bounds accelerated(const Bootstrapped& statistic, const Jackknifed& jackknifed, double tail) {
  const std::vector<double> values = defined(statistic.values);
  const auto [first, last] = std::equal_range(values.begin(), values.end(), statistic.value);
  const double below = static_cast<double>(first - values.begin()) + static_cast<double>(last - first) / 2;
  const double share = below / static_cast<double>(values.size());
  if (share <= 0 || share >= 1) return {{}, {}, "all draws lie on one side of the estimate"};
  double mean = 0, squares = 0, cubes = 0;
  const auto count = static_cast<double>(jackknifed.groups());
  for (std::size_t group = 0; group < jackknifed.present.size(); ++group) {
    if (jackknifed.present[group]) mean += jackknifed.without[group] / count;
  }
  for (std::size_t group = 0; group < jackknifed.present.size(); ++group) {
    if (!jackknifed.present[group]) continue;
    const double shift = mean - jackknifed.without[group];
    squares += shift * shift;
    cubes += shift * shift * shift;
  }
  const double acceleration = squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
  const boost::math::normal normal;
  const double bias = boost::math::quantile(normal, share);
  const auto level = [&](double p) {
    const double z = bias + boost::math::quantile(normal, p);
    return boost::math::cdf(normal, bias + z / (1 - acceleration * z));
  };
  return percentiles(statistic, level(tail), level(1 - tail));
}

}  // namespace

IntervalKind interval_kind(const std::string& name) {
  const auto found = kinds().find(name);
  if (found != kinds().end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, kind] : kinds()) names.push_back(known);
  throw Error(ErrorKind::kUsage,
              fmt::format("--interval: '{}' is not one of: {}{}", name, join(names, ", "), suggestion(name, names)));
}

Intervals::Intervals(IntervalKind asked, std::uint64_t seed, std::size_t groups, std::size_t draws)
    : kind_(asked), seed_(seed), groups_(groups), count_(draws) {
  if (kind_ == IntervalKind::kAuto) {
    kind_ = groups >= kManyGroups ? IntervalKind::kBootstrapT : IntervalKind::kJackknife;
  }
  if (groups < kFewestGroups) kind_ = IntervalKind::kJackknife;  // which says that they are too few
  if (bootstraps()) draws_ = std::make_shared<GroupDraws>(seed_, groups_, count_);
}

std::string Intervals::name() const {
  switch (kind_) {
    case IntervalKind::kBootstrapT: return fmt::format("group bootstrap-t, {} draws", count_);
    case IntervalKind::kPercentile: return fmt::format("group bootstrap, percentiles of {} draws", count_);
    case IntervalKind::kBca: return fmt::format("group bootstrap, BCa, {} draws", count_);
    case IntervalKind::kAuto:
    case IntervalKind::kJackknife: break;
  }
  return "delete-one-group jackknife, Student's t";
}

bool Intervals::applies_to(const Jackknifed& statistic) const {
  return bootstraps() && statistic.resampled != nullptr && standard_error(statistic).value.has_value();
}

std::vector<Bounds> Intervals::bounds(std::span<const Jackknifed* const> statistics, double tail) const {
  std::vector<Bounds> result(statistics.size());
  std::vector<const Jackknifed*> resampled;
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < statistics.size(); ++at) {
    result[at] = jackknife_bounds(*statistics[at], tail);
    if (!applies_to(*statistics[at])) continue;
    resampled.push_back(statistics[at]);
    places.push_back(at);
  }
  if (resampled.empty()) return result;
  const std::vector<Bootstrapped> drawn = bootstrap(resampled, *draws_);
  for (std::size_t at = 0; at < drawn.size(); ++at) {
    Bounds& own = result[places[at]];
    const auto undefined = static_cast<std::size_t>(
        std::count_if(drawn[at].values.begin(), drawn[at].values.end(), [](double x) { return std::isnan(x); }));
    if (static_cast<double>(undefined) > kUndefinedDraws * static_cast<double>(count_)) {
      own.why = fmt::format("the jackknife's interval: undefined in {} of {} draws", undefined, count_);
      continue;
    }
    Bounds better = kind_ == IntervalKind::kBootstrapT   ? studentised(drawn[at], tail)
                    : kind_ == IntervalKind::kPercentile ? percentiles(drawn[at], tail, 1 - tail)
                                                         : accelerated(drawn[at], *resampled[at], tail);
    if (better.low) {
      own = better;
    } else {
      own.why = "the jackknife's interval: " + better.why;
    }
  }
  return result;
}

void Intervals::replace(std::span<const Target> targets) const {
  if (!bootstraps()) return;
  std::vector<const Jackknifed*> statistics;
  for (const Target& target : targets) statistics.push_back(target.statistic);
  const std::vector<Bounds> found = bounds(statistics, 0.025);
  for (std::size_t at = 0; at < targets.size(); ++at) {
    const Target& target = targets[at];
    if (!target.score->low || !found[at].low) continue;
    target.score->low = std::max(target.lowest, *found[at].low);
    target.score->high = std::min(target.highest, *found[at].high);
    target.score->why = found[at].why;
  }
}

Bounds jackknife_bounds(const Jackknifed& statistic, double tail) {
  const StandardError error = standard_error(statistic);
  if (!error.value) return {{}, {}, error.why};
  const double half = t_quantile(1 - tail, static_cast<double>(error.groups - 1)) * *error.value;
  return {*statistic.value - half, *statistic.value + half, {}};
}

}  // namespace shakedown::metrics
