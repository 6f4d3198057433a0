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

/// The folders to compare; with --baseline and --candidate those two, in this order.
std::vector<std::string> folders_of(const Arguments& arguments) {
  const std::vector<std::string>& free = arguments.free();
  const bool named = arguments.has("baseline") || arguments.has("candidate");
  if (named && free.empty() && arguments.has("baseline") && arguments.has("candidate"))
    return {arguments.text("baseline"), arguments.text("candidate")};
  if (named || free.size() < 2)
    throw Error(ErrorKind::kUsage, "compare: --baseline RUN --candidate RUN, or two to six RUN folders, are accepted");
  if (free.size() > kMostRuns)
    throw Error(ErrorKind::kUsage, "compare: " + std::to_string(free.size()) + " runs: at most six are accepted");
  return free;
}

/// Position of the run that the others are compared with: the one that --reference names, or the first.
std::size_t reference_of(const Arguments& arguments, const std::vector<std::string>& folders) {
  if (!arguments.has("reference")) return 0;
  const auto found = std::find(folders.begin(), folders.end(), arguments.text("reference"));
  if (found == folders.end()) {
    throw Error(ErrorKind::kUsage,
                "compare --reference: '" + arguments.text("reference") + "' is not one of the runs compared");
  }
  return static_cast<std::size_t>(found - folders.begin());
}

int compare(const Arguments& arguments, perturb::Registry&) {
  const std::vector<std::string> folders = folders_of(arguments);
  const std::size_t reference = reference_of(arguments, folders);
  std::vector<RunData> runs;
  for (const auto& folder : folders) runs.push_back(store::read_compared(folder));
  std::vector<const RunData*> pointers;
  for (const auto& run : runs) pointers.push_back(&run);
  const bool common = arguments.has("common");
  const auto interval = metrics::interval_kind(arguments.text("interval"));
  const auto write = [&](const char* option, const auto& content) {
    if (arguments.has(option)) reports::write_file(arguments.text(option), content());
  };
  RunComparison comparison;  // of two runs the table is made for the page alone
  if (runs.size() > 2 || arguments.has("html")) {
    comparison = metrics::compare_runs(pointers, reference, common, interval);
  } else {
    comparison.pairs = {metrics::compare_pair(runs[reference], runs[1 - reference], common, interval)};
  }
  write("html", [&] { return reports::to_html(comparison); });
  if (runs.size() > 2) {
    print_table(comparison.table);
    write("json", [&] { return reports::to_json(comparison); });
    write("markdown", [&] { return reports::to_markdown(comparison.table); });
  } else {
    const RunPair& pair = comparison.pairs.front();
    print(pair.comparison);
    write("json", [&] { return reports::to_json(pair); });
    write("markdown", [&] { return reports::to_markdown(pair.comparison); });
  }
  return kDone;
}

}  // namespace

Command compare_command() {
  return {"compare",
          "Paired differences of two runs in every shared cell; positive is better. Three to six runs stand side by "
          "side, in --html and --json each with its differences from the reference.",
          "[RUN RUN...]",
          {{"baseline", "RUN", "the run to compare with", ""},
           {"candidate", "RUN", "the run to judge", ""},
           {"common", "", "compare what can be compared when suites or data differ"},
           {"reference", "RUN", "the run that the others are compared with; the first without it", ""},
           {"interval", "KIND", "auto, jackknife, bootstrap-t, percentile or bca", "auto"},
           {"html", "FILE", "write a page", ""},
           {"json", "FILE", "write JSON", ""},
           {"markdown", "FILE", "write Markdown", ""}},
          compare};
}

}  // namespace shakedown::cli
