#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// What becomes of each code, by channel (B, G, R).
using Codes = std::array<std::uint8_t, 256>;
using ToneCurves = std::array<Codes, 3>;

[[nodiscard]] Codes codes_of(const std::function<double(double code)>& curve);         ///< rounded and clipped
[[nodiscard]] Codes codes_of_light(const std::function<double(double light)>& curve);  ///< of linear light 0..1

[[nodiscard]] Image with_tones(const Image& image, const ToneCurves& curves);

/// `image` with the light of each pixel times gain(x, y), in linear light, cut off at white.
[[nodiscard]] Image lit(const Image& image, const std::function<float(int x, int y)>& gain);

/// How often each code of a channel occurs in (up to 8 frames of) a clip, and the mean code and light that it became.
struct Response {
  struct Tone {
    double count = 0, code = 0, light = 0;  ///< what it became: means once complete
  };
  std::array<std::array<Tone, 256>, 3> channels{};
};
[[nodiscard]] Response response(const Clip& before, const Clip& after);

}  // namespace shakedown::perturb
