// Contrast: fog, glare or a dirty lens mixes every pixel with the mean light of the scene. The mean of the clip stays,
// and distances from it shrink, in linear light.
#include <array>
#include <cmath>

#include "frames.h"
#include "linear_light.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "tones.h"

namespace shakedown::perturb {
namespace {

class Contrast final : public Perturbation {
 public:
  struct Config {
    double factor = 0.5;
  };

  explicit Contrast(const Config& config) : factor_(config.factor) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (factor_ == 1) return Effect::unchanged("factor 1");
    const auto mean = mean_light(*sample.clip);
    ToneCurves curves;
    for (std::size_t c = 0; c < 3; ++c) {
      curves[c] = codes_of_light([&](double light) { return mean[c] + factor_ * (light - mean[c]); });
    }
    return change_frames(
        sample, [&](std::size_t i) { return with_tones(*sample.clip->frames[i], curves); }, "no contrast to lose");
  }

  // The slope of light after over light before, least squares.
  Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    double cross = 0, square = 0;
    const Response seen = response(*before.clip, *after.clip);
    for (const auto& channel : seen.channels) {
      double count = 0, x = 0, y = 0, xx = 0, xy = 0;
      for (std::size_t code = 0; code < channel.size(); ++code) {
        const double n = channel[code].count, light = linear_of(static_cast<double>(code));
        count += n, x += n * light, y += n * channel[code].light;
        xx += n * light * light, xy += n * light * channel[code].light;
      }
      if (count > 0) cross += xy - x * y / count, square += xx - x * x / count;
    }
    if (square > 1e-9) dose.realised = dose.effective = cross / square;
    return dose;
  }

 private:
  static std::array<double, 3> mean_light(const Clip& clip) {
    std::array<std::array<std::uint64_t, 256>, 3> counts{};
    for (const auto& frame : clip.frames)
      for (std::size_t i = 0; i < frame->pixels.size(); ++i) ++counts[i % 3][frame->pixels[i]];
    std::array<double, 3> mean{};
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0, count = 0;
      for (std::size_t code = 0; code < 256; ++code) {
        count += static_cast<double>(counts[c][code]);
        sum += static_cast<double>(counts[c][code]) * linear_of(static_cast<double>(code));
      }
      mean[c] = count > 0 ? sum / count : 0;
    }
    return mean;
  }

  double factor_;
};

PerturbationSpec spec() {
  return Schema<Contrast>("video.contrast", Modality::kVideo,
                          "Fog, glare or a dirty lens: every pixel is mixed with the mean light of the clip.")
      .source(
          "Hendrycks and Dietterich, ImageNet-C, ICLR 2019 (contrast), here in linear light; veiling glare: ISO 18844.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("factor", &Contrast::Config::factor, "", {.min = 0, .max = 1},
              "What distances from the mean are multiplied by.")
      .dose({.parameter = "factor",
             .unit = "factor",
             .identity = 1,
             .ladder = {.75, .5, .35, .2, .1},
             .lower_is_harsher = true,
             .tolerance = 0.02})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_contrast, shakedown::perturb::spec);
