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

/// A page that refers to files must lie where it finds them.
void require_beside(const std::filesystem::path& file, const std::filesystem::path& folder,
                    const reports::PageOptions& page) {
  if (page.assets != reports::AssetsMode::kFolder) return;
  std::error_code code;
  const auto of_page = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (std::filesystem::equivalent(of_page, folder, code)) return;
  throw Error(ErrorKind::kUsage, "--assets folder: the page refers to files in " + (folder / "assets").string() +
                                     ": --out " + file.string() + " must lie in " + folder.string());
}

int report(const Arguments& arguments, perturb::Registry&) {
  if (arguments.free().size() != 1) throw Error(ErrorKind::kUsage, "report: one RUN folder is accepted");
  const auto format = arguments.text("format");
  const auto page = page_options(arguments);
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
    const std::filesystem::path file =
        arguments.has("out") ? std::filesystem::path(arguments.text("out")) : folder / "report.html";
    std::string text;
    if (format == "html") {
      require_beside(file, folder, page);
      text = page_of(results, folder, file, page);
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
    reports::write_file(file, text);
    std::cout << file.string() << "\n";
  }
  if (!complete) log("the run is not complete: its cells without all samples are left out");
  return complete ? kDone : kIncompleteRun;
}

}  // namespace

Command report_command() {
  std::vector<Option> options = {{"format", "F", "html, json, markdown or csv", "html"},
                                 {"out", "FILE", "where to write; html goes to RUN/report.html, others to stdout", ""},
                                 {"reference", "RUN", "adds mCE and relative mCE against that run", ""},
                                 {"interval", "KIND", "auto, jackknife, bootstrap-t, percentile or bca", "auto"},
                                 {"partial", "", "accept a run that is not complete"}};
  for (auto& option : page_options_declared()) options.push_back(std::move(option));
  return {"report", "Renders a run again from its stored predictions, without the model.", "RUN", options, report};
}

}  // namespace shakedown::cli
