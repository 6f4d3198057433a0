#pragma once

#include <array>
#include <vector>

#include "jackknife.h"
#include "model_use/subsets.h"

namespace shakedown::metrics {

/// A value for every subset of three modalities, by its bits; those of other players are not read.
using Game = std::array<double, kEverything + 1>;

/// Shapley value of `player` (Shapley 1953), exact over all subsets: the mean over orders of joining of
/// v(S and player) - v(S). A player that changes no value has exactly 0.
[[nodiscard]] double shapley_value(const Game& game, Subset players, Subset player);

/// Harsanyi dividend of `subset`: the sum over S in it of (-1)^(|subset| - |S|) v(S), what it brings beyond its parts.
/// The dividends of all subsets but the empty one add up to v(players) - v(none).
[[nodiscard]] double dividend(const Game& game, Subset subset);

/// Shapley values and what belongs to them for one removal. `by: fill` takes each subset's cell; donors average the
/// predictions of all replicates (class probabilities for classification).
[[nodiscard]] Attribution attribute(const RunView& view, const Removal& removal,
                                    const std::vector<MetricSpec>& metrics);

/// The model against its additive projection (Hessel and Lee, EMNLP 2020) from the cells of a removal by donors.
[[nodiscard]] Interaction interaction_of(const RunView& view, const Removal& removal,
                                         const std::vector<MetricSpec>& metrics);

/// cross.conflict: by modality, conflict and control over the samples that both have.
[[nodiscard]] std::vector<Conflict> conflicts_of(const RunView& view);

/// Everything about what the model uses that the run has cells for.
[[nodiscard]] ModelUse model_use(const RunView& view, const std::vector<MetricSpec>& metrics);

}  // namespace shakedown::metrics
