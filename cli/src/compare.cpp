#include "shakedown/metrics/compare.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iostream>

#include "command.h"
#include "shakedown/core/error.h"
#include "shakedown/reports/report.h"
#include "shakedown/store/run_store.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

/// Four decimals, as people read scores; files carry full precision.
std::string figure(const std::optional<double>& value, bool sign = false) {
  if (!value) return "-";
  char text[32];
  std::snprintf(text, sizeof text, sign ? "%+.4f" : "%.4f", *value);
  return text;
}

void print(const Comparison& comparison) {
  std::size_t width = 0;
  for (const auto& rule : comparison.rules) width = std::max(width, rule.name.size());
  if (!comparison.rules.empty())
    std::cout << "95 % bounds, one-sided each; a positive difference is better for the candidate\n";
  for (const auto& rule : comparison.rules) {
    std::cout << rule.name << std::string(width - rule.name.size() + 2, ' ') << rule.metric << "  "
              << figure(rule.baseline) << " -> " << figure(rule.candidate) << "  " << figure(rule.difference, true)
              << " [" << figure(rule.low, true) << ", " << figure(rule.high, true) << "]";
    if (comparison.verdict) std::cout << "  " << verdict_name(rule.verdict);
    if (!rule.note.empty()) std::cout << "  " << rule.note;
    std::cout << "\n";
  }
  for (const auto& id : comparison.missing_in_candidate) std::cout << "missing in the candidate: " << id << "\n";
  for (const auto& id : comparison.missing_in_baseline) std::cout << "missing in the baseline: " << id << "\n";
  for (const auto& note : comparison.notes) std::cout << note << "\n";
}

void write_outputs(const Arguments& arguments, const Comparison& comparison) {
  if (arguments.has("json")) reports::write_file(arguments.text("json"), reports::to_json(comparison));
  if (arguments.has("html")) reports::write_file(arguments.text("html"), reports::to_html(comparison));
  if (arguments.has("markdown")) reports::write_file(arguments.text("markdown"), reports::to_markdown(comparison));
  if (arguments.has("junit")) reports::write_file(arguments.text("junit"), reports::to_junit(comparison));
}

int compare(const Arguments& arguments, perturb::Registry&) {
  std::string baseline = arguments.text("baseline"), candidate = arguments.text("candidate");
  if (arguments.free().size() == 2 && baseline.empty() && candidate.empty()) {
    baseline = arguments.free()[0];
    candidate = arguments.free()[1];
  }
  if (baseline.empty() || candidate.empty() || (!arguments.free().empty() && arguments.free().size() != 2))
    throw Error(ErrorKind::kUsage, "compare: --baseline RUN --candidate RUN, or two RUN folders, are accepted");
  const auto comparison =
      metrics::compare(store::read_run(baseline), store::read_run(candidate), arguments.has("common"));
  print(comparison);
  write_outputs(arguments, comparison);
  return kDone;
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

int gate(const Arguments& arguments, perturb::Registry&) {
  const auto policy = metrics::load_policy(arguments.required("policy"), today());
  const auto comparison = metrics::gate(store::read_run(arguments.required("baseline")),
                                        store::read_run(arguments.required("candidate")), policy);
  print(comparison);
  std::cout << comparison.verdict_text << "\n";
  write_outputs(arguments, comparison);
  switch (comparison.verdict.value_or(Verdict::kFail)) {
    case Verdict::kPass: return kDone;
    case Verdict::kFail: return kGateFailed;
    case Verdict::kInconclusive: break;
  }
  return policy.inconclusive_fails ? kInconclusive : kDone;
}

}  // namespace

Command compare_command() {
  return {"compare",
          "Paired differences of two runs in every shared cell; positive is better.",
          "[RUN RUN]",
          {{"baseline", "RUN", "the run to compare with", ""},
           {"candidate", "RUN", "the run to judge", ""},
           {"common", "", "compare what can be compared when suites or data differ"},
           {"html", "FILE", "write a page", ""},
           {"json", "FILE", "write JSON", ""},
           {"markdown", "FILE", "write Markdown", ""}},
          compare};
}

Command gate_command() {
  return {"gate",
          "Decides by a policy whether the candidate is less robust than the baseline: exit 0 passed, 1 failed, 5 "
          "inconclusive\n"
          "where the policy says on_inconclusive: fail.",
          "",
          {{"baseline", "RUN", "the run to compare with", ""},
           {"candidate", "RUN", "the run to judge", ""},
           {"policy", "FILE", "rules (shakedown.policy/1)", ""},
           {"html", "FILE", "write a page", ""},
           {"json", "FILE", "write JSON", ""},
           {"markdown", "FILE", "write Markdown", ""},
           {"junit", "FILE", "write JUnit XML", ""}},
          gate};
}

}  // namespace shakedown::cli
