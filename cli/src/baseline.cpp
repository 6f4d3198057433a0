#include "shakedown/store/baseline.h"

#include <filesystem>
#include <iostream>

#include "command.h"
#include "shakedown/core/error.h"
#include "shakedown/reports/report.h"
#include "shakedown/store/run_store.h"

namespace shakedown::cli {
namespace {

int baseline(const Arguments& arguments, perturb::Registry&) {
  if (arguments.free().size() != 1) throw Error(ErrorKind::kUsage, "baseline: one RUN folder is accepted");
  const std::filesystem::path file = arguments.required("out");
  if (std::filesystem::exists(file) && !arguments.has("update")) {
    throw Error(ErrorKind::kUsage, "baseline: " + file.string() +
                                       " exists: what it holds is what gates compare with; --update replaces it");
  }
  const auto& folder = arguments.free().front();
  const auto text = in_context(folder, [&] { return store::baseline_text(store::read_compared(folder)); });
  reports::write_file(file, text);
  std::cout << file.string() << " (" << text.size() << " bytes)\n";
  return kDone;
}

}  // namespace

Command baseline_command() {
  return {"baseline",
          "Writes what a gate needs of a run into a small file made to be committed: gate --baseline FILE reads it.",
          "RUN",
          {{"out", "FILE", "where to write", ""}, {"update", "", "replace a file that exists"}},
          baseline};
}

}  // namespace shakedown::cli
