#include "shakedown/metrics/gate.h"

#include <algorithm>
#include <ctime>
#include <iostream>
#include <optional>

#include "command.h"
#include "comparisons.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/report.h"
#include "shakedown/store/baseline.h"
#include "shakedown/store/run_store.h"

namespace shakedown::cli {
namespace {

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

/// What a test found, line by line.
void explain_test(const RuleTest& test) {
  std::cout << "  " << test.name << ": " << figure(test.baseline) << " -> " << figure(test.candidate) << ", difference "
            << figure(test.difference, true) << ", bounds [" << figure(test.low, true) << ", "
            << figure(test.high, true) << "], standard error " << figure(test.standard_error) << " on " << test.groups
            << " groups (" << test.n << " samples), smallest detectable drop " << figure(test.detectable);
  if (test.p_value) std::cout << ", p " << figure(test.p_value);
  std::cout << ": " << verdict_name(test.verdict);
  if (!test.note.empty()) std::cout << " (" << test.note << ")";
  std::cout << "\n";
}

/// One rule in full: what it asks, of what, what was found, and why that gives its verdict.
void explain(const Comparison& comparison, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& rule : comparison.rules) names.push_back(rule.name);
  const auto found = std::find_if(comparison.rules.begin(), comparison.rules.end(),
                                  [&](const RuleResult& rule) { return rule.name == name; });
  if (found == comparison.rules.end()) {
    throw Error(ErrorKind::kUsage, "--explain: there is no rule '" + name + "'" + suggestion(name, names) +
                                       "; the policy has: " + join(names, ", "));
  }
  const RuleResult& rule = *found;
  std::cout << rule.name << " (" << rule.where << "), " << (rule.guard ? "a guard" : "a primary rule")
            << (rule.counts ? "" : ", level warn") << "\n";
  std::cout << "asks: " << rule.bound << " " << format_number(rule.limit.value_or(rule.margin))
            << (rule.metric.empty() ? "" : " of " + rule.metric) << ", " << rule.cells << "\n";
  if (rule.guard) {
    std::cout
        << "a guard fails where p of \"worse than the margin\", after Holm over the cells of all guards, is at most "
        << format_number(1 - comparison.confidence) << "\n";
  } else if (rule.margin > 0) {
    std::cout << "passes when the lower bound is above " << figure(-rule.margin)
              << ", fails when the upper bound is below it, else it is inconclusive; bounds: " << comparison.interval
              << "\n";
  } else if (rule.limit) {
    std::cout << "passes when the difference to the limit is above 0 by its lower bound, fails when it is below by its "
                 "upper bound; bounds: "
              << comparison.interval << "\n";
  }
  for (const auto& test : rule.tests) explain_test(test);
  if (rule.design_effect) {
    std::cout << "design effect " << figure(rule.design_effect)
              << ": the variance by groups over what it would be if all " << rule.n << " samples were independent\n";
  }
  std::cout << "verdict: " << verdict_name(rule.verdict) << (rule.note.empty() ? "" : ", " + rule.note) << "\n";
  if (!rule.hint.empty()) std::cout << "hint: " << rule.hint << "\n";
}

/// A run folder, or the file that `shakedown baseline` wrote.
RunData read_side(const std::string& path) {
  return store::is_baseline_file(path) ? store::read_baseline(path) : store::read_compared(path);
}

std::optional<RunData> read_other(const Arguments& arguments) {
  return arguments.has("baseline") ? std::optional(read_side(arguments.text("baseline"))) : std::nullopt;
}

int plan(const Arguments& arguments) {
  const auto policy = metrics::load_policy(arguments.required("policy"), today());
  const auto other = read_other(arguments);
  const auto plan = metrics::plan_gate(store::read_compared(arguments.text("plan")), other ? &*other : nullptr, policy);
  std::size_t width = 0;
  for (const auto& row : plan.rows) width = std::max(width, row.rule.size());
  std::cout << "standard errors are of " << plan.basis << "\n";
  for (const auto& row : plan.rows) {
    std::cout << row.rule << std::string(width - row.rule.size() + 2, ' ');
    if (!row.detectable) {
      std::cout << row.why << "\n";
      continue;
    }
    std::cout << "n " << row.n << ", " << row.groups << " groups, standard error " << figure(row.standard_error)
              << ", smallest detectable drop " << figure(row.detectable) << "; "
              << (row.bound == "max_drop" ? "max_drop " : row.bound + " is away by ") << figure(row.allowed)
              << (row.below ? "  BELOW what can be detected" : "");
    if (row.tests > 1) std::cout << " (" << row.tests << " cells, least exact: " << row.test << ")";
    std::cout << "\n";
  }
  for (const auto& note : plan.notes) std::cout << note << "\n";
  if (arguments.has("json")) reports::write_file(arguments.text("json"), reports::to_json(plan));
  return kDone;
}

int init(const Arguments& arguments) {
  const auto other = read_other(arguments);
  const auto text =
      metrics::recommended_policy(store::read_compared(arguments.text("init")), other ? &*other : nullptr);
  if (!arguments.has("policy")) {
    std::cout << text;
    return kDone;
  }
  const auto file = arguments.text("policy");
  if (std::filesystem::exists(file)) {
    throw Error(ErrorKind::kUsage,
                "gate --init: " + file + " exists: remove it first, or print to stdout without --policy");
  }
  reports::write_file(file, text);
  std::cout << file << "\n";
  return kDone;
}

int gate(const Arguments& arguments, perturb::Registry&) {
  for (const char* alone : {"plan", "init"}) {
    if (!arguments.has(alone)) continue;
    for (const char* other : {"candidate", "explain", "junit", "markdown", "html", "annotations"}) {
      if (arguments.has(other))
        throw Error(ErrorKind::kUsage, std::string("gate --") + alone + ": --" + other + " does not go with it");
    }
    return std::string(alone) == "plan" ? plan(arguments) : init(arguments);
  }
  const auto policy = metrics::load_policy(arguments.required("policy"), today());
  const auto baseline = arguments.required("baseline"), candidate = arguments.required("candidate");
  const auto comparison = metrics::gate(read_side(baseline), store::read_compared(candidate), policy,
                                        metrics::interval_kind(arguments.text("interval")));
  if (arguments.has("explain")) {
    explain(comparison, arguments.text("explain"));
  } else {
    print(comparison);
  }
  std::cout << comparison.verdict_text << "\n";
  if (arguments.has("annotations")) std::cout << reports::to_annotations(comparison);
  write_outputs(arguments, comparison);
  switch (comparison.verdict.value_or(Verdict::kFail)) {
    case Verdict::kPass: return kDone;
    case Verdict::kFail: return kGateFailed;
    case Verdict::kInconclusive: break;
  }
  return comparison.inconclusive_fails ? kInconclusive : kDone;
}

}  // namespace

