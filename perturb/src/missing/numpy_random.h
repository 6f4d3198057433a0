#pragma once

#include <cmath>
#include <cstdint>

#include <boost/random/mersenne_twister.hpp>

namespace shakedown::perturb {

/// The stream of NumPy's legacy generator after np.random.seed(seed), for protocols whose authors drew their
/// masks with it: MT19937 (Matsumoto and Nishimura 1998) with NumPy's ways to make numbers of its 32-bit words.
class NumpyRandom {
 public:
  explicit NumpyRandom(std::uint32_t seed) : engine_(seed) {}

  /// How many of the 2^53 values of np.random.uniform(), in [0, 1), are <= x.
  [[nodiscard]] static std::uint64_t values_up_to(double x) {
    return x < 0 ? 0 : static_cast<std::uint64_t>(std::floor(std::fmin(x, 1.0) * 0x1p53)) + 1;
  }
  /// np.random.uniform() <= x, for x as values_up_to() gives it: without a division, for a split takes a million.
  [[nodiscard]] bool uniform_is_among(std::uint64_t first_values) { return bits() < first_values; }
  /// np.random.randint(low, high): in [low, high), by rejection under the smallest mask of ones. Draws nothing
  /// when there is one value only. @pre low < high <= low + 2^32
  [[nodiscard]] std::int64_t integer(std::int64_t low, std::int64_t high);

 private:
  std::uint64_t bits() {
    const std::uint64_t high = engine_() >> 5U;  // 27 bits, drawn first
    const std::uint64_t low = engine_() >> 6U;   // 26 bits
    return high << 26U | low;
  }

  boost::random::mt19937 engine_;  // that of libstdc++ keeps its words in 64 bits and is several times slower
};

}  // namespace shakedown::perturb
