#include <iostream>

#include "command.h"
#include "shakedown/core/error.h"
#include "shakedown/reports/report.h"
#include "shakedown/store/run_store.h"

namespace shakedown::cli {

Command dump_command() {
  return {"dump",
          "Prints every prediction as CSV: cell,sample,group,state,label,prediction,<outputs...>,dose.",
          "RUN",
          {{"only", "GLOB", "cells to print", "", true}, {"partial", "", "accept a run that is not complete"}},
          [](const Arguments& arguments, perturb::Registry&) {
            if (arguments.free().size() != 1) throw Error(ErrorKind::kUsage, "dump: one RUN folder is accepted");
            const auto run = store::read_run(arguments.free().front(), arguments.has("partial"), store::Masked::kKept);
            std::cout << reports::dump_csv(run, arguments.all("only"));
            return run.complete ? kDone : kIncompleteRun;
          }};
}

}  // namespace shakedown::cli
