// Motion blur: the camera or the head moves while the shutter is open. The light of the exposure adds up, so
// all of it happens in linear light; one movement is drawn for the whole clip.
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

#include "exposure.h"
#include "fit.h"
#include "frames.h"
#include "motion_kernel.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class MotionBlur final : public Perturbation {
 public:
  struct Config {
    double length = 0.1;
    std::string kind = "linear";
    std::string angle = "random";
    double speed = 1.25;
  };

  explicit MotionBlur(const Config& config) : config_(config) {
    if (config.angle == "random") return;
    const auto angle = parse_number(config.angle);
    if (!angle || !(std::abs(*angle) <= 180)) {
      throw Error(ErrorKind::kUsage, "angle: '" + config.angle + "' is neither 'random' nor a number from -180 to 180");
    }
    if (config.kind != "linear") {
      throw Error(ErrorKind::kUsage, "angle: only used by 'kind: linear', not by 'kind: " + config.kind + "'");
    }
    given_angle_ = std::lround(*angle * kAngleUnits);
  }

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (config_.length == 0) return Effect::unchanged("length 0");
    return config_.kind == "temporal" ? expose(sample) : move(sample, rng.stream("video"));
  }

  // The length of the same movement that best turns the middle frame before into the one after.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    const auto& frames = before.clip->frames;
    if (effect.state != State::kApplied || frames.empty()) return dose;
    const std::size_t middle = frames.size() / 2;
    const auto sharp = [&](std::size_t i) -> const Image& { return *frames[i]; };
    const Image& blurred = *after.clip->frames.at(middle);
    double per_unit = 1;
    std::function<Image(const Crop&, double)> blur;
    if (config_.kind == "temporal") {
      per_unit = frames_per_length(*before.clip);
      blur = [&](const Crop& crop, double exposure) {
        const auto reach = static_cast<std::size_t>(std::ceil(exposure / 2)) + 1;
        const std::size_t first = middle - std::min(middle, reach);
        Clip cropped;
        for (std::size_t i = first; i < std::min(frames.size(), middle + reach + 1); ++i) {
          const bool fits = frames[i]->width == sharp(middle).width && frames[i]->height == sharp(middle).height;
          cropped.frames.push_back(std::make_shared<const Image>(crop.of(sharp(fits ? i : middle))));
        }
        return exposed_frame(cropped, middle - first, exposure);
      };
    } else {
      per_unit = effect.measures.at("face_width_px");
      const auto path = path_of(effect.decisions);
      blur = [&, path](const Crop& crop, double length) {
        const Kernel kernel = motion_kernel(path, length);
        const Crop around = crop.grown(kernel.radius, sharp(middle));
        return crop.relative_to(around).of(convolve(around.of(sharp(middle)), kernel));
      };
    }
    const auto fitted = fit_scale(sharp(middle), blurred, config_.length * per_unit, blur);
    if (fitted) dose.realised = dose.effective = *fitted / per_unit;
    return dose;
  }

 private:
  static constexpr double kAngleUnits = 100;  // decisions are whole: hundredths of a degree
  static constexpr std::uint64_t kShakeSteps = 7;

  Effect move(Sample& sample, const Stream& stream) const {
    const double face = sample.faces ? sample.faces->median_width() : 0;
    if (!(face > 0)) return Effect::skipped("no face found in any frame");
    Effect effect;
    effect.decisions = draw(stream);
    effect.measures = {{"face_width_px", face}, {"length_px", config_.length * face}};
    if (config_.kind == "linear") {
      effect.measures["angle_degrees"] = static_cast<double>(effect.decisions.front()) / kAngleUnits;
    }
    const Kernel kernel = motion_kernel(path_of(effect.decisions), config_.length * face);
    return replace(sample, std::move(effect), [&](std::size_t i) { return convolve(*sample.clip->frames[i], kernel); });
  }

  Effect expose(Sample& sample) const {
    const double exposure = config_.length * frames_per_length(*sample.clip);
    Effect effect;
    effect.measures = {{"exposure_frames", exposure}};
    return replace(sample, std::move(effect), [&](std::size_t i) { return exposed_frame(*sample.clip, i, exposure); });
  }

  static Effect replace(Sample& sample, Effect effect, const std::function<Image(std::size_t)>& blurred) {
    Effect changed = change_frames(sample, blurred, "nothing in the frames that movement could blur");
    if (changed.state != State::kApplied) return changed;
    effect.touched = changed.touched;
    effect.measures.insert(changed.measures.begin(), changed.measures.end());
    return effect;
  }

  [[nodiscard]] double frames_per_length(const Clip& clip) const { return clip.fps / config_.speed; }

  // Whole numbers, from which the path is computed: the same on every machine.
  [[nodiscard]] std::vector<std::int64_t> draw(const Stream& stream) const {
    if (config_.kind == "linear") {
      constexpr std::uint64_t kHalfTurn = 18000;  // a line has no direction
      return {given_angle_ ? *given_angle_ : static_cast<std::int64_t>(stream.below(kHalfTurn, 0))};
    }
    std::vector<std::int64_t> steps;
    for (std::uint64_t i = 0; i < 2 * kShakeSteps; ++i) {
      steps.push_back(static_cast<std::int64_t>(stream.below(2001, 1, i)) - 1000);
    }
    return steps;
  }

  [[nodiscard]] std::vector<Point> path_of(const std::vector<std::int64_t>& drawn) const {
    if (config_.kind == "linear") return line_path(static_cast<double>(drawn.front()) / kAngleUnits);
    std::vector<Point> steps;
    for (std::size_t i = 0; i + 1 < drawn.size(); i += 2) {
      steps.push_back({static_cast<double>(drawn[i]), static_cast<double>(drawn[i + 1])});
    }
    return shake_path(steps);
  }

  Config config_;
  std::optional<std::int64_t> given_angle_;
};

PerturbationSpec spec() {
  return Schema<MotionBlur>("video.motion_blur", Modality::kVideo,
                            "The camera or the head moves while the shutter is open. One movement for the whole clip, "
                            "its length in widths of the face, added up in linear light.")
      .source(
          "Camera-shake paths: Boracchi and Foi, IEEE TIP 21(8), 2012 (smooth random paths); temporal: "
          "Yi et al., Kinetics-C, NeurIPS 2021, here in linear light and with the frame count kept.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .needs([](const MotionBlur::Config& config) { return Needs{.faces = config.kind != "temporal"}; })
      .number("length", &MotionBlur::Config::length, "face widths", {.min = 0, .max = 2},
              "Length of the movement during an exposure; for a shake path that of the straight line that spreads "
              "a point as far (equal second moment).")
      .choice("kind", &MotionBlur::Config::kind, {"linear", "shake", "temporal"},
              "linear: a straight line; shake: a smooth random path; temporal: neighbouring frames run into each "
              "other, moving things blur and still ones stay sharp.")
      .text("angle", &MotionBlur::Config::angle,
            "linear: degrees clockwise from the horizontal, or 'random': drawn once a clip.")
      .number("speed", &MotionBlur::Config::speed, "face widths/s", {.min = 0.01, .max = 100},
              "temporal: the exposure lasts as long as a movement of this speed needs for `length`.")
      .dose({.parameter = "length",
             .unit = "face widths",
             .identity = 0,
             .ladder = {.05, .1, .2, .35, .5},
             .tolerance = 0.02,
             .valid_to = 0.2})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_motion_blur, shakedown::perturb::spec);
