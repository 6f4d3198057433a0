#include "shakedown/runners/preview.h"

#include <iostream>
#include <memory>

#include "command.h"
#include "shakedown/reports/preview.h"
#include "shakedown/reports/report.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

int preview(const Arguments& arguments, perturb::Registry& registry) {
  runners::PreviewOptions options;
  options.data = arguments.required("data");
  options.sample = arguments.text("sample");
  options.split = arguments.required("split");
  options.perturb = arguments.all("perturb");
  options.suite = arguments.text("suite");
  options.only = arguments.all("only");
  if (arguments.has("seed")) options.seed = arguments.count("seed");
  options.memory_bytes = arguments.bytes("memory");
  const auto out = arguments.required("out");
  const std::size_t limit = arguments.bytes("max-size");
  std::unique_ptr<reports::PreviewPage> page;
  const auto shown = runners::preview(
      options, registry, [&](const Preview& start) { page = std::make_unique<reports::PreviewPage>(start, limit); },
      [&](const PreviewCell& cell) { page->add(cell); });
  reports::write_file(out, page->html());
  for (const auto& missing : shown.not_shown) log("not shown: " + missing.what + ": " + missing.reason);
  log("the page holds a sample of the data set: pass it on only where the data's licence allows that");
  std::cout << out << "\n";
  return kDone;
}

}  // namespace

Command preview_command() {
  return {"preview",
          "Shows one sample before and after perturbing, as a page to read, listen to and look at.\n\n"
          "With neither --perturb nor --suite: every perturbation that the data can serve, at every severity.",
          "",
          {{"data", "D", "data.yaml, feature pickle or media folder", ""},
           {"sample", "ID", "sample to show; the first of the split if not given", ""},
           {"perturb", "CELL", "'audio.gain{gain_db: -12}'; 'audio.gain' for severities 1 to 5", "", true},
           {"suite", "S", "cells of a suite file or shipped suite", ""},
           {"only", "GLOB", "cells to show", "", true},
           {"split", "NAME", "split that holds the sample", "test"},
           {"seed", "N", "instead of the suite's own", ""},
           {"max-size", "SIZE", "bound on sound and pictures in the page", "32M"},
           {"memory", "SIZE", "bound on what is decoded", "4G"},
           {"out", "FILE", "page to write", "preview.html"}},
          preview};
}

}  // namespace shakedown::cli
