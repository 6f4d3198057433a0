// Desynchronisation: sound runs ahead of the picture or behind it by a fixed time. The clip keeps its length: what is
// shifted in is silence, what is shifted out is lost. The transcript and its word times stay those of the picture.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "cross/lag.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "video/direction.h"

namespace shakedown::perturb {
namespace {

class Desync final : public Perturbation {
 public:
  struct Config {
    double ms = 90;
    std::string direction = "random";
  };

  explicit Desync(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Waveform& before = *sample.waveform;
    if (before.frames() == 0) return Effect::ineligible("no sound");
    if (config_.ms == 0) return Effect::unchanged("0 ms");
    const auto shift = static_cast<std::size_t>(std::llround(config_.ms * 1e-3 * before.sample_rate_hz));
    if (shift >= before.frames()) return Effect::skipped("the sound is shorter than the shift");
    if (shift == 0) return Effect::skipped("less than one sample");
    const int sign = direction_of(config_.direction, rng.stream("shared"));
    Waveform after = before;
    const auto values = static_cast<std::ptrdiff_t>(shift * static_cast<std::size_t>(before.channels));
    std::fill(after.pcm.begin(), after.pcm.end(), 0.0F);
    if (sign > 0) {
      std::copy(before.pcm.begin(), before.pcm.end() - values, after.pcm.begin() + values);
    } else {
      std::copy(before.pcm.begin() + values, before.pcm.end(), after.pcm.begin());
    }
    Effect effect;
    effect.decisions = {sign * static_cast<std::int64_t>(shift)};
    if (after.pcm == before.pcm) {
      effect.state = State::kUnchanged;
      effect.reason = "silence stays silence";
      return effect;
    }
    effect.touched = {{0, before.seconds()}};
    sample.waveform = std::make_shared<const Waveform>(std::move(after));
    return effect;
  }

  // The shift at which the sound before comes nearest to the one after.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied || !before.waveform || !after.waveform) return dose;
    if (const auto lag = lag_between(*before.waveform, *after.waveform))
      dose.realised = dose.effective = static_cast<double>(std::abs(*lag)) * 1e3 / before.waveform->sample_rate_hz;
    return dose;
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  return Schema<Desync>("cross.desync", Modality::kCross, "Sound and picture are out of step by a fixed time.")
      .source("Detectability and acceptability of lip-sync errors: ITU-R BT.1359-1 (+45, -125 ms; +90, -185 ms).")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("ms", &Desync::Config::ms, "ms", {.min = 0, .max = 10000}, "Time between sound and picture.")
      .choice("direction", &Desync::Config::direction, {"random", "up", "down"},
              "up: sound comes late; down: early; random: drawn once a clip.")
      .dose({.parameter = "ms",
             .unit = "ms",
             .identity = 0,
             .ladder = {45, 90, 185, 370, 740},
             .displaces = true,
             .tolerance = 0.1,
             .valid_to = 185})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(cross_desync, shakedown::perturb::spec);
