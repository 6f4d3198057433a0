#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jackknife.h"
#include "run_view.h"

namespace shakedown::metrics {

/// A metric over the levels of one family of cells, resampled with every group left out.
struct LevelCurve {
  std::vector<double> grid;        ///< ascending; 0 is the reference cell
  std::vector<Jackknifed> values;  ///< one a level
  std::optional<double> floor;     ///< of the best constant predictor on the labels
};

/// Which cells of a family make a level: all replicates averaged, all as one set of samples, or a single one.
enum class Replicates { kMean, kConcatenated, kOne };

/// The cells of a family at each level, clean at 0.
using LevelCells = std::map<double, std::vector<std::size_t>>;
/// By "family@axis", in run order of the families' first cells; families without levels and directional cells
/// are left out.
[[nodiscard]] std::vector<std::pair<std::string, LevelCells>> level_cells(const RunView& view, const std::string& axis,
                                                                          const std::vector<std::string>& only);

/// @param replicate  which one, for kOne
[[nodiscard]] LevelCurve level_curve(const RunView& view, const LevelCells& cells, const MetricSpec& metric,
                                     Replicates replicates, std::size_t replicate = 0);

/// Replicates that every level but the reference has.
[[nodiscard]] std::size_t replicate_count(const LevelCells& cells);

/// One of aggregate_names(); `reference` is the baseline of multibench_effective and may be null.
[[nodiscard]] Jackknifed aggregate_of(const std::string& name, const LevelCurve& curve, const MetricSpec& metric,
                                      const LevelCurve* reference);

/// Whether more of an aggregate of this metric is better.
[[nodiscard]] bool aggregate_higher_is_better(const std::string& name, const MetricSpec& metric);

}  // namespace shakedown::metrics
