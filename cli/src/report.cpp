#include "shakedown/reports/report.h"

#include <iostream>
#include <optional>

#include "command.h"
#include "scoring.h"
#include "shakedown/core/error.h"
#include "shakedown/metrics/analyse.h"
#include "shakedown/store/run_store.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

int report(const Arguments& arguments, perturb::Registry&) {
  if (arguments.free().size() != 1) throw Error(ErrorKind::kUsage, "report: one RUN folder is accepted");
  const auto format = arguments.text("format");
  const auto folders = store::run_folders(arguments.free().front());
  if (folders.empty()) throw Error(ErrorKind::kData, arguments.free().front() + ": there is no run here (no run.db)");
  if (folders.size() > 1 && arguments.has("out")) {
    throw Error(ErrorKind::kUsage, "report: --out takes one model's report: " + arguments.free().front() + " holds " +
                                       std::to_string(folders.size()) + ", name one of them");
  }
  metrics::AnalyseOptions options;
  options.interval = metrics::interval_kind(arguments.text("interval"));
  std::optional<RunData> reference;
  if (arguments.has("reference")) reference = store::read_run(arguments.text("reference"));
  options.reference = reference ? &*reference : nullptr;
  bool complete = true;
  for (const auto& folder : folders) {
    const auto results = metrics::analyse(store::read_run(folder, arguments.has("partial")), options);
    complete = complete && results.complete;
    std::string text;
    if (format == "html") {
      text = reports::to_html(results);
    } else if (format == "json") {
      text = reports::to_json(results);
    } else if (format == "markdown") {
      text = reports::to_markdown(results);
    } else if (format == "csv") {
      text = reports::to_csv(results);
    } else {
      throw Error(ErrorKind::kUsage, "--format: '" + format + "': html, json, markdown or csv is accepted");
    }
    const bool to_file = arguments.has("out") || format == "html";
    if (!to_file) {
      std::cout << text;
      continue;
    }
    const std::filesystem::path file =
        arguments.has("out") ? std::filesystem::path(arguments.text("out")) : folder / "report.html";
    reports::write_file(file, text);
    std::cout << file.string() << "\n";
  }
  if (!complete) log("the run is not complete: its cells without all samples are left out");
  return complete ? kDone : kIncompleteRun;
}

}  // namespace

Command report_command() {
  return {"report",
          "Renders a run again from its stored predictions, without the model.",
          "RUN",
          {{"format", "F", "html, json, markdown or csv", "html"},
           {"out", "FILE", "where to write; html goes to RUN/report.html, others to stdout", ""},
           {"reference", "RUN", "adds mCE and relative mCE against that run", ""},
           {"interval", "KIND", "auto, jackknife, bootstrap-t, percentile or bca", "auto"},
           {"partial", "", "accept a run that is not complete"}},
          report};
}

}  // namespace shakedown::cli
