#include "text/alignment.h"

#include <algorithm>
#include <cstdint>

namespace shakedown::perturb {

Alignment align(const std::vector<std::string>& reference, const std::vector<std::string>& hypothesis) {
  const std::size_t rows = reference.size(), columns = hypothesis.size(), width = columns + 1;
  std::vector<std::uint32_t> cost((rows + 1) * width);
  for (std::size_t j = 0; j <= columns; ++j) cost[j] = static_cast<std::uint32_t>(j);
  for (std::size_t i = 1; i <= rows; ++i) {
    cost[i * width] = static_cast<std::uint32_t>(i);
    for (std::size_t j = 1; j <= columns; ++j) {
      const std::uint32_t differs = reference[i - 1] == hypothesis[j - 1] ? 0 : 1;
      cost[i * width + j] = std::min(
          {cost[(i - 1) * width + j - 1] + differs, cost[(i - 1) * width + j] + 1, cost[i * width + j - 1] + 1});
    }
  }
  Alignment found;
  for (std::size_t i = rows, j = columns; i > 0 || j > 0;) {
    const std::uint32_t here = cost[i * width + j];
    if (i > 0 && j > 0) {
      const bool same = reference[i - 1] == hypothesis[j - 1];
      if (cost[(i - 1) * width + j - 1] + (same ? 0U : 1U) == here) {
        found.operations += same ? 'C' : 'S';
        found.substitutions += same ? 0 : 1;
        --i, --j;
        continue;
      }
    }
    if (i > 0 && cost[(i - 1) * width + j] + 1 == here) {
      found.operations += 'D';
      ++found.deletions;
      --i;
    } else {
      found.operations += 'I';
      ++found.insertions;
      --j;
    }
  }
  std::reverse(found.operations.begin(), found.operations.end());
  return found;
}

}  // namespace shakedown::perturb
