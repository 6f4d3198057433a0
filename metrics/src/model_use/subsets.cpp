#include "model_use/subsets.h"

#include <algorithm>
#include <bit>

#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

constexpr Modality kModalities[] = {Modality::kText, Modality::kAudio, Modality::kVideo};
constexpr const char* kName = "missing.modality";

std::string param(const PartRow& part, const std::string& name, const std::string& otherwise) {
  const auto found = part.params.find(name);
  return found == part.params.end() ? otherwise : found->second;
}

/// Id of the cell that does all but the removal at the end of a composition.
std::string id_without_removal(const CellRow& cell) {
  const std::size_t cut = cell.id.rfind(std::string("+") + kName), replicate = cell.id.rfind('#');
  return cut == std::string::npos || replicate == std::string::npos
             ? ""
             : cell.id.substr(0, cut) + cell.id.substr(replicate);
}

/// A cell that keeps all players says that there is one more, which it takes away.
void find_players(Removal& removal) {
  for (const auto& [kept, cells] : removal.cells) removal.players |= kept;
  if (removal.cells.contains(removal.players)) removal.players = kEverything;
}

}  // namespace

std::vector<Subset> members(Subset subset) {
  std::vector<Subset> bits;
  for (Subset bit = 1; bit <= kEverything; bit <<= 1U) {
    if ((subset & bit) != 0) bits.push_back(bit);
  }
  return bits;
}

std::string subset_name(Subset subset) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < std::size(kModalities); ++at) {
    if ((subset >> at & 1U) != 0) names.emplace_back(modality_name(kModalities[at]));
  }
  return names.empty() ? "none" : join(names, "+");
}

Subset subset_named(const std::string& keep) {
  Subset subset = 0;
  for (const std::string& name : split(keep, '+')) {
    for (std::size_t at = 0; at < std::size(kModalities); ++at) {
      if (trim(name) == modality_name(kModalities[at])) subset |= 1U << at;
    }
  }
  return subset;
}

std::size_t size_of(Subset subset) {
  return static_cast<std::size_t>(std::popcount(subset));
}

std::vector<Removal> removals(const RunView& view) {
  std::vector<Removal> found;
  for (std::size_t cell = 0; cell < view.run().cells.size(); ++cell) {
    const CellRow& row = view.run().cells[cell];
    if (row.parts.empty() || row.parts.back().perturbation != kName || !view.complete(cell)) continue;
    const bool composed = row.parts.size() > 1;
    const std::string by = param(row.parts.back(), "by", "fill");
    if (composed && by != "fill") continue;
    const auto full = view.run().cell_index(composed ? id_without_removal(row) : row.reference);
    if (!full || !view.complete(*full)) continue;
    auto at =
        std::find_if(found.begin(), found.end(), [&](const Removal& one) { return one.full == *full && one.by == by; });
    if (at == found.end()) {
      found.push_back({composed ? view.run().cells[*full].id : "clean", by, *full, 0, {}});
      at = found.end() - 1;
    }
    at->cells[subset_named(param(row.parts.back(), "keep", ""))].push_back(cell);
  }
  for (Removal& removal : found) find_players(removal);
  std::stable_partition(found.begin(), found.end(), [](const Removal& one) { return one.condition == "clean"; });
  return found;
}

std::vector<std::string> missing_subsets(const Removal& removal) {
  std::vector<std::string> missing;
  for (Subset kept = 0; kept < removal.players; ++kept) {
    if ((kept & ~removal.players) == 0 && !removal.cells.contains(kept)) missing.push_back(subset_name(kept));
  }
  return missing;
}

bool usable(const RunView& view, std::size_t cell, std::size_t sample) {
  return !view.failure(cell, sample) && view.outcome(cell, sample).state != State::kSkipped;
}

}  // namespace shakedown::metrics
