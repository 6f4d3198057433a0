#pragma once

#include <string>
#include <vector>

#include "shakedown/core/results.h"

namespace shakedown::reports {

/// A gate's rules with failed ones first, then inconclusive, then passed, in their own order within each;
/// without a verdict in their own order.
[[nodiscard]] std::vector<const RuleResult*> by_urgency(const Comparison& comparison);

/// "[-0.012, +0.034]": one-sided 95 % bounds of the difference; a dash where there are none.
[[nodiscard]] std::string bounds_text(const RuleResult& rule);

/// What was compared and how it came out; the gate's verdict first where there is one.
[[nodiscard]] std::vector<std::string> comparison_sentences(const Comparison& comparison);

}  // namespace shakedown::reports
