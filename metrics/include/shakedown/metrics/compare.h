#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/results.h"
#include "shakedown/core/run_data.h"

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
[[nodiscard]] Comparison compare(const RunData& baseline, const RunData& candidate, bool common);

/// The verdict of a policy. Missing cells or samples in the candidate fail. @throws as compare(), and
/// Error(kUsage) when a rule selects nothing or selects diagnostic cells
[[nodiscard]] Comparison gate(const RunData& baseline, const RunData& candidate, const Policy& policy);

}  // namespace shakedown::metrics
