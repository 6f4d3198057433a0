// Flicker: lamps on mains power pulse at twice its frequency. Each row of a rolling shutter is exposed a little later
// than the one above, so that a frame shows bands, which crawl where the frame rate and the mains do not fit.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "frames.h"
#include "linear_light.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "tones.h"

namespace shakedown::perturb {
namespace {

class Flicker final : public Perturbation {
 public:
  struct Config {
    double depth = 0.2;
    double hz = 100;
    double shutter_s = 0.002;
    double readout_s = 0.02;
  };

  explicit Flicker(const Config& config) : config_(config) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Clip& clip = *sample.clip;
    if (clip.frames.empty()) return Effect::ineligible("no frames");
    if (config_.depth == 0) return Effect::unchanged("depth 0");
    const auto phase = static_cast<std::int64_t>(rng.stream("video").below(1000, 0));
    Effect effect = change_frames(
        sample,
        [&](std::size_t i) {
          const Image& image = *clip.frames[i];
          return lit(image, [&, row = -1, gain = 1.0F](int, int y) mutable {
            if (y != row) {
              row = y;
              gain = static_cast<float>(1 + config_.depth * averaged() * std::sin(cycle(clip, image, i, y, phase)));
            }
            return gain;
          });
        },
        "there is no light that could flicker");
    effect.decisions = {phase};
    effect.measures["depth_in_picture"] = config_.depth * std::abs(averaged());
    return effect;
  }

  // Amplitude of the sine of that frequency and phase in the ratios of light of all rows, least squares; rows that
  // reach white are left out. The lamp's depth is that over what the shutter leaves of it.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const Clip& clip = *before.clip;
    double cross = 0, square = 0;
    for (std::size_t i = 0; i < clip.frames.size(); ++i) {
      const Image &a = *clip.frames[i], &b = *after.clip->frames.at(i);
      for (int y = 0; y < a.height; ++y) {
        double was = 0, is = 0;
        const auto width = static_cast<std::size_t>(a.width) * 3, at = static_cast<std::size_t>(y) * width;
        for (std::size_t k = at; k < at + width; ++k) {
          if (b.pixels[k] == 255) continue;
          was += linear_table()[a.pixels[k]];
          is += linear_table()[b.pixels[k]];
        }
        if (!(was > 0)) continue;
        const double wave = averaged() * std::sin(cycle(clip, a, i, y, effect.decisions.back()));
        cross += (is / was - 1) * wave;
        square += wave * wave;
      }
    }
    if (square > 0) dose.realised = dose.effective = cross / square;
    return dose;
  }

 private:
  // Radians of the lamp's cycle at the middle of a row's exposure.
  [[nodiscard]] double cycle(const Clip& clip, const Image& image, std::size_t frame, int row,
                             std::int64_t phase) const {
    const double time = static_cast<double>(frame) / clip.fps + config_.readout_s * row / std::max(1, image.height);
    return 2 * std::numbers::pi * (config_.hz * time + static_cast<double>(phase) / 1000);
  }

  // What is left of the sine after averaging over the time that the shutter is open.
  [[nodiscard]] double averaged() const {
    const double x = std::numbers::pi * config_.hz * config_.shutter_s;
    return x < 1e-9 ? 1 : std::sin(x) / x;
  }

  Config config_;
};

PerturbationSpec spec() {
  return Schema<Flicker>(
             "video.flicker", Modality::kVideo,
             "Lamps on mains power pulse; a rolling shutter turns that into bands that crawl over the picture.")
      .source(
          "Modulation depth and mains flicker: IEEE 1789-2015; sampled with exposure time and read-out of a rolling "
          "shutter.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("depth", &Flicker::Config::depth, "", {.min = 0, .max = 1},
              "Modulation of the lamp: (most - least) / (most + least) light.")
      .number("hz", &Flicker::Config::hz, "Hz", {.min = 1, .max = 1000}, "100 on 50 Hz mains, 120 on 60 Hz.")
      .number("shutter_s", &Flicker::Config::shutter_s, "s", {.min = 0, .max = 0.04}, "Exposure time of each row.")
      .number("readout_s", &Flicker::Config::readout_s, "s", {.min = 0, .max = 0.1},
              "Time from the first row of a frame to its last; 0 is a global shutter.")
      .dose({.parameter = "depth",
             .unit = "modulation",
             .identity = 0,
             .ladder = {.1, .2, .35, .5, .8},
             .tolerance = 0.02})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_flicker, shakedown::perturb::spec);
