#pragma once

#include <optional>
#include <string>
#include <vector>

#include "intervals.h"
#include "pairing.h"
#include "shakedown/core/results.h"

namespace shakedown::metrics {

/// One comparison of two values on the same groups: a cell or an aggregate.
struct Test {
  std::string name;  ///< cell id or aggregate
  Jackknifed baseline, candidate;
  Jackknifed difference;  ///< oriented: positive is better; against the limit where there is one
  std::size_t n = 0;
  double margin = 0;

  std::optional<double> low, high;  ///< one-sided 95 % bounds of the difference
  std::optional<double> p_worse;    ///< one-sided p of "worse than the margin"
  Verdict verdict = Verdict::kInconclusive;
  std::string note;
};

/// Builds the difference of one cell, or of a weighted mean of cells; with a limit, of candidate and limit.
[[nodiscard]] Test test_cell(const Pairing& pairing, const CellPair& pair, const MetricSpec& metric,
                             std::optional<double> limit);
[[nodiscard]] Test test_mean(const Pairing& pairing, const Aggregate& aggregate, const MetricSpec& metric,
                             std::optional<double> limit);
/// The worst cell of each side, sought again in every resample.
[[nodiscard]] Test test_worst(const Pairing& pairing, const std::vector<std::size_t>& cells, const MetricSpec& metric,
                              std::optional<double> limit);

/// p value, verdict and note at `margin` >= 0 by the one-sided bounds of the difference: pass when the lower bound is
/// above -margin, fail when the upper one is below it. The p value is the jackknife's.
void judge(Test& test, double margin, const Bounds& bounds);

/// The test as a rule of a comparison shows it; name, cells and kind of rule are the caller's.
[[nodiscard]] RuleResult shown(const Test& test, const MetricSpec& metric);

}  // namespace shakedown::metrics
