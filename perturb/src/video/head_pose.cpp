// Head pose: the head is turned away from the camera. The face is laid on a head of standard proportions, turned and
// seen again: what turns away is hidden, what comes round is continued from beside it; the background stays.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>

#include "direction.h"
#include "fit.h"
#include "frames.h"
#include "head_view.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class HeadPose final : public Perturbation {
 public:
  struct Config {
    double degrees = 30;
    std::string axis = "yaw";
    std::string direction = "random";
    std::string motion = "held";
  };

  explicit HeadPose(const Config& config)
      : config_(config),
        axis_(config.axis == "yaw"     ? Rotation::Axis::kYaw
              : config.axis == "pitch" ? Rotation::Axis::kPitch
                                       : Rotation::Axis::kRoll) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Clip& clip = *sample.clip;
    if (clip.frames.empty()) return Effect::ineligible("no frames");
    if (config_.degrees == 0) return Effect::unchanged("0 degrees");
    const auto heads = heads_of(sample);
    if (heads.empty()) return Effect::skipped("no face found in any frame");
    const int sign = direction_of(config_.direction, rng.stream("video"));
    std::map<double, HeadView> views;  // of a held pose there is one
    const int resolution = resolution_for(heads);
    Effect effect = change_frames(sample, [&](std::size_t i) -> std::optional<Image> {
      const auto head = heads.find(i);
      if (head == heads.end()) return std::nullopt;
      const double angle = sign * angle_at(i, clip.frames.size());
      const auto view = views.try_emplace(angle, Rotation(axis_, angle), resolution).first;
      return view->second.over(*clip.frames[i], head->second);
    });
    effect.decisions = {sign};
    effect.measures["frames_without_face"] = static_cast<double>(clip.frames.size() - heads.size());
    return effect;
  }

  // The angle at which the same frame comes nearest to what came out, where the face is turned most.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const auto heads = heads_of(before);
    const std::size_t frames = before.clip->frames.size();
    if (heads.empty()) return dose;
    const auto fuller = [&](const auto& a, const auto& b) {
      return angle_at(a.first, frames) < angle_at(b.first, frames);
    };
    const auto [index, head] = *std::max_element(heads.begin(), heads.end(), fuller);
    const Image& sharp = *before.clip->frames[index];
    const int sign = static_cast<int>(effect.decisions.back());
    const Crop face = around(head, sharp);
    const HeadFrame inside{head.x - face.x, head.y - face.y, head.unit};
    const Image cropped = face.of(sharp);
    const double share = angle_at(index, frames) / config_.degrees;
    const auto turned = [&](const Crop& crop, double degrees) {
      return crop.of(HeadView(Rotation(axis_, sign * degrees), kMeasuring).over(cropped, inside));
    };
    const auto fitted =
        fit_scale(cropped, face.of(*after.clip->frames.at(index)), share * config_.degrees, turned, kCandidates);
    if (fitted) dose.realised = dose.effective = *fitted / share;
    return dose;
  }

 private:
  static constexpr int kCandidates = 6;                 // of angles to begin with: faces have two eyes
  static constexpr int kFinest = 128, kMeasuring = 32;  // places a head unit

  using Heads = std::map<std::size_t, HeadFrame>;
  static Heads heads_of(const Sample& sample) {
    Heads heads;
    if (!sample.faces) return heads;
    const std::size_t count = std::min(sample.faces->boxes.size(), sample.clip->frames.size());
    for (std::size_t i = 0; i < count; ++i) {
      const auto& box = sample.faces->boxes[i];
      const auto head = box ? HeadFrame::of(*box) : std::nullopt;
      const Image& image = *sample.clip->frames[i];
      if (head && head->x > 0 && head->y > 0 && head->x < image.width && head->y < image.height) heads[i] = *head;
    }
    return heads;
  }

  static int resolution_for(const Heads& heads) {
    double largest = 1;
    for (const auto& [frame, head] : heads) largest = std::max(largest, head.unit);
    return static_cast<int>(std::clamp(std::ceil(largest), 16.0, double{kFinest}));
  }

  static Crop around(const HeadFrame& head, const Image& image) {
    const auto clipped = [](double value, int size) { return static_cast<int>(std::clamp(value, 0.0, double(size))); };
    const int left = clipped(head.x - head.unit, image.width), top = clipped(head.y - head.unit, image.height);
    return {left, top, clipped(head.x + head.unit, image.width) - left,
            clipped(head.y + head.unit, image.height) - top};
  }

  // Held, or turned away and back once over the clip.
  [[nodiscard]] double angle_at(std::size_t frame, std::size_t frames) const {
    if (config_.motion == "held") return config_.degrees;
    const double time = (static_cast<double>(frame) + 0.5) / static_cast<double>(frames);
    return config_.degrees * 0.5 * (1 - std::cos(2 * std::numbers::pi * time));
  }

  Config config_;
  Rotation::Axis axis_;
};

PerturbationSpec spec() {
  const auto dose = [](std::vector<double> ladder) {
    return DoseSpec{.parameter = "degrees",
                    .unit = "degrees",
                    .identity = 0,
                    .ladder = std::move(ladder),
                    .tolerance = 1,
                    .valid_to = 45};
  };
  return Schema<HeadPose>("video.head_pose", Modality::kVideo,
                          "The head is turned away from the camera: left or right, up or down, or tilted. The face "
                          "turns on a head of standard proportions with a nose that hides what is behind it; the "
                          "background stays.")
      .source(
          "Rotation of a fitted face model: Zhu et al., 300W-LP, CVPR 2016; proportions: ISO/TR 7250-2. The proxy, "
          "its hole filling and the ladder: this project.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .needs({.faces = true})
      .number("degrees", &HeadPose::Config::degrees, "degrees", {.min = 0, .max = 75},
              "Rotation added to the pose that the head has.")
      .choice("axis", &HeadPose::Config::axis, {"yaw", "pitch", "roll"},
              "yaw: to the side; pitch: up or down; roll: tilted towards a shoulder.")
      .choice("direction", &HeadPose::Config::direction, {"random", "up", "down"},
              "up: to the right of the picture, upwards, clockwise; down: the other way; random: drawn once a clip.")
      .choice("motion", &HeadPose::Config::motion, {"held", "turning"},
              "held: the same pose in every frame; turning: away and back once over the clip, the dose at the middle.")
      .dose(dose({10, 20, 30, 45, 60}))
      .dose_when("axis", "pitch", dose({5, 10, 15, 25, 35}))
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_head_pose, shakedown::perturb::spec);
