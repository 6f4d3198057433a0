#pragma once

#include <cstddef>
#include <functional>
#include <memory>
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

/// A statistic as resamples see it: one of samples, evaluated with every group taken so and so many times, or a
/// function of other statistics. Both give their value (NaN where undefined) and its derivatives.
struct Resampled {
  /// Derivatives by the weight of each group: what an error of the value is made of. Parts are empty.
  std::function<double(std::span<const double> group_weights, std::span<double> influence)> of_samples;
  std::vector<std::shared_ptr<const Resampled>> parts;
  /// Derivatives by the value of each part.
  std::function<double(std::span<const double> values, std::span<double> gradient)> of_parts;
};

struct Jackknifed;

/// A function of sums: value and influences are those of the resample. `by_group` holds the sums of each group.
[[nodiscard]] std::shared_ptr<const Resampled> resampled_sums(const Sums& sums, std::vector<double> by_group,
                                                              std::size_t group_count);
/// Any other statistic. Its influences are those of the full sample, by leaving each group out, about their mean in
/// the resample: ranks and bins are not differentiated again.
[[nodiscard]] std::shared_ptr<const Resampled> resampled_weights(const OnWeights& on_weights, std::vector<int> groups,
                                                                 const Jackknifed& jackknifed);

struct Jackknifed {
  std::optional<double> value;
  std::string why;              ///< why `value`, or a leave-one-out value, is undefined
  std::vector<double> without;  ///< one a group of the run; `value` where the group is absent, NaN where undefined
  std::vector<char> present;    ///< groups that have rows here
  std::shared_ptr<const Resampled> resampled;  ///< where it was kept: for the bootstrap

  [[nodiscard]] std::size_t groups() const;
};

/// Whether a statistic is kept in a form that can be resampled, which costs the sums of every group.
enum class Keep { kNothing, kResampled };

/// `groups` holds one index below `group_count` a row.
[[nodiscard]] Jackknifed jackknife(const MetricSpec& metric, const Scored& scored, std::span<const int> groups,
                                   std::size_t group_count, const Task& task, Keep keep = Keep::kNothing);

/// Mean of `values`, one a row.
[[nodiscard]] Jackknifed jackknife_mean(std::span<const double> values, std::span<const int> groups,
                                        std::size_t group_count);

/// `function` of several statistics over the same groups: of their values, and of their values without each
/// group. Undefined where any of them is; `why` is that of the first. Differentiable where the values lie.
[[nodiscard]] Jackknifed combine(std::span<const Jackknifed* const> parts,
                                 const std::function<double(std::span<const double>)>& function);

/// The least, or largest, of several: sought again in every resample.
[[nodiscard]] Jackknifed extreme(std::span<const Jackknifed* const> parts, bool least);

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
/// Benjamini and Hochberg's step-up adjusted p values (q values), in the order given.
[[nodiscard]] std::vector<double> benjamini_hochberg(const std::vector<double>& p_values);

}  // namespace shakedown::metrics
