#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace shakedown::perturb {

/// What turns a reference into a hypothesis, word by word, by the fewest errors (Levenshtein; of equally short ways
/// the one that prefers a match or a substitution to a deletion and that to an insertion, from the end backwards).
struct Alignment {
  std::string operations;  ///< 'C' correct, 'S' substituted, 'D' deleted, 'I' inserted, in order
  std::size_t substitutions = 0, deletions = 0, insertions = 0;
  [[nodiscard]] std::size_t errors() const { return substitutions + deletions + insertions; }
};
[[nodiscard]] Alignment align(const std::vector<std::string>& reference, const std::vector<std::string>& hypothesis);

}  // namespace shakedown::perturb
