#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "jackknife.h"
#include "shakedown/metrics/interval.h"

namespace shakedown::metrics {

/// Draws of a bootstrap; (kDraws + 1) * .025 is within .05 of a whole number.
inline constexpr std::size_t kDraws = 2000;
/// Those of a comparison, whose bounds decide.
inline constexpr std::size_t kDecidingDraws = 10'000;
/// Groups from which on `auto` takes the bootstrap-t: with fewer, its tails rest on too few distinct draws.
inline constexpr std::size_t kManyGroups = 30;

/// Bounds of a statistic, or why there are none.
struct Bounds {
  std::optional<double> low, high;
  std::string why;
};

class GroupDraws;

/// One kind of interval over the groups of one run. All statistics share the draws, which follow from the suite seed,
/// so that differences of cells and of runs keep their correlation.
class Intervals {
 public:
  Intervals(IntervalKind asked, std::uint64_t seed, std::size_t groups, std::size_t draws = kDraws);

  /// "group bootstrap-t, 2000 draws".
  [[nodiscard]] std::string name() const;
  [[nodiscard]] bool bootstraps() const { return kind_ != IntervalKind::kJackknife; }

  /// Bounds with probability `tail` beyond each of them. All statistics are evaluated in one pass over the draws.
  [[nodiscard]] std::vector<Bounds> bounds(std::span<const Jackknifed* const> statistics, double tail) const;

  /// A score whose interval is to be replaced by that of this kind.
  struct Target {
    Score* score;
    const Jackknifed* statistic;
    double lowest, highest;  ///< range of the metric
  };
  void replace(std::span<const Target> targets) const;

 private:
  [[nodiscard]] bool applies_to(const Jackknifed& statistic) const;

  IntervalKind kind_;
  std::uint64_t seed_;
  std::size_t groups_;
  std::size_t count_;                        ///< draws of a bootstrap
  std::shared_ptr<const GroupDraws> draws_;  ///< null for the jackknife
};

/// The jackknife's bounds.
[[nodiscard]] Bounds jackknife_bounds(const Jackknifed& statistic, double tail);

}  // namespace shakedown::metrics
