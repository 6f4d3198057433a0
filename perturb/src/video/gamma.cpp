// Gamma: the transfer curve of camera and display do not match. Displayed values are raised to a power: black and white
// stay, what is between gets darker, or lighter with the inverse.
#include <cmath>

#include "direction.h"
#include "frames.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "tones.h"

namespace shakedown::perturb {
namespace {

class Gamma final : public Perturbation {
 public:
  struct Config {
    double exponent = 1.5;
    std::string direction = "random";
  };

  explicit Gamma(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (config_.exponent == 1) return Effect::unchanged("exponent 1");
    const int sign = direction_of(config_.direction, rng.stream("video"));
    const double exponent = sign > 0 ? 1 / config_.exponent : config_.exponent;
    const Codes codes = codes_of([&](double code) { return 255 * std::pow(code / 255, exponent); });
    Effect effect = change_frames(sample, [&](std::size_t i) {
      return with_tones(*sample.clip->frames[i], {codes, codes, codes});
    });
    effect.decisions = {sign};
    return effect;
  }

  // log(out) over log(in), over values far enough from black and white for a ratio of logarithms.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    double in = 0, out = 0;
    const Response seen = response(*before.clip, *after.clip);
    for (const auto& channel : seen.channels) {
      for (std::size_t code = 8; code < 240; ++code) {
        if (channel[code].count == 0 || channel[code].code < 4) continue;
        in += channel[code].count * std::log(static_cast<double>(code) / 255);
        out += channel[code].count * std::log(channel[code].code / 255);
      }
    }
    if (in < 0) dose.realised = dose.effective = effect.decisions.back() > 0 ? in / out : out / in;
    return dose;
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  return Schema<Gamma>("video.gamma", Modality::kVideo,
                       "The transfer curves of camera and display do not match: mid-tones get darker or lighter, black "
                       "and white stay.")
      .source(
          "Gamma on displayed values, as common tools do it; Buslaev et al., Albumentations, Information 11(2), 2020.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("exponent", &Gamma::Config::exponent, "", {.min = 1, .max = 10},
              "Power of displayed values, or its inverse.")
      .choice("direction", &Gamma::Config::direction, {"random", "up", "down"},
              "up: lighter, 1 / exponent; down: darker; random: drawn once a clip.")
      .dose({.parameter = "exponent",
             .unit = "exponent",
             .scale = DoseSpec::Scale::kLog,
             .identity = 1,
             .ladder = {1.25, 1.5, 2, 2.5, 3},
             .tolerance = 0.05})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_gamma, shakedown::perturb::spec);
