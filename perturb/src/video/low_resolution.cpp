// Low resolution: the clip was made, or sent, with fewer pixels and scaled up again.
#include <algorithm>
#include <cmath>

#include "fit.h"
#include "frames.h"
#include "shakedown/media/faces.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class LowResolution final : public Perturbation {
 public:
  struct Config {
    double scale = 0.35;
  };

  explicit LowResolution(const Config& config) : scale_(config.scale) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (scale_ == 1) return Effect::unchanged("scale 1");
    Effect effect = change_frames(
        sample, [&](std::size_t i) { return down_and_up(*sample.clip->frames[i], scale_); },
        "no detail in the frames that could be lost");
    if (sample.faces) effect.measures["face_width_left_px"] = scale_ * sample.faces->median_width();
    return effect;
  }

  // The scale that best turns the middle frame before into the one after.
  Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const std::size_t middle = before.clip->frames.size() / 2;
    const Image& sharp = *before.clip->frames[middle];
    const auto blur = [&](const Crop& crop, double scale) { return crop.of(down_and_up(sharp, std::min(1.0, scale))); };
    constexpr int kCandidates = 24;  // the number of pixels is whole: distances go up and down in small steps
    const auto fitted = fit_scale(sharp, *after.clip->frames.at(middle), scale_, blur, kCandidates);
    if (fitted) dose.realised = dose.effective = *fitted;
    return dose;
  }

 private:
  static Image down_and_up(const Image& image, double scale) {
    if (image.pixels.empty()) return image;
    const auto small = [scale](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
    return media::resize(media::resize(image, small(image.width), small(image.height)), image.width, image.height);
  }

  double scale_;
};

PerturbationSpec spec() {
  return Schema<LowResolution>("video.low_resolution", Modality::kVideo,
                               "Fewer pixels: frames are averaged down and interpolated up to their size again.")
      .source(
          "Area averaging down, bilinear up; pixelation of ImageNet-C (Hendrycks and Dietterich, ICLR 2019) without "
          "its blocks.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("scale", &LowResolution::Config::scale, "", {.min = 0.01, .max = 1}, "Width and height that are left.")
      .dose({.parameter = "scale",
             .unit = "of width and height",
             .identity = 1,
             .ladder = {.5, .35, .25, .18, .12},
             .lower_is_harsher = true,
             .tolerance = 0.03})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_low_resolution, shakedown::perturb::spec);
