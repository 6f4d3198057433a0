#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "jackknife.h"
#include "shakedown/core/results.h"

namespace shakedown::metrics {

/// A cell as aggregates see it.
struct Candidate {
  const CellRow* cell = nullptr;
  bool weak = false, vacuous = false;
};

/// A named mean: cells with weights that add up to 1, and in words which ones entered and which did not.
struct Aggregate {
  std::string name, note;
  std::vector<std::pair<std::size_t, double>> weights;  ///< index into the candidates
};

/// stress_mean, its parts by modality, its unweighted form, compositions and cross.* apart; information_loss
/// likewise. With `trained_with` (see seen_in_training) also stress_mean[seen] and [unseen]. An
/// aggregate that no cell enters has no weights; parts without cells are left out.
[[nodiscard]] std::vector<Aggregate> aggregates(const std::vector<Candidate>& candidates,
                                                const std::vector<std::string>& trained_with);

/// True when one of the parts of the cell is named by one of the entries: "audio.*", or
/// "audio.background_noise[noise=pink]" where only some values of parameters were trained with.
[[nodiscard]] bool seen_in_training(const CellRow& cell, const std::vector<std::string>& trained_with);

/// The cells among which the worst is sought: invariant, valid, neither weak nor vacuous, compositions included.
[[nodiscard]] std::vector<std::size_t> worst_candidates(const std::vector<Candidate>& candidates);

/// The names of the parts joined by "+".
[[nodiscard]] std::string perturbation_of(const CellRow& cell);

/// "1 cell", "3 cells".
[[nodiscard]] std::string count_of(std::size_t count, const std::string& noun);

}  // namespace shakedown::metrics
