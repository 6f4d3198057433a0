#pragma once

#include <string>
#include <vector>

#include "pairing.h"

namespace shakedown::metrics {

/// A mean corruption error of the candidate, relative to the baseline of the pairing.
struct CorruptionError {
  std::string name;  ///< "mCE[ref=NAME]", "relative_mCE[ref=NAME]"
  std::string note;  ///< over which error and which corruptions
  Jackknifed statistic;
  std::size_t n = 0;
};

/// mCE and relative mCE (Hendrycks and Dietterich 2019): errors summed over the levels of a corruption, divided by
/// the reference's sum, averaged over corruptions; the relative one counts the error above that on clean input. The
/// reference itself has 1. Cells are those of stress_mean that count in both runs.
[[nodiscard]] std::vector<CorruptionError> corruption_errors(const Pairing& pairing, const std::string& reference);

}  // namespace shakedown::metrics
