#pragma once

#include <optional>
#include <string>
#include <vector>

#include "intervals.h"
#include "pairing.h"
#include "shakedown/core/results.h"

namespace shakedown::metrics {

/// What is asked of two runs: a measure in one cell, in a weighted mean of cells, or in the worst of them.
struct Question {
  std::string name;                                   ///< cell id or aggregate
  std::vector<std::pair<std::size_t, double>> cells;  ///< position in Pairing::cells() and weight
  bool worst = false;  ///< sought on each side and in every resample; weights are not read
};

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

/// The difference of candidate and baseline; with a limit, of candidate and limit.
[[nodiscard]] Test ask(const Pairing& pairing, const Question& question, const Measure& measure,
                       std::optional<double> limit);
[[nodiscard]] Question about_cell(const Pairing& pairing, const CellPair& pair);

/// What a difference must be, in standard errors on `df` degrees of freedom, to be found with power .8 by a one-sided
/// bound with `tail` beyond it: t(1 - tail) + t(.8).
[[nodiscard]] double detectable_errors(double tail, double df);

/// Variance of the test's difference by groups over that with every sample as a group of its own; nothing for metrics
/// of ranks or bins, and where either does not exist.
[[nodiscard]] std::optional<double> design_effect(const Pairing& pairing, const Question& question, Measure measure,
                                                  std::optional<double> limit);

/// p value, verdict and note at `margin` >= 0 by the one-sided bounds of the difference: pass when the lower bound is
/// above -margin, fail when the upper one is below it. The p value is the jackknife's.
void judge(Test& test, double margin, const Bounds& bounds);

/// The test as results show it. `tail` is the error that it is allowed.
[[nodiscard]] RuleTest shown(const Test& test, double tail);

}  // namespace shakedown::metrics
