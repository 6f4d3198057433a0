// Desynchronisation: sound runs ahead of the picture or behind it by a fixed time. The clip keeps its length: what is
// shifted in is silence, what is shifted out is lost. The transcript and its word times stay those of the picture.
#include <algorithm>
#include <cmath>
#include <memory>

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

  // The shift next to the one drawn at which the sound after agrees best with the one before.
  Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied || !before.waveform || !after.waveform) return dose;
    const auto &a = before.waveform->pcm, &b = after.waveform->pcm;
    const auto channels = static_cast<std::size_t>(before.waveform->channels);
    const auto drawn = effect.decisions.back();
    double best = -1, at = 0;
    const auto error = [&](std::int64_t shift) {
      const auto values = static_cast<std::size_t>(std::abs(shift)) * channels;
      double sum = 0, power = 0;
      for (std::size_t i = 0; i + values < std::min(a.size(), b.size()); ++i) {
        const double x = shift > 0 ? a[i] : a[i + values], y = shift > 0 ? b[i + values] : b[i];
        sum += (x - y) * (x - y);
        power += x * x;
      }
      return power > 0 ? sum / power : 2.0;
    };
    for (std::int64_t shift = drawn - 8; shift <= drawn + 8; ++shift) {
      const double here = error(shift);
      if (best < 0 || here < best) best = here, at = static_cast<double>(shift);
    }
    dose.realised = dose.effective = std::abs(at) * 1e3 / before.waveform->sample_rate_hz;
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
