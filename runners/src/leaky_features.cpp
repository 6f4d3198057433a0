#include "leaky_features.h"

#include <algorithm>

namespace shakedown::runners {
namespace {

/// Loses steps, not whole modalities.
bool masks_steps(const CellRow& cell) {
  constexpr const char* kLosesSteps[] = {"missing.block", "missing.given", "missing.protocol", "missing.random",
                                         "missing.temporal"};
  return std::any_of(cell.parts.begin(), cell.parts.end(), [&](const PartRow& part) {
    return std::find(std::begin(kLosesSteps), std::end(kLosesSteps), part.perturbation) != std::end(kLosesSteps);
  });
}

}  // namespace

std::optional<Warning> leaky_features(const std::vector<suites::Cell>& cells, Forms model_reads) {
  if (!model_reads.has(Form::kEmbedding)) return std::nullopt;
  Warning warning{"leaky_features",
                  "Steps of text.embedding are masked after extraction: a contextual embedding of the steps that stay "
                  "still holds something of those that were lost. Token ids (text.bert) do not leak.",
                  {}};
  for (const auto& cell : cells) {
    if (masks_steps(cell.row) && cell.writes().has(Form::kEmbedding)) warning.cells.push_back(cell.row.id);
  }
  if (warning.cells.empty()) return std::nullopt;
  return warning;
}

}  // namespace shakedown::runners
