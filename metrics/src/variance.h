#pragma once

#include <optional>
#include <string>

#include "verdict.h"

namespace shakedown::metrics {

/// Share of the variance of a test's difference that comes from the draws of the perturbations: over replicates of one
/// cell, the variance of their differences, divided by their number; summed with the squared weights of what they enter
/// and divided by the squared standard error by groups. At most 1. Nothing without replicates, and for the worst of
/// cells.
[[nodiscard]] std::optional<double> replicate_share(const Pairing& pairing, const Question& question,
                                                    const Measure& measure, std::optional<double> limit);

/// What would narrow the interval most, in words; "" where nothing is known.
[[nodiscard]] std::string what_narrows(const std::optional<double>& replicate_share);

}  // namespace shakedown::metrics
