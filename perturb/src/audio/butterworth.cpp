#include "butterworth.h"

#include <cmath>
#include <numbers>

namespace shakedown::perturb {

Butterworth::Butterworth(Kind kind, int order, double cutoff_hz, int sample_rate_hz) {
  const double k = std::tan(std::numbers::pi * cutoff_hz / sample_rate_hz);
  for (int i = 0; i < order / 2; ++i) {
    // Poles lie evenly on the left half of a circle; a conjugate pair makes a section of this quality.
    const double damping = 2 * std::cos(std::numbers::pi * (2 * i + 1) / (2 * order));
    const double scale = 1 / (1 + damping * k + k * k);
    const double b = kind == Kind::kLowPass ? k * k * scale : scale;
    sections_.push_back(
        {b, (kind == Kind::kLowPass ? 2 : -2) * b, b, 2 * (k * k - 1) * scale, (1 - damping * k + k * k) * scale});
  }
}

void Butterworth::run(std::span<float> mono) const {
  // Three sections at a time: a processor overlaps them, and the sound is read and written once.
  constexpr std::size_t kTogether = 3;
  constexpr Section kThrough = {1, 0, 0, 0, 0};
  constexpr double kTiny = 1e-30;  // keeps what rings out from becoming subnormal, which is slow
  for (std::size_t first = 0; first < sections_.size(); first += kTogether) {
    std::array<Section, kTogether> s{kThrough, kThrough, kThrough};
    for (std::size_t j = 0; j < kTogether && first + j < sections_.size(); ++j) s[j] = sections_[first + j];
    std::array<double, kTogether> z1{}, z2{};  // transposed direct form II
    for (float& value : mono) {
      double x = static_cast<double>(value) + kTiny;
      for (std::size_t j = 0; j < kTogether; ++j) {
        const double y = s[j].b0 * x + z1[j];
        z1[j] = s[j].b1 * x - s[j].a1 * y + z2[j];
        z2[j] = s[j].b2 * x - s[j].a2 * y;
        x = y;
      }
      value = static_cast<float>(x);
    }
  }
}

}  // namespace shakedown::perturb
