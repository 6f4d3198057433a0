#pragma once

#include <map>
#include <span>
#include <vector>

#include "jackknife.h"
#include "model_use/subsets.h"

namespace shakedown::metrics {

/// A value for every subset of the players, the whole included.
using Game = std::map<Subset, double>;

/// Weights of the game's values in the Shapley value of `player` (Shapley 1953): exact, over all subsets. They are
/// |S|! (n - |S| - 1)! / n! for subsets with the player, S being the others in it, and minus that for those without.
[[nodiscard]] Game shapley_weights(Subset players, Subset player);
[[nodiscard]] double shapley_value(const Game& game, Subset players, Subset player);

/// Weights in the Harsanyi dividend of `subset`: (-1)^(|subset| - |S|) for every S in it. The dividends of all subsets
/// but the empty one add up to v(players) - v(none).
[[nodiscard]] Game dividend_weights(Subset subset);

/// Weighted sum of statistics by subset.
[[nodiscard]] Jackknifed weigh(const std::map<Subset, Jackknifed>& values, const Game& weights, double sign);

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
