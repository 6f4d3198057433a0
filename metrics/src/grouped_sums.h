#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "jackknife.h"

namespace shakedown::metrics {

/// The sums of every group of rows, of which a metric is a function.
struct GroupedSums {
  std::size_t width = 0;         ///< sums a group
  std::vector<double> by_group;  ///< groups x width
  std::vector<char> present;     ///< groups that have rows
  std::function<Value(const double* sums)> finish;
};

/// `groups` holds one index below `group_count` a row.
[[nodiscard]] GroupedSums grouped_sums(const Sums& sums, std::size_t rows, std::span<const int> groups,
                                       std::size_t group_count);

/// The metric of all groups, and with each left out. Same arithmetic, to the bit, as jackknife() on these rows.
[[nodiscard]] Jackknifed jackknife_groups(const GroupedSums& sums);

/// As if the rows of one group were not there, with room for `units` groups: what jackknife() gives on the other rows.
[[nodiscard]] Jackknifed jackknife_without(const GroupedSums& sums, std::size_t group, std::size_t units);

}  // namespace shakedown::metrics
