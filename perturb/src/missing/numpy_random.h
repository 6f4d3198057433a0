#pragma once

#include <cstdint>

#include <boost/random/mersenne_twister.hpp>

namespace shakedown::perturb {

/// The stream of NumPy's legacy generator after np.random.seed(seed), for protocols whose authors drew their
/// masks with it: MT19937 (Matsumoto and Nishimura 1998) with NumPy's ways to make numbers of its 32-bit words.
class NumpyRandom {
 public:
  explicit NumpyRandom(std::uint32_t seed) : engine_(seed) {}

  /// np.random.uniform(): in [0, 1), 53 bits.
  [[nodiscard]] double uniform();
  /// np.random.randint(low, high): in [low, high), by rejection under the smallest mask of ones. Draws nothing
  /// when there is one value only. @pre low < high <= low + 2^32
  [[nodiscard]] std::int64_t integer(std::int64_t low, std::int64_t high);

 private:
  boost::random::mt19937 engine_;  // that of libstdc++ keeps its words in 64 bits and is several times slower
};

}  // namespace shakedown::perturb
