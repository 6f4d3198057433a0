#pragma once

#include <string>
#include <vector>

#include "shakedown/core/results.h"

namespace shakedown::reports {

/// A gate's rules with failed ones first, then inconclusive, then passed, in their own order within each;
/// without a verdict in their own order.
[[nodiscard]] std::vector<const RuleResult*> by_urgency(const Comparison& comparison);

/// "95 %": of each bound.
[[nodiscard]] std::string confidence_text(const Comparison& comparison);

/// The note, and what the rule could be tightened to.
[[nodiscard]] std::string note_text(const RuleResult& rule);

/// Whether a rule breaks the build, as the exit code counts it: failed, or inconclusive where that fails.
[[nodiscard]] bool breaks(const Comparison& comparison, const RuleResult& rule);

/// Metric, figures, bounds and note in one line, for test reports.
[[nodiscard]] std::string message_of(const Comparison& comparison, const RuleResult& rule);

/// "[-0.012, +0.034]": one-sided bounds of the difference; a dash where there are none.
[[nodiscard]] std::string bounds_text(const RuleResult& rule);

/// What was compared and how it came out; the gate's verdict first where there is one.
[[nodiscard]] std::vector<std::string> comparison_sentences(const Comparison& comparison);

}  // namespace shakedown::reports
