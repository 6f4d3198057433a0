#pragma once

#include <string>
#include <vector>

#include "aggregates.h"
#include "cell_scoring.h"

namespace shakedown::metrics {

/// A part of the samples that is looked at by itself.
struct SliceRows {
  std::string by, value;
  std::vector<char> inside;       ///< one a sample
  bool samples_as_units = false;  ///< one group: its samples vary, not groups
};

/// Slices by label, group, metadata column and measure of the clean input. Numbers of more than eight values are cut
/// into quarters; slices of fewer than ten samples and columns of more than 20 names are left out and noted.
[[nodiscard]] std::vector<SliceRows> slices_of(const RunView& view, std::vector<std::string>& notes);

/// The primary metric on every slice, for the clean input and the means of `aggregates`, whose indices refer to
/// `cells`; and what is worse than on the rest.
[[nodiscard]] Slices score_slices(const RunView& view, const std::vector<ScoredCell>& cells, const MetricSpec& primary,
                                  const std::vector<Aggregate>& aggregates);

}  // namespace shakedown::metrics
