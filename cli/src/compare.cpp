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
  if (!comparison.rules.empty()) {
    std::cout << "95 % bounds, one-sided each (" << comparison.interval
              << "); a positive difference is better for the candidate\n";
  }
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

/// Columns for the runs, a row for each figure.
void print(const SideBySide& table) {
  std::cout << "95 % intervals: " << table.interval << "\n";
  for (std::size_t run = 0; run < table.runs.size(); ++run)
    std::cout << "(" << run + 1 << ") " << table.runs[run].model_name << "\n";
  std::size_t width = 0;
  for (const auto& row : table.rows) width = std::max(width, row.name.size());
  for (const auto& row : table.rows) {
    std::cout << row.name << std::string(width - row.name.size() + 2, ' ') << row.metric;
    for (std::size_t run = 0; run < row.scores.size(); ++run) {
      const auto& score = row.scores[run];
      std::cout << "  (" << run + 1 << ") " << figure(score.value);
      if (score.low) std::cout << " [" << figure(score.low) << ", " << figure(score.high) << "]";
    }
    for (const auto& score : row.scores) {
      if (score.value || score.why.empty()) continue;
      std::cout << "  undefined: " << score.why;
      break;
    }
    std::cout << "\n";
  }
  for (const auto& row : table.rows)
    if (row.metric == "effective_robustness" || row.metric == "mCE") std::cout << row.name << ": " << row.note << "\n";
  for (const auto& note : table.notes) std::cout << note << "\n";
}

constexpr std::size_t kMostRuns = 6;

/// Three to six runs; --reference names the one of them that mCE refers to.
int side_by_side(const Arguments& arguments) {
  const auto& folders = arguments.free();
  if (folders.size() > kMostRuns)
    throw Error(ErrorKind::kUsage, "compare: " + std::to_string(folders.size()) + " runs: at most six are accepted");
  if (arguments.has("html"))
    throw Error(ErrorKind::kUsage, "compare --html is for two runs; --json and --markdown take more");
  std::size_t reference = 0;
  if (arguments.has("reference")) {
    const auto found = std::find(folders.begin(), folders.end(), arguments.text("reference"));
    if (found == folders.end()) {
      throw Error(ErrorKind::kUsage,
                  "compare --reference: '" + arguments.text("reference") + "' is not one of the runs compared");
    }
    reference = static_cast<std::size_t>(found - folders.begin());
  }
  std::vector<RunData> runs;
  for (const auto& folder : folders) runs.push_back(store::read_run(folder));
  std::vector<const RunData*> pointers;
  for (const auto& run : runs) pointers.push_back(&run);
  const auto table = metrics::side_by_side(pointers, reference, arguments.has("common"),
                                           metrics::interval_kind(arguments.text("interval")));
  print(table);
  if (arguments.has("json")) reports::write_file(arguments.text("json"), reports::to_json(table));
  if (arguments.has("markdown")) reports::write_file(arguments.text("markdown"), reports::to_markdown(table));
  return kDone;
}

int compare(const Arguments& arguments, perturb::Registry&) {
  if (arguments.free().size() > 2 && !arguments.has("baseline") && !arguments.has("candidate"))
    return side_by_side(arguments);
  if (arguments.has("reference"))
    throw Error(ErrorKind::kUsage, "compare --reference: of two runs the baseline is the reference");
  std::string baseline = arguments.text("baseline"), candidate = arguments.text("candidate");
  if (arguments.free().size() == 2 && baseline.empty() && candidate.empty()) {
    baseline = arguments.free()[0];
    candidate = arguments.free()[1];
  }
  if (baseline.empty() || candidate.empty() || (!arguments.free().empty() && arguments.free().size() != 2))
    throw Error(ErrorKind::kUsage, "compare: --baseline RUN --candidate RUN, or two to six RUN folders, are accepted");
  const auto comparison = metrics::compare(store::read_run(baseline), store::read_run(candidate),
                                           arguments.has("common"), metrics::interval_kind(arguments.text("interval")));
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
  const auto comparison =
      metrics::gate(store::read_run(arguments.required("baseline")), store::read_run(arguments.required("candidate")),
                    policy, metrics::interval_kind(arguments.text("interval")));
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
  return {
      "compare",
      "Paired differences of two runs in every shared cell; positive is better. Three to six runs stand side by side.",
      "[RUN RUN...]",
      {{"baseline", "RUN", "the run to compare with", ""},
       {"candidate", "RUN", "the run to judge", ""},
       {"common", "", "compare what can be compared when suites or data differ"},
       {"reference", "RUN", "of three or more runs, the one that mCE refers to; the first without it", ""},
       {"interval", "KIND", "auto, jackknife, bootstrap-t, percentile or bca", "auto"},
       {"html", "FILE", "write a page", ""},
       {"json", "FILE", "write JSON", ""},
       {"markdown", "FILE", "write Markdown", ""}},
      compare};
}

Command gate_command() {
  return {
      "gate",
      "Decides by a policy whether the candidate is less robust than the baseline: exit 0 passed, 1 failed, 5 "
      "inconclusive\n"
      "where the policy says on_inconclusive: fail.",
      "",
      {{"baseline", "RUN", "the run to compare with", ""},
       {"candidate", "RUN", "the run to judge", ""},
       {"policy", "FILE", "rules (shakedown.policy/1)", ""},
       {"interval", "KIND", "of rules that are not guards: auto, jackknife, bootstrap-t, percentile or bca", "auto"},
       {"html", "FILE", "write a page", ""},
       {"json", "FILE", "write JSON", ""},
       {"markdown", "FILE", "write Markdown", ""},
       {"junit", "FILE", "write JUnit XML", ""}},
      gate};
}

}  // namespace shakedown::cli
