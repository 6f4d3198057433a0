// Side light: one lamp to the side of the head and little light from elsewhere, so that half of the face falls into
// shadow. Light falls on the head by Lambert's law over the normals of the standard head.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "direction.h"
#include "frame_loss.h"
#include "frames.h"
#include "head_proxy.h"
#include "linear_light.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "tones.h"

namespace shakedown::perturb {
namespace {

class SideLight final : public Perturbation {
 public:
  struct Config {
    double ratio = 8;
    std::string direction = "random";
  };

  explicit SideLight(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const auto& frames = sample.clip->frames;
    if (frames.empty()) return Effect::ineligible("no frames");
    if (config_.ratio == 1) return Effect::unchanged("ratio 1");
    const auto with_face = frames_with_face(sample);
    if (count_eligible(with_face) == 0) return Effect::skipped("no face found in any frame");
    const int side = direction_of(config_.direction, rng.stream("video"));
    Effect effect = change_frames(sample, [&](std::size_t i) -> std::optional<Image> {
      if (!with_face[i]) return std::nullopt;
      const HeadFrame head = *HeadFrame::of(*sample.faces->boxes[i]);
      return lit(*frames[i], [&](int x, int y) {
        return static_cast<float>(gain((x + 0.5 - head.x) / head.unit, (y + 0.5 - head.y) / head.unit, side));
      });
    });
    effect.decisions = {side};
    effect.measures["frames_without_face"] = static_cast<double>(with_face.size() - count_eligible(with_face));
    return effect;
  }

  // Light kept where the lamp shines full on the face over light kept where it does not reach.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const auto with_face = frames_with_face(before);
    const int side = static_cast<int>(effect.decisions.back());
    double key_was = 0, key_is = 0, fill_was = 0, fill_is = 0;
    for (std::size_t i = 0; i < with_face.size(); ++i) {
      if (!with_face[i]) continue;
      const HeadFrame head = *HeadFrame::of(*before.faces->boxes[i]);
      const Image &a = *before.clip->frames[i], &b = *after.clip->frames.at(i);
      std::size_t at = 0;
      for (int y = 0; y < a.height; ++y) {
        for (int x = 0; x < a.width; ++x, at += 3) {
          const double u = (x + 0.5 - head.x) / head.unit, v = (y + 0.5 - head.y) / head.unit;
          if (head::eccentricity(u, v) > 0.95) continue;
          const double share = received(u, v, side);
          double& was = share > 0.97 ? key_was : fill_was;
          double& is = share > 0.97 ? key_is : fill_is;
          if (share > 0 && share <= 0.97) continue;
          for (std::size_t c = at; c < at + 3; ++c) {
            was += linear_table()[a.pixels[c]];
            is += linear_table()[b.pixels[c]];
          }
        }
      }
    }
    const double ratio = (key_is / key_was) / (fill_is / fill_was);
    if (std::isfinite(ratio)) dose.realised = dose.effective = ratio;
    return dose;
  }

 private:
  static constexpr double kAzimuth = 65, kElevation = 15;  // of the lamp, degrees

  // Share of the lamp's light that the head receives at a place, 0 to 1.
  static double received(double x, double y, int side) {
    static const double kAcross =
        std::sin(kAzimuth * std::numbers::pi / 180) * std::cos(kElevation * std::numbers::pi / 180);
    static const double kUp = std::sin(kElevation * std::numbers::pi / 180);
    static const double kAlong =
        std::cos(kAzimuth * std::numbers::pi / 180) * std::cos(kElevation * std::numbers::pi / 180);
    const Vector3 n = head::normal(x, y);
    return std::max(0.0, side * kAcross * n.x - kUp * n.y + kAlong * n.z);
  }

  // Full light is 1. Beside the head, the light on its outline runs out into that of the scene.
  [[nodiscard]] double gain(double x, double y, int side) const {
    constexpr double kOutline = 0.97, kReach = 1.0;
    const double fill = 1 / config_.ratio, e = head::eccentricity(x, y);
    const auto on_head = [&](double u, double v) { return fill + (1 - fill) * received(u, v, side); };
    if (e <= kOutline) return on_head(x, y);
    const double inside = kOutline / e;
    const double rim =
        on_head(head::kCentre.x + inside * (x - head::kCentre.x), head::kCentre.y + inside * (y - head::kCentre.y));
    const double t = std::clamp((e - kOutline) / kReach, 0.0, 1.0);
    return std::lerp(rim, 1.0, t * t * (3 - 2 * t));
  }

  Config config_;
};

PerturbationSpec spec() {
  return Schema<SideLight>("video.side_light", Modality::kVideo,
                           "A lamp from the side: one half of the face is lit, the other falls into shadow.")
      .source("Key-to-fill ratio of studio lighting; Lambert's law over the normals of a standard head: this project.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .needs({.faces = true})
      .number("ratio", &SideLight::Config::ratio, "key:fill", {.min = 1, .max = 100},
              "Light where the lamp shines over light where it does not.")
      .choice("direction", &SideLight::Config::direction, {"random", "up", "down"},
              "up: lit from the right of the picture; down: from the left; random: drawn once a clip.")
      .dose({.parameter = "ratio",
             .unit = "key:fill",
             .scale = DoseSpec::Scale::kLog,
             .identity = 1,
             .ladder = {2, 4, 8, 16, 32},
             .tolerance = 3})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_side_light, shakedown::perturb::spec);