Command gate_command() {
  return {
      "gate",
      "Decides by a policy whether the candidate is less robust than the baseline: exit 0 passed, 1 failed, 5 "
      "inconclusive\n"
      "where the policy says on_inconclusive: fail. docs/gate.md teaches it.",
      "",
      {{"baseline", "RUN|FILE", "the run to compare with, or what 'shakedown baseline' wrote of it", ""},
       {"candidate", "RUN", "the run to judge", ""},
       {"policy", "FILE", "rules (shakedown.policy/1)", ""},
       {"plan", "RUN", "instead of a verdict: what each rule could detect on the data of this run", ""},
       {"init", "RUN", "write a policy with margins that this run's data can detect, to --policy FILE or stdout", ""},
       {"explain", "RULE", "show one rule in full: every cell, and how the verdict comes about", ""},
       {"annotations", "", "print GitHub workflow commands that mark broken rules in the policy file"},
       {"interval", "KIND", "of rules that are not guards: auto, jackknife, bootstrap-t, percentile or bca", "auto"},
       {"html", "FILE", "write a page", ""},
       {"json", "FILE", "write JSON", ""},
       {"markdown", "FILE", "write Markdown", ""},
       {"junit", "FILE", "write JUnit XML", ""}},
      gate};
}

}  // namespace shakedown::cli
