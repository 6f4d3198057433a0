#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "shakedown/core/results.h"
#include "shakedown/core/run_comparison.h"

namespace shakedown::reports {

/// results.json (`shakedown.results/1`): stable key order, shares 0..1 at full precision, undefined is null
/// with a `why`, infinite doses are "inf".
[[nodiscard]] std::string to_json(const Results& results);
[[nodiscard]] std::string to_json(const Comparison& comparison);
[[nodiscard]] std::string to_json(const GatePlan& plan);  ///< `shakedown.plan/1`
/// `shakedown.comparison/1`, `runs` instead of two sides, and in `pairs` each run against the reference.
[[nodiscard]] std::string to_json(const RunComparison& runs);
[[nodiscard]] std::string to_json(const RunPair& pair);  ///< of two runs: the comparison with flips and answers

/// One offline page: Chart.js and all styles inside, no network request, every user string escaped.
[[nodiscard]] std::string to_html(const Results& results);
[[nodiscard]] std::string to_html(const Comparison& comparison);  ///< of a gate
[[nodiscard]] std::string to_html(const RunComparison& runs);     ///< of two to six runs

[[nodiscard]] std::string to_markdown(const Results& results);
[[nodiscard]] std::string to_markdown(const Comparison& comparison);
[[nodiscard]] std::string to_markdown(const SideBySide& table);
[[nodiscard]] std::string to_csv(const Results& results);  ///< a row a cell and metric
[[nodiscard]] std::string to_junit(const Comparison& comparison);
/// GitHub's workflow commands: an error a broken rule, a warning where one is inconclusive or of level warn, a notice
/// with the verdict; at the rule's line of the policy file.
[[nodiscard]] std::string to_annotations(const Comparison& comparison);

/// `dump`: cell,sample,group,state,label,prediction,<outputs...>,dose; cells and samples in run order.
[[nodiscard]] std::string dump_csv(const RunData& run, const std::vector<std::string>& only);

/// The verdict in sentences, as the terminal and the report say it; never pass or fail.
[[nodiscard]] std::vector<std::string> verdict_sentences(const Results& results);

/// Writes through a temporary file and a rename. @throws Error(kIncomplete) when the disk is full,
/// Error(kUsage) when the folder does not exist
void write_file(const std::filesystem::path& file, const std::string& content);

}  // namespace shakedown::reports
