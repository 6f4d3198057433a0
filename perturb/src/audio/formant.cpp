// Another vocal tract says the same at the same pitch: the spectral envelope moves along the frequency axis while the
// harmonics stay. A tract a sixth shorter moves the formants up by three semitones; from an adult man to a child it is
// six. R3 moves the envelope directly; R2 cannot, and shifts the voice there with its formants and back without them.
#include <cmath>
#include <memory>

#include "rubber_band.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class Formant final : public Perturbation {
 public:
  struct Config : VoiceOptions {
    double semitones = 2;
  };

  explicit Formant(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Waveform& before = *sample.waveform;
    if (config_.semitones == 0) return Effect::unchanged("0 semitones");
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const int direction = direction_of(config_, rng.stream("audio"));
    auto after = std::make_shared<Waveform>(moved(before, std::exp2(direction * config_.semitones / 12)));
    if (after->pcm == before.pcm) return Effect::unchanged("silence has no formants");
    Effect effect;
    effect.touched = {{0, before.seconds()}};
    effect.decisions = {direction};
    effect.measures["direction"] = direction;
    sample.waveform = std::move(after);
    return effect;
  }

  // An envelope has no position that any clip would show; what the engine was set to is reported, and tests measure
  // it on vowels.
  Dose measure(const Sample&, const Sample&, const Effect& effect) const override {
    Dose dose;
    if (effect.state == State::kApplied) dose.realised = dose.effective = config_.semitones;
    return dose;
  }

 private:
  [[nodiscard]] Waveform moved(const Waveform& sound, double factor) const {
    if (config_.engine == "r3") return stretch(sound, {.formants = factor});
    const Waveform there = stretch(sound, {.pitch = factor, .finer = false});
    return stretch(there, {.pitch = 1 / factor, .keep_formants = true, .finer = false});
  }

  Config config_;
};

PerturbationSpec spec() {
  Schema<Formant> schema("audio.formant", Modality::kAudio, "Another vocal tract says the same at the same pitch.");
  return declare_voice(schema, "a shorter tract")
      .number("semitones", &Formant::Config::semitones, "semitones", {.min = 0, .max = 12},
              "How far the spectral envelope moves.")
      .dose({.parameter = "semitones",
             .unit = "semitones",
             .identity = 0,
             .ladder = {1, 2, 3, 6, 9},
             .tolerance = 0.05,
             .valid_to = 2,
             .warps = true})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_formant, shakedown::perturb::spec);
