#pragma once

#include <cstddef>
#include <vector>

#include "shakedown/core/run_data.h"

namespace shakedown::runners {

/// `scope: history`: what happened to an utterance's past, from what was done to each utterance of the batch. Its state
/// is applied where one before it was changed, ineligible where there is none; its dose is that of those before it, all
/// together. Outputs stay `own[i]`'s. @param row_starts first sample of each dialogue, and the end
[[nodiscard]] std::vector<Outcome> of_history(const std::vector<Outcome>& own,
                                              const std::vector<std::size_t>& row_starts);

}  // namespace shakedown::runners
