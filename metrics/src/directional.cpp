// Directional corruption with the text alone: a composition that ends with missing.modality is diagnostic, but its text
// still says a way in which the prediction should move. It is compared with the same modalities kept of the clean
// input.
#include <algorithm>

#include "cell_scoring.h"

namespace shakedown::metrics {

void add_subset_directions(const RunView& view, std::vector<ScoredCell>& cells) {
  for (ScoredCell& cell : cells) {
    const CellRow& row = cell.result.cell;
    if (row.parts.size() < 2 || row.parts.back().perturbation != "missing.modality") continue;
    const auto& outcomes = view.run().outcomes[cell.index];
    const bool stated =
        std::any_of(outcomes.begin(), outcomes.end(), [](const Outcome& one) { return one.direction != 0; });
    const std::size_t subset = row.id.rfind("+missing.modality"), replicate = row.id.rfind('#');
    if (!stated || subset == std::string::npos || replicate == std::string::npos) continue;
    const std::string family = row.id.substr(subset + 1, replicate - subset - 1);
    for (const std::string& id : {family + row.id.substr(replicate), family + "#0"}) {
      const auto reference = view.run().cell_index(id);
      if (!reference || !view.complete(*reference)) continue;
      cell.result.direction = direction_of(view, cell.index, *reference);
      break;
    }
  }
}

}  // namespace shakedown::metrics
