#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pairing.h"
#include "shakedown/metrics/policy.h"
#include "verdict.h"

/// What the rules of a policy select of two runs, and the questions they ask of it.
namespace shakedown::metrics {

/// A rule with the questions it amounts to. What it does not ask is named.
struct Applied {
  const Rule* rule = nullptr;
  Measure measure;
  std::optional<double> limit;  ///< of the measure: absolute rules
  std::vector<Question> questions;
  std::vector<std::string> weak;      ///< can satisfy nothing
  std::vector<std::string> waived;    ///< shown, not counted
  std::vector<std::string> missing;   ///< in the candidate
  std::vector<std::string> left_out;  ///< named by a glob, but of a kind that this rule cannot judge
  std::vector<std::string> selected;  ///< ids, whatever became of them
};

/// Applies rules to two runs. Refers to both and to the policy.
class Selection {
 public:
  Selection(const Pairing& pairing, const Policy& policy);

  /// Nothing when a rule of a preset finds nothing here that it could judge.
  /// @throws Error(kUsage) file:line when another rule selects nothing, when a rule selects diagnostic cells, for an
  /// unknown metric or slice, and for a metric that the bound does not fit
  [[nodiscard]] std::optional<Applied> apply(const Rule& rule) const;

  [[nodiscard]] const Waiver* waiver_of(const std::string& cell) const;

 private:
  [[nodiscard]] Measure measure_of(const Rule& rule) const;
  [[nodiscard]] MetricSpec metric_named(const Rule& rule, const std::string& name) const;
  void restrict_to_slice(const Rule& rule, Measure& measure) const;
  [[nodiscard]] bool selects(const Rule& rule, const CellRow& cell, Applied& applied) const;
  [[nodiscard]] bool ask_cells(const Rule& rule, Applied& applied) const;
  [[nodiscard]] bool ask_aggregate(const Rule& rule, Applied& applied) const;
  void check_warning_rule(const Rule& rule, Applied& applied) const;

  const Pairing* pairing_;
  const Policy* policy_;
  std::vector<MetricSpec> metrics_;
  std::vector<std::string> trained_with_;
};

/// True where one of the globs matches, or there are none.
[[nodiscard]] bool matches(const std::vector<std::string>& globs, const std::string& cell);

/// The globs, modalities, severities and slice of a rule in words.
[[nodiscard]] std::string selection_text(const Rule& rule);

}  // namespace shakedown::metrics
