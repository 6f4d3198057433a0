#include "shakedown/metrics/compare.h"

#include <algorithm>
#include <iostream>

#include "command.h"
#include "comparisons.h"
#include "shakedown/core/error.h"
#include "shakedown/reports/report.h"
#include "shakedown/store/run_store.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

/// Columns for the runs, a row for each figure.
void print_table(const SideBySide& table) {
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
  for (const auto& folder : folders) runs.push_back(store::read_compared(folder));
  std::vector<const RunData*> pointers;
  for (const auto& run : runs) pointers.push_back(&run);
  const auto table = metrics::side_by_side(pointers, reference, arguments.has("common"),
                                           metrics::interval_kind(arguments.text("interval")));
  print_table(table);
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
  const auto comparison = metrics::compare(store::read_compared(baseline), store::read_compared(candidate),
                                           arguments.has("common"), metrics::interval_kind(arguments.text("interval")));
  print(comparison);
  write_outputs(arguments, comparison);
  return kDone;
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

}  // namespace shakedown::cli
