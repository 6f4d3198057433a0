#pragma once

#include <optional>
#include <string>

#include "arguments.h"
#include "shakedown/core/results.h"

namespace shakedown::cli {

/// Four decimals, as people read scores; files carry full precision. A dash where there is none.
[[nodiscard]] std::string figure(const std::optional<double>& value, bool sign = false);

/// One line a rule or cell, then what is missing and the notes, to stdout.
void print(const Comparison& comparison);

/// --json, --html, --markdown and --junit, where given.
void write_outputs(const Arguments& arguments, const Comparison& comparison);

}  // namespace shakedown::cli
