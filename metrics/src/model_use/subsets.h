#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "run_view.h"

namespace shakedown::metrics {

/// A set of modalities as bits: text 1, audio 2, video 4.
using Subset = unsigned;
inline constexpr Subset kEverything = 7;

[[nodiscard]] std::vector<Subset> members(Subset subset);    ///< single bits, text first
[[nodiscard]] std::string subset_name(Subset subset);        ///< "none", "text", "text+audio"
[[nodiscard]] Subset subset_named(const std::string& keep);  ///< "" is none
[[nodiscard]] std::size_t size_of(Subset subset);

/// The cells of missing.modality that take modalities away in one way under one condition.
struct Removal {
  std::string condition = "clean";                   ///< or the id of the cell without the removal
  std::string by = "fill";                           ///< fill, donor or every_donor
  std::size_t full = 0;                              ///< cell with all modalities
  Subset players = 0;                                ///< the modalities that are taken away and kept
  std::map<Subset, std::vector<std::size_t>> cells;  ///< by what is kept: replicates that are complete
};

/// Every removal of a run, clean ones first. Donors count on clean input only: theirs is not degraded.
[[nodiscard]] std::vector<Removal> removals(const RunView& view);

/// Proper subsets of the players that no cell keeps, by name.
[[nodiscard]] std::vector<std::string> missing_subsets(const Removal& removal);

/// Samples of a cell that stand for what it did: scored and not skipped.
[[nodiscard]] bool usable(const RunView& view, std::size_t cell, std::size_t sample);

}  // namespace shakedown::metrics
