#pragma once

#include <map>
#include <optional>
#include <vector>

#include "jackknife.h"
#include "run_view.h"
#include "shakedown/core/results.h"

namespace shakedown::metrics {

/// Floors by the rows scored: most cells score the same rows, so each label set is searched once.
class Floors {
 public:
  Floors(const RunView& view, const std::vector<MetricSpec>& metrics) : view_(&view), metrics_(&metrics) {}
  /// One a metric.
  [[nodiscard]] const std::vector<std::optional<double>>& of(const std::vector<std::size_t>& rows);

 private:
  const RunView* view_;
  const std::vector<MetricSpec>* metrics_;
  std::map<std::vector<std::size_t>, std::vector<std::optional<double>>> known_;
};

/// A cell with its scores, and the resampled values that curves, aggregates and warnings are made of.
struct ScoredCell {
  std::size_t index = 0;  ///< in the run
  CellResult result;
  std::vector<Jackknifed> metrics;         ///< one a metric of the task; empty for directional cells
  std::optional<Jackknifed> applied = {};  ///< primary metric over applied samples, where those are not all
};

/// Scores a complete cell: everything in CellResult but `vacuous`. `keep` is about the primary metric.
[[nodiscard]] ScoredCell score_cell(const RunView& view, std::size_t cell, const std::vector<MetricSpec>& metrics,
                                    Floors& floors, Keep keep = Keep::kNothing);

/// Shares of the changed samples with a stated direction that moved that way, did not move, moved the other way from
/// where they stand in `reference`.
[[nodiscard]] Scores direction_of(const RunView& view, std::size_t cell, std::size_t reference);

/// Sets `direction` of compositions of directional parts with missing.modality, against the subset alone.
void add_subset_directions(const RunView& view, std::vector<ScoredCell>& cells);

/// Share of skipped samples above which a cell is weak: the suite's, 0.1 by default.
[[nodiscard]] double weak_limit(const RunHeader& header);

/// What a cell's outcomes say before scoring: counts by state, reasons, dose, mean measures, weak.
[[nodiscard]] CellResult count_outcomes(const RunView& view, std::size_t cell);

}  // namespace shakedown::metrics
