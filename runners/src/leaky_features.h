#pragma once

#include <optional>
#include <vector>

#include "shakedown/core/run_data.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {

/// Warns of cells that mask steps of a text embedding which the model reads: each row of a contextual embedding holds
/// something of its neighbours, so that what was taken away can still be seen. Nothing when there are none.
[[nodiscard]] std::optional<Warning> leaky_features(const std::vector<suites::Cell>& cells, Forms model_reads);

}  // namespace shakedown::runners
