// Shadow: leaves, blinds or people between the lamp and the scene. Soft patches of shadow move over the picture; in
// every frame they cover the share of it that was asked for.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "frames.h"
#include "linear_light.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "tones.h"

namespace shakedown::perturb {
namespace {

class Shadow final : public Perturbation {
 public:
  struct Config {
    double coverage = 0.3;
    double stops = -2;
    double speed = 0.2;
  };

  explicit Shadow(const Config& config) : config_(config) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Clip& clip = *sample.clip;
    if (clip.frames.empty()) return Effect::ineligible("no frames");
    if (config_.coverage == 0) return Effect::unchanged("nothing is covered");
    Effect effect;
    const Waves waves = drawn(rng.stream("video"), effect.decisions);
    Effect changed = change_frames(
        sample,
        [&](std::size_t i) {
          const Image& image = *clip.frames[i];
          const double time = static_cast<double>(i) / clip.fps;
          const double edge = edge_of(waves, image, time);
          const double dark = std::exp2(config_.stops);
          return lit(image, [&](int x, int y) {
            const double depth = std::clamp((edge - height(waves, image, x, y, time)) / kPenumbra + 0.5, 0.0, 1.0);
            return static_cast<float>(std::lerp(1.0, dark, depth * depth * (3 - 2 * depth)));
          });
        },
        "there is no light to take away");
    changed.decisions = std::move(effect.decisions);
    return changed;
  }

  // Share of the pixels that are nearer to full shadow than to full light, the penumbra's middle between them.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const double middle = 0.5 * (1 + std::exp2(config_.stops));
    double pixels = 0, dark = 0;
    const auto& frames = before.clip->frames;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const auto &a = frames[i]->pixels, &b = after.clip->frames.at(i)->pixels;
      for (std::size_t k = 0; k + 2 < a.size(); k += 3) {
        const auto light = [&](const std::vector<std::uint8_t>& p) {
          return linear_table()[p[k]] + linear_table()[p[k + 1]] + linear_table()[p[k + 2]];
        };
        const double was = light(a);
        if (was < kTooDark) continue;
        ++pixels;
        if (light(b) < middle * was) ++dark;
      }
    }
    if (pixels > 0) dose.realised = dose.effective = dark / pixels;
    return dose;
  }

 private:
  static constexpr double kPenumbra = 0.5, kTooDark = 0.01;

  // Three waves across the picture whose sum is the landscape that the shadow fills from below.
  struct Wave {
    double across = 0, down = 0, phase = 0, speed = 0;  // cycles a picture width, cycles, cycles a second
  };
  using Waves = std::vector<Wave>;

  [[nodiscard]] Waves drawn(const Stream& stream, std::vector<std::int64_t>& decisions) const {
    Waves waves;
    for (std::uint64_t i = 0; i < 3; ++i) {
      const auto angle = static_cast<std::int64_t>(stream.below(36000, i, 0));
      const auto phase = static_cast<std::int64_t>(stream.below(1000, i, 1));
      decisions.insert(decisions.end(), {angle, phase});
      const double radians = static_cast<double>(angle) / 18000 * std::numbers::pi;
      const double cycles = 0.7 + 0.4 * static_cast<double>(i);
      waves.push_back({cycles * std::cos(radians), cycles * std::sin(radians), static_cast<double>(phase) / 1000,
                       config_.speed * cycles});
    }
    return waves;
  }

  static double height(const Waves& waves, const Image& image, double x, double y, double time) {
    double sum = 0;
    for (const Wave& wave : waves) {
      const double place = (wave.across * x + wave.down * y) / image.width + wave.phase - wave.speed * time;
      sum += std::sin(2 * std::numbers::pi * place);
    }
    return sum;
  }

  // The height below which the asked share of the picture lies.
  [[nodiscard]] double edge_of(const Waves& waves, const Image& image, double time) const {
    constexpr int kSteps = 48;
    std::vector<double> heights;
    for (int row = 0; row < kSteps; ++row) {
      for (int column = 0; column < kSteps; ++column) {
        heights.push_back(height(waves, image, image.width * (column + 0.5) / kSteps - 0.5,
                                 image.height * (row + 0.5) / kSteps - 0.5, time));
      }
    }
    const auto rank = static_cast<std::ptrdiff_t>(config_.coverage * static_cast<double>(heights.size() - 1));
    std::nth_element(heights.begin(), heights.begin() + rank, heights.end());
    return heights[static_cast<std::size_t>(rank)];
  }

  Config config_;
};

PerturbationSpec spec() {
  return Schema<Shadow>(
             "video.shadow", Modality::kVideo,
             "Soft shadows move over the picture, as of leaves or passers-by, and cover a fixed share of it.")
      .source(
          "Shadows as augmentation: Buslaev et al., Albumentations, 2020; moving, soft, of declared coverage and in "
          "linear light: this project.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("coverage", &Shadow::Config::coverage, "of the picture", {.min = 0, .max = 1},
              "Share of each frame that lies in shadow.")
      .number("stops", &Shadow::Config::stops, "stops", {.min = -10, .max = -0.1},
              "Light in full shadow against outside.")
      .number("speed", &Shadow::Config::speed, "picture widths/s", {.min = 0, .max = 10}, "How fast shadows move.")
      .dose({.parameter = "coverage",
             .unit = "of the picture",
             .identity = 0,
             .ladder = {.1, .2, .3, .5, .7},
             .tolerance = 0.03})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_shadow, shakedown::perturb::spec);
