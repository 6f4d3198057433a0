#pragma once

#include <string>
#include <vector>

#include "shakedown/core/effect.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {

/// What became of a sample in a cell: a composition is done when any part was applied, but not when one could not be.
struct CellState {
  State state = State::kUnchanged;
  std::string reason;  ///< the deciding part's; named after it in a composition
};
[[nodiscard]] CellState cell_state(const suites::Cell& cell, const std::vector<Effect>& effects);

}  // namespace shakedown::runners
