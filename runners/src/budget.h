#pragma once

#include <string>
#include <vector>

#include "session.h"

namespace shakedown::runners {

/// What a run will cost, from the first batch of the split.
struct Estimate {
  double load_s = 0;           ///< decoding one batch
  std::vector<double> cell_s;  ///< one batch of each cell measured; empty entries repeat the mean
  [[nodiscard]] double total(std::size_t batches, std::size_t jobs) const;
};

/// Runs the first batch through the given cells (indices into Session::cells) without storing anything.
[[nodiscard]] Estimate measure_batch(const Session& session, const std::vector<std::size_t>& cells);

/// What fits into a budget: the first `cells` cells (the suite's order is its priority) on all batches, or all
/// cells on the first `batches`.
struct Fit {
  std::size_t cells = 0, batches = 0;
};
[[nodiscard]] Fit what_fits(const Estimate& estimate, double budget_s, std::size_t batches, std::size_t jobs);

/// --budget: measures one batch of every cell; when the run will not fit, throws Error(kUsage) with the
/// --only and --limit lines that would, or with `fit` applies the first. Work is never dropped later.
void fit_budget(Session& session, const RunOptions& options);

}  // namespace shakedown::runners
