// Contrast: fog, glare or a dirty lens mixes every pixel with the mean light of the scene. The mean of the clip stays,
// and distances from it shrink, in linear light. As ImageNet-C has it, each frame keeps its own mean, and displayed
// values shrink.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

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
    std::string ladder = "own";
  };

  explicit Contrast(const Config& config) : factor_(config.factor), displayed_(config.ladder == "imagenet-c") {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (factor_ == 1) return Effect::unchanged("factor 1");
    const auto curves_about = [this](const Means& mean) {
      ToneCurves curves;
      for (std::size_t c = 0; c < 3; ++c) {
        const auto shrunk = [&](double value) { return mean[c] + factor_ * (value - mean[c]); };
        curves[c] = displayed_ ? codes_of(shrunk) : codes_of_light(shrunk);
      }
      return curves;
    };
    const auto& frames = sample.clip->frames;
    const ToneCurves of_clip = curves_about(means_of(frames, linear_of));
    return change_frames(
        sample,
        [&](std::size_t i) {
          const auto code = [](double value) { return value; };
          return with_tones(*frames[i], displayed_ ? curves_about(means_of({frames[i]}, code)) : of_clip);
        },
        "no contrast to lose");
  }

  // The slope of light (of displayed values: frame by frame) after over before, least squares.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    Slope slope;
    if (displayed_) {
      const std::size_t count = before.clip->frames.size();
      for (std::size_t i = 0; i < count; i += std::max<std::size_t>(1, count / 8)) {
        Clip was, is;
        was.frames = {before.clip->frames[i]}, is.frames = {after.clip->frames.at(i)};
        slope.add(response(was, is), true);
      }
    } else {
      slope.add(response(*before.clip, *after.clip), false);
    }
    if (slope.square > 1e-9) dose.realised = dose.effective = slope.cross / slope.square;
    return dose;
  }

 private:
  using Means = std::array<double, 3>;

  struct Slope {
    double cross = 0, square = 0;
    void add(const Response& seen, bool displayed) {
      for (const auto& channel : seen.channels) {
        double count = 0, x = 0, y = 0, xx = 0, xy = 0;
        for (std::size_t code = 0; code < channel.size(); ++code) {
          const double n = channel[code].count, was = static_cast<double>(code);
          const double in = displayed ? was : linear_of(was),
                       out = displayed ? channel[code].code : channel[code].light;
          count += n, x += n * in, y += n * out;
          xx += n * in * in, xy += n * in * out;
        }
        if (count > 0) cross += xy - x * y / count, square += xx - x * x / count;
      }
    }
  };

  static Means means_of(const std::vector<Shared<Image>>& frames, double (*value)(double code)) {
    // Neighbours are alike: counted in turns in two places, they need not wait for each other.
    std::array<std::array<std::uint32_t, 256>, 6> turns{};
    std::array<std::array<std::uint64_t, 256>, 3> counts{};
    for (const auto& frame : frames) {
      const auto& pixels = frame->pixels;
      std::size_t i = 0;
      for (; i + 5 < pixels.size(); i += 6)
        for (std::size_t k = 0; k < 6; ++k) ++turns[k][pixels[i + k]];
      for (; i < pixels.size(); ++i) ++turns[i % 3][pixels[i]];
      for (std::size_t k = 0; k < 6; ++k) {
        for (std::size_t code = 0; code < 256; ++code) counts[k % 3][code] += std::exchange(turns[k][code], 0U);
      }
    }
    Means mean{};
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0, count = 0;
      for (std::size_t code = 0; code < 256; ++code) {
        count += static_cast<double>(counts[c][code]);
        sum += static_cast<double>(counts[c][code]) * value(static_cast<double>(code));
      }
      mean[c] = count > 0 ? sum / count : 0;
    }
    return mean;
  }

  double factor_;
  bool displayed_;
};

PerturbationSpec spec() {
  const auto dose = [](std::vector<double> ladder) {
    return DoseSpec{.parameter = "factor",
                    .unit = "factor",
                    .identity = 1,
                    .ladder = std::move(ladder),
                    .lower_is_harsher = true,
                    .tolerance = 0.02};
  };
  return Schema<Contrast>("video.contrast", Modality::kVideo,
                          "Fog, glare or a dirty lens: every pixel is mixed with the mean light of the clip.")
      .source(
          "Hendrycks and Dietterich, ImageNet-C, ICLR 2019 (contrast), here in linear light; veiling glare: ISO 18844.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("factor", &Contrast::Config::factor, "", {.min = 0, .max = 1},
              "What distances from the mean are multiplied by.")
      .choice("ladder", &Contrast::Config::ladder, {"own", "imagenet-c"},
              "own: linear light about the mean of the clip; imagenet-c: displayed values about the mean of each "
              "frame, with the factors of that benchmark at severities 1 to 5.")
      .dose(dose({.75, .5, .35, .2, .1}))
      .dose_when("ladder", "imagenet-c", dose({.4, .3, .2, .1, .05}))
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_contrast, shakedown::perturb::spec);
