#pragma once

#include <array>
#include <cstdint>

namespace shakedown::perturb {

// Light adds in linear units, codes do not: what happens to light is computed between decode and encode.
// The transfer is that of sRGB (IEC 61966-2-1) for codes 0..255 and linear light 0..1.

/// Linear light of a code; fractions of a code are allowed.
[[nodiscard]] double linear_of(double code);

/// linear_of() of every code.
[[nodiscard]] const std::array<float, 256>& linear_table();

/// Nearest code of a linear light, clipped to 0..1; NaN gives 0. Exact for every linear_table() entry.
class Encoder {
 public:
  Encoder();
  [[nodiscard]] std::uint8_t operator()(float linear) const {
    const float scaled = linear * kSteps + 0.5F;
    if (!(scaled > 0)) return 0;
    return codes_[scaled < kSteps ? static_cast<std::size_t>(scaled) : kSteps];
  }

 private:
  static constexpr std::uint16_t kSteps = 65535;  // finer than a tenth of a code, in the darkest part too
  std::array<std::uint8_t, kSteps + 1> codes_{};
};
[[nodiscard]] const Encoder& encoder();

}  // namespace shakedown::perturb
