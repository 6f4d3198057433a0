#include "sensor.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "linear_light.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kCodes = 256;

// P(K + R <= x) for K Poisson with the mean `mean`, R normal with deviation `read_noise`: the normal
// distribution with the second-order Edgeworth correction. All cumulants of a Poisson number are its mean.
double cumulative(double x, double mean, double read_noise) {
  const double deviation = std::sqrt(mean + read_noise * read_noise);
  const double z = (x - mean) / deviation, zz = z * z;
  if (std::abs(z) > 9) return z < 0 ? 0 : 1;
  const double skewness = mean / std::pow(deviation, 3), kurtosis = mean / std::pow(deviation, 4);
  const double density = std::exp(-0.5 * zz) / std::sqrt(2 * std::numbers::pi);
  const double correction =
      skewness * (zz - 1) / 6 + kurtosis * z * (zz - 3) / 24 + skewness * skewness * z * (zz * zz - 10 * zz + 15) / 72;
  return std::clamp(0.5 * std::erfc(-z / std::numbers::sqrt2) - density * correction, 0.0, 1.0);
}

}  // namespace

NoisyExposure::NoisyExposure(const Sensor& sensor, double stops, bool restore_brightness)
    : cumulative_(kCodes * kCodes), guide_(kCodes * kCodes) {
  const double exposure = std::exp2(stops);
  const double electrons_of_white = sensor.full_white * (restore_brightness ? exposure : 1);  // in what comes out
  constexpr double kOne = 4294967295.0;
  for (std::size_t code = 0; code < kCodes; ++code) {
    const double mean = sensor.full_white * exposure * linear_of(static_cast<double>(code));
    std::uint32_t* row = cumulative_.data() + code * kCodes;
    std::uint32_t below = 0;
    for (std::size_t out = 0; out + 1 < kCodes; ++out) {
      const double threshold = electrons_of_white * linear_of(static_cast<double>(out) + 0.5);
      below = std::max(below,
                       static_cast<std::uint32_t>(std::lround(kOne * cumulative(threshold, mean, sensor.read_noise))));
      row[out] = below;
    }
    row[kCodes - 1] = static_cast<std::uint32_t>(kOne);
    std::size_t out = 0;
    for (std::size_t high = 0; high < kCodes; ++high) {
      while (out + 1 < kCodes && (high << 24U) >= row[out]) ++out;
      guide_[code * kCodes + high] = static_cast<std::uint8_t>(out);
    }
  }
}

}  // namespace shakedown::perturb
