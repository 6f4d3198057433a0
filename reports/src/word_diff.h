#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace shakedown::reports {

/// A run of words that two texts share or that only one of them has.
struct DiffRun {
  enum class Kind { kSame, kRemoved, kAdded };
  Kind kind = Kind::kSame;
  std::string text;       ///< words joined by a space where white space stood between them
  bool apart = false;     ///< to be shown behind a space
  std::size_t words = 1;  ///< how many they are; of scripts without spaces the characters
};

/// What makes `after` of `before`, by the longest common sequence of words (between white space; of scripts
/// without spaces, characters). Removed words stand
/// before those added in their place. Texts of more than 2,000 words are compared up to there; the rest is one run
/// each.
[[nodiscard]] std::vector<DiffRun> word_diff(const std::string& before, const std::string& after);

}  // namespace shakedown::reports
