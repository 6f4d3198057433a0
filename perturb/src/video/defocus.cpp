// Defocus: the lens is focused behind or before the face. A point becomes a disc, the image of the lens's opening.
#include <algorithm>
#include <cmath>

#include "disc.h"
#include "fit.h"
#include "frames.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class Defocus final : public Perturbation {
 public:
  struct Config {
    double radius = 0.07;
  };

  explicit Defocus(const Config& config) : radius_(config.radius) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (radius_ == 0) return Effect::unchanged("radius 0");
    const double face = sample.faces ? sample.faces->median_width() : 0;
    if (!(face > 0)) return Effect::skipped("no face found in any frame");
    Effect effect = change_frames(
        sample, [&](std::size_t i) { return disc_blur(*sample.clip->frames[i], reach(face)); },
        "nothing in the frames that could be out of focus");
    effect.measures["face_width_px"] = face;
    effect.measures["radius_px"] = reach(face);
    return effect;
  }

  // The radius that best turns the middle frame before into the one after.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const std::size_t middle = before.clip->frames.size() / 2;
    const Image& sharp = *before.clip->frames[middle];
    const double face = effect.measures.at("face_width_px");
    const auto blur = [&](const Crop& crop, double radius) {
      const Crop around = crop.grown(static_cast<int>(std::ceil(radius)) + 1, sharp);
      return crop.relative_to(around).of(disc_blur(around.of(sharp), radius));
    };
    const auto fitted = fit_scale(sharp, *after.clip->frames.at(middle), reach(face), blur);
    if (fitted) dose.realised = dose.effective = *fitted / face;
    return dose;
  }

 private:
  static constexpr double kMostPixels = 2000;
  [[nodiscard]] double reach(double face) const { return std::min(kMostPixels, radius_ * face); }

  double radius_;
};

PerturbationSpec spec() {
  return Schema<Defocus>("video.defocus", Modality::kVideo,
                         "The lens is out of focus: every point becomes a disc, added up in linear light.")
      .source(
          "Geometrical point-spread function of a circular aperture; as in ImageNet-C (Hendrycks and Dietterich, ICLR "
          "2019), here in face widths and linear light.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .needs({.faces = true})
      .number("radius", &Defocus::Config::radius, "face widths", {.min = 0, .max = 1}, "Radius of the disc.")
      .dose({.parameter = "radius",
             .unit = "face widths",
             .identity = 0,
             .ladder = {.02, .04, .07, .12, .2},
             .tolerance = 0.01})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_defocus, shakedown::perturb::spec);
