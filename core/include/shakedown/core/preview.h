#pragma once

#include <map>
#include <string>
#include <vector>

#include "shakedown/core/run_data.h"
#include "shakedown/core/sample.h"

namespace shakedown {

/// One sample to be looked at and listened to before and after perturbing.
struct Preview {
  std::string data_name, split;
  std::uint64_t seed = 0;
  Sample clean;                      ///< with its face track where it has a clip
  std::vector<NotTested> not_shown;  ///< cells that this data cannot serve
};

/// What became of it in one cell.
struct PreviewCell {
  CellRow row;
  std::string doc;  ///< what the perturbation models; of the parts, one sentence each, for a composition
  State state = State::kApplied;
  std::string reason;
  Dose dose;                               ///< nothing for compositions
  std::map<std::string, double> measures;  ///< by-products, as Effect::measures
  Sample sample;
};

}  // namespace shakedown
