#include "cell_state.h"

#include <algorithm>

namespace shakedown::runners {

CellState cell_state(const suites::Cell& cell, const std::vector<Effect>& effects) {
  for (const auto state : {State::kFailed, State::kSkipped, State::kApplied, State::kIneligible, State::kUnchanged}) {
    const auto decides = [&](const Effect& effect) { return effect.state == state; };
    const auto found = std::find_if(effects.begin(), effects.end(), decides);
    if (found == effects.end()) continue;
    std::string reason = found->reason;
    if (cell.parts.size() > 1 && !reason.empty()) {
      reason = cell.parts[static_cast<std::size_t>(found - effects.begin())].spec->name + ": " + reason;
    }
    return {state, reason};
  }
  return {};
}

}  // namespace shakedown::runners
