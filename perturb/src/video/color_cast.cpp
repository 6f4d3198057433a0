// Colour cast: the camera's white balance is wrong. Light of one colour temperature is taken for light of another, so
// that white comes out warm or cold. Distances between light sources are told in mired (10^6 / kelvin): equal ones look
// alike.
#include <array>
#include <cmath>

#include "direction.h"
#include "frames.h"
#include "linear_light.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "tones.h"

namespace shakedown::perturb {
namespace {

using Gains = std::array<double, 3>;  // B, G, R

constexpr double kDaylight = 6504;  // kelvin, the white of sRGB

// Linear sRGB of a black body: chromaticity by the cubic splines of Kim et al., US patent 7024034 (1667 to 25000 K).
Gains black_body(double kelvin) {
  const double t = 1e3 / kelvin;
  const double x = kelvin <= 4000 ? ((-0.2661239 * t - 0.2343589) * t + 0.8776956) * t + 0.179910
                                  : ((-3.0258469 * t + 2.1070379) * t + 0.2226347) * t + 0.240390;
  const double y = kelvin <= 2222   ? ((-1.1063814 * x - 1.34811020) * x + 2.18555832) * x - 0.20219683
                   : kelvin <= 4000 ? ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867
                                    : ((3.0817580 * x - 5.87338670) * x + 3.75112997) * x - 0.37001483;
  const double big_x = x / y, big_z = (1 - x - y) / y;
  return {0.0556434 * big_x - 0.2040259 + 1.0572252 * big_z, -0.9692660 * big_x + 1.8760108 + 0.0415560 * big_z,
          3.2404542 * big_x - 1.5371385 - 0.4985314 * big_z};
}

// What daylight `mired` redder does to the channels of a camera set to daylight; of the same luminance.
Gains warm(double mired) {
  const Gains light = black_body(1e6 / (1e6 / kDaylight + mired)), day = black_body(kDaylight);
  Gains gains{};
  for (std::size_t c = 0; c < 3; ++c) gains[c] = light[c] / day[c];
  return gains;
}

// Daylight under a camera set to light `mired` redder divides by what redder light multiplies with.
Gains gains_for(double mired, int sign) {
  Gains gains = warm(mired);
  if (sign < 0)
    for (double& gain : gains) gain = 1 / gain;
  const double luminance = 0.0722 * gains[0] + 0.7152 * gains[1] + 0.2126 * gains[2];
  for (double& gain : gains) gain /= luminance;
  return gains;
}

class ColorCast final : public Perturbation {
 public:
  struct Config {
    double mired = 100;
    std::string direction = "random";
  };

  explicit ColorCast(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (config_.mired == 0) return Effect::unchanged("0 mired");
    const int sign = direction_of(config_.direction, rng.stream("video"));
    const Gains gains = gains_for(config_.mired, sign);
    ToneCurves curves;
    for (std::size_t c = 0; c < 3; ++c) curves[c] = codes_of_light([&](double light) { return gains[c] * light; });
    Effect effect = change_frames(sample, [&](std::size_t i) { return with_tones(*sample.clip->frames[i], curves); });
    effect.decisions = {sign};
    return effect;
  }

  // The shift whose ratio of red to blue is the one found.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const Response seen = response(*before.clip, *after.clip);
    std::array<double, 3> gain{};
    for (std::size_t c = 0; c < 3; ++c) {
      double was = 0, is = 0;
      for (std::size_t code = 0; code < 256; ++code) {
        const auto& tone = seen.channels[c][code];
        if (tone.count == 0 || tone.code > 254) continue;
        was += tone.count * linear_of(static_cast<double>(code));
        is += tone.count * tone.light;
      }
      gain[c] = is / was;
    }
    const int sign = static_cast<int>(effect.decisions.back());
    const double ratio = sign > 0 ? gain[2] / gain[0] : gain[0] / gain[2];
    if (!std::isfinite(ratio)) return dose;
    double low = 0, high = kMost;
    for (int halving = 0; halving < 40; ++halving) {
      const double middle = 0.5 * (low + high);
      const Gains light = warm(middle);
      (light[2] / light[0] < ratio ? low : high) = middle;
    }
    dose.realised = dose.effective = low;
    return dose;
  }

  static constexpr double kMost = 300;  // mired; light redder than that has no blue in sRGB

 private:
  Config config_;
};

PerturbationSpec spec() {
  return Schema<ColorCast>("video.color_cast", Modality::kVideo,
                           "White balance is off: the picture is warm, as under lamps, or cold, as in the shade.")
      .source(
          "Planckian locus: Kim et al., US 7024034 (2006); white balance by channel gains; transfer: IEC 61966-2-1.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("mired", &ColorCast::Config::mired, "mired", {.min = 0, .max = ColorCast::kMost},
              "Distance between the light and the one that the camera is set to; one of them is daylight.")
      .choice("direction", &ColorCast::Config::direction, {"random", "up", "down"},
              "up: warm; down: cold; random: drawn once a clip.")
      .dose({.parameter = "mired", .unit = "mired", .identity = 0, .ladder = {25, 50, 100, 150, 250}, .tolerance = 8})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_color_cast, shakedown::perturb::spec);
