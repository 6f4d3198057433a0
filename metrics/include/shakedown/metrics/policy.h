#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::metrics {

/// What a rule bounds; each but kNoWarning with one number.
enum class Bound {
  kMaxDrop,              ///< largest loss against the baseline that is accepted, in the metric's unit
  kMinValue,             ///< of the candidate alone, for metrics where higher is better
  kMaxValue,             ///< likewise where lower is better
  kMaxFlipRate,          ///< share of decisions that differ from the candidate's own on the reference cell
  kMinDirectionalPass,   ///< 1 - share of samples that moved the wrong way
  kMinDirectionalMoved,  ///< share that moved the right way
  kMaxEce,               ///< expected calibration error
  kNoWarning             ///< the candidate raises none of these warnings
};
/// "max_drop": the key of a policy file.
[[nodiscard]] const char* bound_name(Bound bound);

enum class Level { kOff, kWarn, kError };

/// A rule of a policy file (shakedown.policy/1).
struct Rule {
  std::string name;
  std::vector<std::string> cells;     ///< globs over cell ids; none: every cell that the rule can judge
  std::vector<Modality> modalities;   ///< by what the cell writes; none: all
  std::vector<double> severities;     ///< none: all
  std::string slice_by, slice_value;  ///< on these samples only; empty: on all
  std::string aggregate;              ///< "stress_mean", "stress_mean[audio]", "worst"; else each cell
  std::string metric;                 ///< primary when empty
  bool guard = false;
  Bound bound = Bound::kMaxDrop;
  double value = 0.02;
  std::vector<std::string> warnings;  ///< kNoWarning: ids
  Level level = Level::kError;
  bool preset = false;  ///< shipped: left out, and named, where the data has nothing for it
  std::string where;    ///< file:line
};

struct Waiver {
  std::string cells, reason, until;  ///< until: YYYY-MM-DD
  std::string where;
};

struct Policy {
  std::string name;
  std::vector<Rule> rules;  ///< those that are off left out
  std::vector<std::string> off;
  std::vector<Waiver> waivers;
  double confidence = 0.95;  ///< of each one-sided bound, and of Holm's procedure
  bool inconclusive_fails = false;
  std::string text;
};

/// @throws Error(kUsage) file:line for wrong keys, no rules, an expired waiver (`today` is YYYY-MM-DD), Error(kData)
/// when the file cannot be read
[[nodiscard]] Policy load_policy(const std::filesystem::path& file, const std::string& today);
/// As load_policy(); `name` stands for the file in errors.
[[nodiscard]] Policy parse_policy(const std::string& text, const std::string& name, const std::string& today);

/// "recommended" and "strict", as YAML. @throws Error(kUsage) for others
[[nodiscard]] const char* preset_policy(const std::string& name);

}  // namespace shakedown::metrics
