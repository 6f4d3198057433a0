#pragma once

#include <functional>
#include <string>
#include <vector>

#include "arguments.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::cli {

/// Exit codes that are results, not errors (errors: exit_code() of core/error.h).
inline constexpr int kDone = 0, kGateFailed = 1, kIncompleteRun = 4, kInconclusive = 5, kBug = 70;

/// A sub-command. Results go to stdout, everything else to stderr.
struct Command {
  std::string name, doc;
  std::string positional;  ///< "" when it takes no free words
  std::vector<Option> options;
  std::function<int(const Arguments&, perturb::Registry&)> run;  ///< returns the exit code
};

Command run_command();
Command report_command();
Command baseline_command();
Command compare_command();
Command gate_command();
Command list_command();
Command describe_command();
Command inspect_command();
Command check_command();
Command dump_command();
Command export_command();
Command merge_command();
Command catalogue_command();
Command preview_command();
Command selftest_command();
Command table_command();

}  // namespace shakedown::cli
