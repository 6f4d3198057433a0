#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shakedown/core/results.h"

namespace shakedown {

/// What two runs answered for one sample of one cell.
struct PairedAnswer {
  std::string sample;                  ///< id
  std::string label;                   ///< as the data gives it
  double baseline = 0, candidate = 0;  ///< regression: the prediction; classes: the probability of the label's class
  bool baseline_right = false, candidate_right = false;  ///< class, or sign, is the label's
};

/// Decisions of a cell that came to be right or wrong from one run to the other.
struct CellFlips {
  std::string cell;
  std::size_t n = 0;     ///< samples scored in both
  std::size_t lost = 0;  ///< right in the baseline, wrong in the candidate
  std::size_t gained = 0;
};

/// A cell whose answers are shown one by one.
struct PairedCell {
  std::string cell, why;  ///< why: "clean", "largest loss", "largest gain"
  std::vector<PairedAnswer> answers;
};

/// One run against the reference of a comparison.
struct RunPair {
  std::size_t candidate = 0;  ///< into RunComparison::table.runs
  Comparison comparison;
  std::vector<CellFlips> flips;   ///< every shared cell, in suite order
  std::vector<PairedCell> shown;  ///< clean, and the cells with the largest loss and gain of the primary metric
};

/// Two to six runs: beside each other, and each against the reference.
struct RunComparison {
  SideBySide table;
  std::size_t reference = 0;   ///< into table.runs
  std::vector<RunPair> pairs;  ///< the other runs, in their order
};

}  // namespace shakedown
