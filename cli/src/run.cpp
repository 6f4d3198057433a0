#include <csignal>
#include <iostream>
#include <memory>

#include "command.h"
#include "run_options.h"
#include "scoring.h"
#include "shakedown/core/shell.h"
#include "shakedown/reports/report.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

volatile int interrupted = 0;  // written by a signal handler

void on_interrupt(int signal_number) {
  interrupted = 1;
  std::signal(signal_number, SIG_DFL);  // a second Ctrl-C ends it at once
}

int run(const Arguments& arguments, perturb::Registry& registry) {
  auto options = run_options(arguments);
  options.out = arguments.required("out");
  options.resume = arguments.has("resume");
  options.fit = arguments.has("fit");
  if (arguments.has("budget")) options.budget_s = arguments.seconds("budget");
  options.max_failures = arguments.share("max-failures");
  options.command_line = "shakedown run";
  if (!arguments.words().empty()) options.command_line += " " + shell_line(arguments.words());
  ProgressView view;
  options.on_progress = [&view](const runners::Progress& progress) { view.show(progress); };
  options.on_message = [&view](const std::string& line) { view.message(line); };
  options.interrupted = &interrupted;
  const auto page = page_options(arguments);
  if (page.assets != reports::AssetsMode::kNone) {
    options.gallery = [redacted = page.assets == reports::AssetsMode::kRedacted](const auto& folder) {
      return std::make_unique<reports::AssetsWriter>(folder, redacted);
    };
  }
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);

  const auto report = runners::run(options, registry);
  view.close();
  if (report.failed_samples > 0)
    warn(std::to_string(report.failed_samples) + " samples could not be read; they count as failed in every cell");
  if (!report.complete) {
    log("the run is not complete: " + report.why +
        "; what was done is kept: go on with --resume, or look at it with 'shakedown report " + options.out.string() +
        " --partial'");
    return kIncompleteRun;
  }
  for (const auto& folder : report.folders) {
    if (page.assets == reports::AssetsMode::kNone) reports::remove_assets(folder);  // of an earlier attempt
    const auto results = score_folder(folder, false, page);
    if (report.folders.size() > 1) std::cout << "\n" << results.header.model_name << "\n";
    for (const auto& sentence : reports::verdict_sentences(results)) std::cout << sentence << "\n";
    std::cout << "report: " << (folder / "report.html").string() << "\n";
  }
  return kDone;
}

}  // namespace

Command run_command() {
  auto options = run_options_declared();
  options.push_back({"out", "RUN", "folder to write", ""});
  options.push_back({"resume", "", "go on with a run that was stopped"});
  options.push_back({"budget", "TIME", "refuse, before any work, what would take longer", ""});
  options.push_back({"fit", "", "with --budget: run the part of the suite that fits"});
  options.push_back({"max-failures", "SHARE", "samples that may fail to be read", "2%"});
  for (auto& option : page_options_declared()) options.push_back(std::move(option));
  return {"run", "Runs a suite on a model and a data set; leaves run.db, results.json, assets/ and report.html in RUN.",
          "", options, run};
}

}  // namespace shakedown::cli
