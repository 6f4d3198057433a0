#pragma once

#include <string>
#include <vector>

#include "json_values.h"
#include "shakedown/core/results.h"

namespace shakedown::reports {

/// What the model uses, in sentences: who decides alone, who only together, what a sum of parts would miss, where the
/// two ways of taking modalities away disagree. Empty without such cells.
[[nodiscard]] std::vector<std::string> use_sentences(const Results& results);

/// `model_use` of results.json.
[[nodiscard]] Json model_use_json(const ModelUse& use);

}  // namespace shakedown::reports
