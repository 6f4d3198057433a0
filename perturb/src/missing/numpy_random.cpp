#include "missing/numpy_random.h"

#include <bit>

namespace shakedown::perturb {

double NumpyRandom::uniform() {
  const auto high = static_cast<std::uint32_t>(engine_()) >> 5U;  // 27 bits, drawn first
  const auto low = static_cast<std::uint32_t>(engine_()) >> 6U;   // 26 bits
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

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
