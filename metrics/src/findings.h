#pragma once

#include <vector>

#include "cell_scoring.h"
#include "shakedown/core/results.h"

namespace shakedown::metrics {

/// Marks cells that write only modalities that the model ignores, and returns the warnings. A modality is ignored when
/// a missing.modality cell that takes it away, or some cell that writes only it, changes no prediction, and no cell
/// that writes only it changes any.
[[nodiscard]] std::vector<Warning> find_vacuous(const RunView& view, std::vector<ScoredCell>& cells);

/// By cell of the run: whether find_vacuous() marks it. Nothing is scored for it.
[[nodiscard]] std::vector<bool> vacuous_cells(const RunView& view);

/// The other warnings that stored predictions support, each raised at most once; docs/metrics.md states the rules.
[[nodiscard]] std::vector<Warning> find_warnings(const RunView& view, const std::vector<ScoredCell>& cells,
                                                 const std::vector<MetricSpec>& metrics);

/// Everything that a run warns of: what was known before scoring, find_vacuous() and find_warnings().
[[nodiscard]] std::vector<Warning> warnings_of(const RunView& view);

/// A curve all of whose cells are vacuous has no retention: nothing was there to be retained.
void withhold_retention(std::vector<Curve>& curves, const std::vector<ScoredCell>& cells);

}  // namespace shakedown::metrics
