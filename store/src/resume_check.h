#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shakedown/core/run_data.h"

namespace shakedown::store {

/// What a run was planned to be.
struct RunPlan {
  RunHeader header;
  std::vector<SampleRow> samples;
  std::vector<CellRow> cells;
  std::size_t batch_size = 0;
};

/// The first thing that makes `now` another run than `stored`, as one clause; "" when units of one may be
/// mixed with units of the other. Environment, timing, probes and notes may differ.
[[nodiscard]] std::string first_difference(const RunPlan& stored, const RunPlan& now);

}  // namespace shakedown::store
