#pragma once

#include <string>
#include <vector>

namespace shakedown::reports {

/// A run of words that two texts share or that only one of them has.
struct DiffRun {
  enum class Kind { kSame, kRemoved, kAdded };
  Kind kind = Kind::kSame;
  std::string text;  ///< words joined by a space
};

/// What makes `after` of `before`, by the longest common sequence of words (between white space). Removed words stand
/// before those added in their place. Texts of more than 2,000 words are compared up to there; the rest is one run
/// each.
[[nodiscard]] std::vector<DiffRun> word_diff(const std::string& before, const std::string& after);

}  // namespace shakedown::reports
