#include <algorithm>

#include <fmt/format.h>

#include "margins.h"
#include "selection.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/metrics/gate.h"

namespace shakedown::metrics {
namespace {

/// The test of a rule that is known least exactly.
GatePlan::Row row_of(const Applied& applied, const Pairing& pairing, bool paired, double tail) {
  const Rule& rule = *applied.rule;
  GatePlan::Row row;
  row.rule = rule.name;
  row.bound = bound_name(rule.bound);
  row.tests = applied.questions.size();
  row.why = "nothing is measured";
  for (const Question& question : applied.questions) {
    const Test test = ask(pairing, question, applied.measure, applied.limit);
    const StandardError error = standard_error(applied.limit || paired ? test.difference : test.candidate);
    if (!error.value) {
      if (!row.standard_error) row.why = error.why;
      continue;
    }
    if (row.standard_error && *row.standard_error >= *error.value) continue;
    row.standard_error = error.value;
    row.detectable = detectable_errors(tail, static_cast<double>(error.groups - 1)) * *error.value;
    row.test = test.name;
    row.n = test.n;
    row.groups = error.groups;
    row.allowed = applied.limit ? test.difference.value : std::optional(rule.value);
    row.why.clear();
  }
  row.below = row.detectable && row.allowed && *row.allowed < *row.detectable;
  return row;
}

std::string sentence(const GatePlan::Row& row) {
  return fmt::format("{}: smallest detectable drop {:.4f} (standard error {:.4f}, {}, {})", row.test, *row.detectable,
                     *row.standard_error, count_of(row.n, "sample"), count_of(row.groups, "group"));
}

}  // namespace

GatePlan plan_gate(RunData run, const RunData* other, const Policy& policy) {
  refuse_limited(run, "run");
  round_predictions(run);
  RunData second;
  if (other != nullptr) {
    refuse_limited(*other, "baseline run");
    second = *other;
    round_predictions(second);
  }
  Comparison checked;
  const Pairing pairing(other != nullptr ? second : run, run, Match::kStrict, checked);
  const Selection selection(pairing, policy);
  GatePlan plan;
  plan.run = run.header;
  plan.confidence = policy.confidence;
  plan.basis = other != nullptr
                   ? "the paired differences to " + second.header.model_name
                   : "this run's own figures: as if those of the two runs to be compared varied like these and "
                     "correlated by .5 (--baseline takes a second run instead)";
  std::vector<Applied> all;
  std::size_t guards = 0;
  for (const Rule& rule : policy.rules) {
    auto applied = selection.apply(rule);
    if (!applied) {
      plan.notes.push_back(
          fmt::format("rule '{}' of the preset is left out: nothing here that it could judge", rule.name));
      continue;
    }
    if (rule.guard) guards += applied->questions.size();
    if (!applied->weak.empty())
      plan.notes.push_back(fmt::format("rule '{}': weak, so it decides nothing: {}", rule.name, named(applied->weak)));
    all.push_back(std::move(*applied));
  }
  if (all.empty()) {
    throw Error(ErrorKind::kUsage,
                fmt::format("policy '{}' selects nothing of this run: no rule can be judged", policy.name));
  }
  for (const Applied& applied : all) {
    const double tail = (1 - policy.confidence) / (applied.rule->guard ? static_cast<double>(guards) : 1.0);
    if (applied.rule->bound != Bound::kNoWarning) plan.rows.push_back(row_of(applied, pairing, other != nullptr, tail));
  }
  return plan;
}

std::string recommended_policy(const RunData& run, const RunData* other) {
  const Policy preset = parse_policy("schema: shakedown.policy/1\nextends: recommended\n", "recommended", "0000-00-00");
  const GatePlan plan = plan_gate(run, other, preset);
  std::string text = "# May a candidate replace the baseline? Written by 'shakedown gate --init'; yours to edit.\n";
  text += fmt::format(
      "# Margins are max(.02, the smallest drop that is found with power .8, rounded up), from\n# {}.\n", plan.basis);
  text += "schema: shakedown.policy/1\nextends: recommended\non_inconclusive: warn\nrules:\n";
  std::size_t rules = 0;
  for (const GatePlan::Row& row : plan.rows) {
    if (!row.detectable) {
      text += fmt::format("  # {}: {}\n", row.rule, row.why);
      continue;
    }
    ++rules;
    text += fmt::format("  # {}\n  - {{name: {}, max_drop: {}}}\n", sentence(row), row.rule,
                        format_number(recommended_margin(*row.detectable)));
  }
  if (rules == 0) {
    throw Error(ErrorKind::kUsage,
                "no margin can be recommended: " + (plan.rows.empty() ? "no rule" : plan.rows[0].why));
  }
  return text;
}

}  // namespace shakedown::metrics
