#include "shakedown/core/run_data.h"

#include <cmath>

#include "shakedown/core/hash.h"

namespace shakedown {

std::optional<std::size_t> RunData::cell_index(const std::string& id) const {
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (cells[i].id == id) return i;
  return std::nullopt;
}

const CellRow* RunData::find_cell(const std::string& id) const {
  const auto index = cell_index(id);
  return index ? &cells[*index] : nullptr;
}

std::optional<std::int64_t> in_steps(double output) {
  const double steps = output * kStepsPerUnit;
  if (!(std::abs(steps) <= 0x1.0p53)) return std::nullopt;
  return std::llround(steps);
}

void round_predictions(RunData& run) {
  for (auto& outcomes : run.outcomes) {
    for (Outcome& outcome : outcomes) {
      for (double& output : outcome.outputs) {
        if (const auto steps = in_steps(output)) output = static_cast<double>(*steps) / kStepsPerUnit;
      }
    }
  }
}

CellDigests digest_of(const std::vector<Outcome>& outcomes, const std::vector<std::size_t>& rows) {
  // The digits that baseline files have been made of.
  constexpr std::size_t kDigits = 15;
  const auto compared = [](const Digest& digest) { return digest.text().substr(0, kDigits); };
  Hasher decisions, media;
  for (const std::size_t row : rows) {
    decisions.add(compared(outcomes.at(row).decisions));
    media.add(compared(outcomes.at(row).media));
  }
  return {decisions.finish().hex(), media.finish().hex()};
}

}  // namespace shakedown
