#pragma once

#include <vector>

#include "arguments.h"
#include "shakedown/runners/run.h"

namespace shakedown::cli {

/// The options that `run` and `check` share.
[[nodiscard]] std::vector<Option> run_options_declared();
[[nodiscard]] runners::RunOptions run_options(const Arguments& arguments);

}  // namespace shakedown::cli
