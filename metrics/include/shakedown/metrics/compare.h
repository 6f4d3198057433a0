#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/results.h"
#include "shakedown/core/run_data.h"
#include "shakedown/metrics/interval.h"

namespace shakedown::metrics {

/// A rule of a policy file (shakedown.policy/1).
struct Rule {
  std::string name;
  std::string cells = "*";  ///< glob over cell ids
  std::string aggregate;    ///< "stress_mean", "stress_mean[audio]", "information_loss"; else each cell
  std::string metric;       ///< primary when empty
  bool guard = false;
  double margin = 0.02;         ///< largest drop that is accepted, in the metric's unit
  std::optional<double> limit;  ///< absolute limit instead of a margin against the baseline
  bool error = true;            ///< level: error | warn
  std::string where;            ///< file:line
};

struct Waiver {
  std::string cells, reason, until;  ///< until: YYYY-MM-DD
  std::string where;
};

struct Policy {
  std::string name;
  std::vector<Rule> rules;
  std::vector<Waiver> waivers;
  bool inconclusive_fails = false;
  std::string text;
};

/// @throws Error(kUsage) file:line for wrong keys, no rules, an expired waiver (`today` is YYYY-MM-DD)
[[nodiscard]] Policy load_policy(const std::filesystem::path& file, const std::string& today);

/// Paired difference in every shared cell. @throws Error(kUsage) when data, suite, seed or versions differ
/// and `common` is false: names the first difference
[[nodiscard]] Comparison compare(const RunData& baseline, const RunData& candidate, bool common,
                                 IntervalKind interval = IntervalKind::kAuto);

/// Runs beside each other: clean, means, worst, mCE and relative mCE against the run at `reference`, and with five or
/// more runs effective robustness (Taori et al. 2020): how far each lies above the line that these runs have between
/// logit(clean accuracy) and logit(accuracy under stress). @throws as compare(), and Error(kUsage) for one run
[[nodiscard]] SideBySide side_by_side(const std::vector<const RunData*>& runs, std::size_t reference, bool common,
                                      IntervalKind interval = IntervalKind::kAuto);

/// The verdict of a policy. Missing cells or samples in the candidate fail. @throws as compare(), and
/// Error(kUsage) when a rule selects nothing or selects diagnostic cells
[[nodiscard]] Comparison gate(const RunData& baseline, const RunData& candidate, const Policy& policy,
                              IntervalKind interval = IntervalKind::kAuto);

}  // namespace shakedown::metrics
