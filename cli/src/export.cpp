#include "shakedown/runners/export.h"

#include <iostream>

#include "command.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

constexpr double kMostUnreadable = 0.02;  ///< as in a run

int export_cells(const Arguments& arguments, perturb::Registry& registry) {
  runners::ExportOptions options;
  options.data = arguments.required("data");
  options.suite = arguments.required("suite");
  options.out = arguments.required("out");
  options.split = arguments.required("split");
  if (arguments.has("seed")) options.seed = arguments.count("seed");
  options.only = arguments.all("only");
  options.strict = arguments.has("strict");
  options.memory_bytes = arguments.bytes("memory");
  options.on_message = [](const std::string& line) { log(line); };
  const auto report = runners::export_suite(options, registry);
  std::cout << report.cells.size() << " data sets in " << options.out.string()
            << ", described by dose.json, read back by suite.yaml\n";
  for (const auto& missing : report.not_written)
    std::cout << "not written: " << missing.what << ": " << missing.reason << "\n";
  if (report.unreadable.empty()) return kDone;
  const double share = static_cast<double>(report.unreadable.size()) / static_cast<double>(report.samples);
  std::cout << report.unreadable.size() << " of " << report.samples << " clips could not be read and are in no cell\n";
  return share > kMostUnreadable ? kIncompleteRun : kDone;
}

}  // namespace

Command export_command() {
  return {"export",
          "Writes the corrupted data set of every cell of a suite, with what was done to it, without a model.",
          "",
          {{"data", "D", "data.yaml, media folder or feature pickle", ""},
           {"suite", "S", "suite file or shipped suite", "smoke"},
           {"out", "DIR", "folder to write", ""},
           {"split", "NAME", "split to write", "test"},
           {"seed", "N", "instead of the suite's own", ""},
           {"only", "GLOB", "cells to write", "", true},
           {"strict", "", "what a shipped suite cannot do here is an error"},
           {"memory", "SIZE", "bound on what is decoded", "4G"}},
          export_cells};
}

}  // namespace shakedown::cli
