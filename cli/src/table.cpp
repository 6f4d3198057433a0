#include "shakedown/reports/table.h"

#include <algorithm>
#include <iostream>

#include "command.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/metrics/table.h"
#include "shakedown/reports/report.h"
#include "shakedown/store/run_store.h"

namespace shakedown::cli {
namespace {

/// The option's value, which must be one of `choices`.
std::string choice(const Arguments& arguments, const std::string& name, const std::vector<std::string>& choices) {
  auto value = arguments.text(name);
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    throw Error(ErrorKind::kUsage,
                "--" + name + ": '" + value + "': accepted are " + join(choices, ", ") + suggestion(value, choices));
  }
  return value;
}

std::vector<std::string> listed(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const auto& word : words) {
    for (const auto& name : split(word, ',')) names.emplace_back(trim(name));
  }
  return names;
}

int table(const Arguments& arguments, perturb::Registry&) {
  if (arguments.free().empty()) throw Error(ErrorKind::kUsage, "table: one or more RUN folders are accepted");
  metrics::TableOptions options;
  options.rows_are_models = choice(arguments, "rows", {"model", "perturbation"}) == "model";
  options.columns = choice(arguments, "cols", {"rate", "severity", "metric"});
  options.aggregate = choice(arguments, "aggregate", metrics::aggregate_names());
  options.concatenated = choice(arguments, "replicates", {"mean", "concatenated"}) == "concatenated";
  options.metrics = listed(arguments.all("metric"));
  options.only = arguments.all("only");
  const auto format = choice(arguments, "format", {"markdown", "latex", "csv"});

  std::vector<RunData> runs;
  for (const auto& path : arguments.free()) {
    const auto folders = store::run_folders(path);
    if (folders.empty()) throw Error(ErrorKind::kData, path + ": there is no run here (no run.db)");
    for (const auto& folder : folders) runs.push_back(store::read_run(folder));
  }
  std::optional<RunData> reference;
  if (arguments.has("reference")) reference = store::read_run(arguments.text("reference"));
  options.reference = reference ? &*reference : nullptr;
  if (options.aggregate == "multibench_effective" && !reference)
    throw Error(ErrorKind::kUsage, "--aggregate multibench_effective: takes --reference RUN, the baseline's run");

  const auto made = metrics::tables(runs, options);
  const auto text = format == "latex" ? reports::to_latex(made)
                    : format == "csv" ? reports::to_csv(made)
                                      : reports::to_markdown(made);
  if (arguments.has("out")) {
    reports::write_file(arguments.text("out"), text);
  } else {
    std::cout << text;
  }
  return kDone;
}

}  // namespace

Command table_command() {
  return {"table",
          "Prints tables as papers have them: per level or per metric, with areas, over models, checkpoints and mask "
          "seeds.",
          "RUN...",
          {{"rows", "R", "model or perturbation", "model"},
           {"cols", "C", "rate or severity (levels and aggregates), or metric", "rate"},
           {"metric", "NAMES", "metrics, separated by commas; by default the primary one, or all with --cols metric",
            "", true},
           {"aggregate", "A", "what --cols metric shows: " + join(metrics::aggregate_names(), ", "), "auilc"},
           {"replicates", "HOW", "mean over mask seeds, or concatenated: scored as one set", "mean"},
           {"reference", "RUN", "baseline of multibench_effective", ""},
           {"only", "GLOB", "cells to show", "", true},
           {"format", "F", "markdown, latex or csv", "markdown"},
           {"out", "FILE", "where to write instead of stdout", ""}},
          table};
}

}  // namespace shakedown::cli
