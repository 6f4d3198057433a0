#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/metrics/metric.h"

/// Statistics that know their value with every group left out. Aggregates and differences are functions of
/// such statistics, applied to the values and to every leave-one-out value alike: the whole aggregate is
/// evaluated again in every resample.
namespace shakedown::metrics {

/// Fewest groups for which an interval or a verdict is given.
inline constexpr std::size_t kFewestGroups = 5;

struct Jackknifed {
  std::optional<double> value;
  std::string why;              ///< why `value`, or a leave-one-out value, is undefined
  std::vector<double> without;  ///< one a group of the run; `value` where the group is absent, NaN where undefined
  std::vector<char> present;    ///< groups that have rows here

  [[nodiscard]] std::size_t groups() const;
};

/// `groups` holds one index below `group_count` a row.
[[nodiscard]] Jackknifed jackknife(const MetricSpec& metric, const Scored& scored, std::span<const int> groups,
                                   std::size_t group_count, const Task& task);

/// Mean of `values`, one a row.
[[nodiscard]] Jackknifed jackknife_mean(std::span<const double> values, std::span<const int> groups,
                                        std::size_t group_count);

/// `function` of several statistics over the same groups: of their values, and of their values without each
/// group. Undefined where any of them is; `why` is that of the first.
[[nodiscard]] Jackknifed combine(std::span<const Jackknifed* const> parts,
                                 const std::function<double(std::span<const double>)>& function);

/// Sum of weight x statistic.
[[nodiscard]] Jackknifed weighted_sum(std::span<const std::pair<const Jackknifed*, double>> parts);

/// Standard error of the delete-one-group jackknife about the full estimate (MacKinnon, Nielsen, Webb 2023,
/// CV3), which is the conservative centre for groups of unequal size; nothing with a reason instead.
struct StandardError {
  std::optional<double> value;
  std::string why;
  std::size_t groups = 0;
};
[[nodiscard]] StandardError standard_error(const Jackknifed& statistic);

/// Quantile of Student's t; 0 < p < 1, df > 0.
[[nodiscard]] double t_quantile(double p, double df);
/// P(T <= t).
[[nodiscard]] double t_cdf(double t, double df);

/// The figure with its two-sided 95 % interval, cut to [lowest, highest]. Sets value, low, high, why.
[[nodiscard]] Score with_interval(const Jackknifed& statistic, double lowest, double highest, std::size_t n);

/// Adds floor and skill = (value - floor) / (perfect - floor).
void add_floor(Score& score, std::optional<double> floor, double perfect);

/// Holm's step-down adjusted p values, in the order given.
[[nodiscard]] std::vector<double> holm(const std::vector<double>& p_values);

}  // namespace shakedown::metrics
