#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jackknife.h"

namespace shakedown::metrics {

/// Fewest runs through which a line is laid.
inline constexpr std::size_t kFewestRuns = 5;

/// The accuracy that logits are taken of: accuracy, acc2_non0 or acc2; nothing for plain regression.
[[nodiscard]] std::optional<MetricSpec> accuracy_metric(const Task& task);

struct Line {
  double intercept = 0, slope = 0;
};
/// Least squares of logit(stressed) on logit(clean); nothing where a share is 0 or 1 or the clean shares are equal.
[[nodiscard]] std::optional<Line> logit_line(std::span<const double> clean, std::span<const double> stressed);

/// One a run: stressed accuracy minus the one that the line through all runs gives for its clean accuracy (Taori et
/// al. 2020). The line is laid again in every resample.
[[nodiscard]] std::vector<Jackknifed> effective_robustness(const std::vector<Jackknifed>& clean,
                                                           const std::vector<Jackknifed>& stressed);

}  // namespace shakedown::metrics
