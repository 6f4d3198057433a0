#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "jackknife.h"

namespace shakedown::metrics {

/// How often each group is taken in each draw: `groups` drawn with replacement. A function of seed, groups and draws.
class GroupDraws {
 public:
  GroupDraws(std::uint64_t seed, std::size_t groups, std::size_t draws);
  [[nodiscard]] std::size_t groups() const { return groups_; }
  [[nodiscard]] std::size_t size() const { return counts_.size() / groups_; }
  /// Weights of the groups in one draw.
  void weights(std::size_t draw, std::span<double> into) const;

 private:
  std::size_t groups_;
  std::vector<std::uint16_t> counts_;  ///< draws x groups
};

/// A statistic with its linearised standard error, in the sample and in every draw; NaN where it is undefined.
struct Bootstrapped {
  double value = 0, error = 0;
  std::vector<double> values, errors;  ///< one a draw
};

/// All statistics in one pass: what they share is evaluated once a draw. Each must be kept resampled and defined.
[[nodiscard]] std::vector<Bootstrapped> bootstrap(std::span<const Jackknifed* const> statistics,
                                                  const GroupDraws& draws);

}  // namespace shakedown::metrics
