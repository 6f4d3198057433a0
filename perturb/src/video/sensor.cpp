#include "sensor.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "linear_light.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kCodes = 256;
constexpr double kSumUpTo = 40;  // electrons

double normal_cumulative(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

// P(K + R <= x) for K Poisson with the mean `mean`, R normal with deviation `read_noise`.
class Count {
 public:
  Count(double mean, double read_noise) : mean_(mean), read_noise_(read_noise) {
    if (mean > kSumUpTo) return;
    double probability = std::exp(-mean);
    for (int k = 0; k <= mean + 10 * std::sqrt(mean) + 10; ++k) {
      poisson_.push_back(probability);
      probability *= mean / (k + 1);
    }
  }

  [[nodiscard]] double cumulative(double x) const {
    const double variance = mean_ + read_noise_ * read_noise_;
    const double z = (x - mean_) / std::sqrt(variance);
    if (z < -9) return 0;
    if (z > 9) return 1;
    if (poisson_.empty()) {
      const double skewness = mean_ / (variance * std::sqrt(variance));
      const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
      return std::clamp(normal_cumulative(z) - density * skewness * (z * z - 1) / 6, 0.0, 1.0);
    }
    double sum = 0;
    for (std::size_t k = 0; k < poisson_.size(); ++k) {
      sum += poisson_[k] * normal_cumulative((x - static_cast<double>(k)) / read_noise_);
    }
    return std::min(sum, 1.0);
  }

 private:
  double mean_, read_noise_;
  std::vector<double> poisson_;
};

}  // namespace

NoisyExposure::NoisyExposure(const Sensor& sensor, double stops, bool restore_brightness)
    : cumulative_(kCodes * kCodes), guide_(kCodes * kCodes) {
  const double exposure = std::exp2(stops);
  const double electrons_of_white = sensor.full_white * (restore_brightness ? exposure : 1);  // in what comes out
  constexpr double kOne = 4294967295.0;
  for (std::size_t code = 0; code < kCodes; ++code) {
    const Count count(sensor.full_white * exposure * linear_of(static_cast<double>(code)), sensor.read_noise);
    std::uint32_t* row = cumulative_.data() + code * kCodes;
    std::uint32_t below = 0;
    for (std::size_t out = 0; out + 1 < kCodes; ++out) {
      const double threshold = electrons_of_white * linear_of(static_cast<double>(out) + 0.5);
      below = std::max(below, static_cast<std::uint32_t>(std::lround(kOne * count.cumulative(threshold))));
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
