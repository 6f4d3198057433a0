#pragma once

#include <string>

#include "shakedown/core/results.h"
#include "shakedown/core/run_data.h"
#include "shakedown/metrics/interval.h"
#include "shakedown/metrics/policy.h"

namespace shakedown::metrics {

/// The verdict of a policy. Both runs are read in steps of 1e-5 of the label unit, as a baseline file stores them, so
/// that a run and its file give one verdict. Missing cells or samples in the candidate fail. @throws as compare(), and
/// Error(kUsage) for a run made with --limit, when a rule selects nothing or selects diagnostic cells
[[nodiscard]] Comparison gate(RunData baseline, RunData candidate, const Policy& policy,
                              IntervalKind interval = IntervalKind::kAuto);

/// What each rule could detect on the data of `run`. With `other`, a second run of the same suite, from the paired
/// differences of the two; else as if the two runs to be compared were like `run` and their figures correlated by .5.
/// @throws as gate()
[[nodiscard]] GatePlan plan_gate(RunData run, const RunData* other, const Policy& policy);

/// A policy that extends `recommended` with margins that can be detected on the data of `run`: max(.02, the smallest
/// detectable drop, rounded up to .01). YAML, the same for the same run. @throws as plan_gate()
[[nodiscard]] std::string recommended_policy(const RunData& run, const RunData* other);

}  // namespace shakedown::metrics
