#pragma once

#include <string>

#include "shakedown/core/results.h"
#include "shakedown/core/run_data.h"
#include "shakedown/metrics/policy.h"

namespace shakedown::metrics {

/// @throws Error(kUsage) for a run made with --limit
void refuse_limited(const RunData& run, const std::string& what);

/// The margin to write into a policy where a drop of `detectable` is the smallest that is found with power .8:
/// max(.02, that, rounded up to .01).
[[nodiscard]] double recommended_margin(double detectable);

/// How far the bound of a rule that passed could be tightened: a margin to what is recommended, a limit to where the
/// bound of the interval lies. "" where that would gain less than .01.
[[nodiscard]] std::string ratchet_hint(const Rule& rule, const RuleResult& result);

}  // namespace shakedown::metrics
