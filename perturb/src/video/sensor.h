#pragma once

#include <cstdint>
#include <vector>

namespace shakedown::perturb {

/// A camera sensor: light becomes electrons, whose number is random.
struct Sensor {
  double full_white = 10000;  ///< electrons of white at the exposure of the original
  double read_noise = 5;      ///< standard deviation that the electronics add, electrons
};

/// What each 8-bit sRGB code becomes when the scene is shot with 2^stops of its light: the distribution of the
/// code that comes out. With m = full_white * linear(code) * 2^stops electrons on average the sensor counts
/// K + R, K Poisson with mean m and R normal with the read noise; the count is scaled to linear light (and by
/// 2^-stops more with `restore_brightness`), clipped to black and white, encoded and rounded.
///
/// The distribution is computed, not simulated: each threshold between two codes has its probability, so that one
/// uniform number a value draws light, electronics and rounding at once. K + R is taken as normal with the
/// second-order Edgeworth correction, whose error is below 1e-5 for a read noise of 5 and any mean.
class NoisyExposure {
 public:
  NoisyExposure(const Sensor& sensor, double stops, bool restore_brightness);

  /// The code that 32 random bits turn `code` into: never darker for larger bits.
  [[nodiscard]] std::uint8_t draw(std::uint8_t code, std::uint32_t bits) const {
    std::size_t out = guide_[(static_cast<std::size_t>(code) << 8U) | (bits >> 24U)];
    const std::uint32_t* cumulative = cumulative_.data() + (static_cast<std::size_t>(code) << 8U);
    while (bits >= cumulative[out] && out < 255) ++out;
    return static_cast<std::uint8_t>(out);
  }

 private:
  std::vector<std::uint32_t> cumulative_;  // [code][out]: P(result <= out) in 2^-32
  std::vector<std::uint8_t> guide_;        // [code][first 8 bits]: where the search begins
};

}  // namespace shakedown::perturb
