#include "missing/numpy_random.h"

#include <bit>

namespace shakedown::perturb {

std::int64_t NumpyRandom::integer(std::int64_t low, std::int64_t high) {
  const auto range = static_cast<std::uint64_t>(high - 1 - low);
  if (range == 0) return low;
  const std::uint64_t mask = std::bit_ceil(range + 1) - 1;
  std::uint64_t value = 0;
  do {
    value = engine_() & mask;
  } while (value > range);
  return low + static_cast<std::int64_t>(value);
}

}  // namespace shakedown::perturb
