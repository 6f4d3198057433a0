// A longer or a shorter vocal tract says the same at the same pitch: all resonances of the voice are multiplied, the
// fundamental, the time and the mean square stay. A tract shorter by a sixth, as between adult men and women, is some
// 3 semitones up.
//
// Rubber Band's formant scale moves the envelope as it looks smoothed to some 650 Hz: the first resonances follow by
// a fifth to a half (docs/decisions.md has figures). The default engine therefore is this project's own, which follows
// the tops of the harmonics. Measured on the levels of the harmonics before and after, in frames voiced in both.
#include <algorithm>
#include <cmath>
#include <memory>

#include "channels.h"
#include "rubber_band.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/envelope.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

// R2 has no formant scale: the clip is read faster, which moves all of it, and pitch and length are taken back with the
// envelope preserved.
Waveform by_r2(const Waveform& sound, double factor) {
  constexpr int kGrain = 1000;
  const int from = static_cast<int>(std::lround(kGrain * sound.sample_rate_hz * factor));
  Waveform faster = each_channel(sound, [&](const std::vector<float>& mono) {
    auto shorter = media::resample(mono, from, kGrain * sound.sample_rate_hz);
    shorter.resize(std::max<std::size_t>(1, shorter.size()));
    return shorter;
  });
  const double back = static_cast<double>(sound.frames()) / static_cast<double>(faster.frames());
  return stretch(faster, {.duration = back, .pitch = 1 / factor, .keep_formants = true, .finer = false});
}

class Formant final : public Perturbation {
 public:
  struct Config : VoiceOptions {
    Config() { engine = "envelope"; }
    double semitones = 2;
  };

  explicit Formant(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Waveform& before = *sample.waveform;
    if (config_.semitones == 0) return Effect::unchanged("0 semitones");
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const double level = media::mean_square(before.pcm);
    if (level == 0) return Effect::unchanged("silence has no formants");
    const int direction = direction_of(config_, rng.stream("audio"));
    auto after = std::make_shared<Waveform>(moved(before, std::exp2(direction * config_.semitones / 12)));
    const double now = media::mean_square(after->pcm);
    const double gain = now > 0 ? std::sqrt(level / now) : 1;
    for (float& value : after->pcm) value = static_cast<float>(gain * static_cast<double>(value));
    if (after->pcm == before.pcm) return Effect::unchanged("too short to have formants");
    Effect effect;
    effect.touched = {{0, before.seconds()}};
    effect.decisions = {direction};
    effect.measures = {{"direction", direction}, {"gain_db", 20 * std::log10(gain)}};
    sample.waveform = std::move(after);
    return effect;
  }

  // NaN where nothing is voiced.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const auto ratio = media::envelope_ratio(media::to_mono(*before.waveform), media::to_mono(*after.waveform),
                                             before.waveform->sample_rate_hz);
    if (ratio) dose.realised = dose.effective = 12 * std::log2(*ratio) * effect.measures.at("direction");
    return dose;
  }

 private:
  [[nodiscard]] Waveform moved(const Waveform& sound, double factor) const {
    if (config_.engine == "r2") return by_r2(sound, factor);
    if (config_.engine == "r3") return stretch(sound, {.formants = factor});
    const auto f0_hz = media::f0_track(media::to_mono(sound), sound.sample_rate_hz);
    return each_channel(sound, [&](const std::vector<float>& mono) {
      return media::scale_envelope(mono, sound.sample_rate_hz, f0_hz, factor);
    });
  }

  Config config_;
};

PerturbationSpec spec() {
  Schema<Formant> schema("audio.formant", Modality::kAudio,
                         "A shorter or a longer vocal tract says the same at the same pitch and in the same time.");
  return declare_direction(schema, "higher resonances, a shorter tract")
      .source(
          "True envelope: A. Roebel and X. Rodet, DAFx 2005. Rubber Band Library 3, engines R3 (formant scale) and R2; "
          "C. Cannam, Particular Programs.")
      .choice(
          "engine", &Formant::Config::engine, {"envelope", "r3", "r2"},
          "envelope: all resonances move as asked; r3, r2: those of Rubber Band, which smooth the envelope first and "
          "move the lowest resonances by less.")
      .number("semitones", &Formant::Config::semitones, "semitones", {.min = 0, .max = 12},
              "By how much the resonances move: 12 log2 of their ratio.")
      .dose({.parameter = "semitones",
             .unit = "semitones",
             .identity = 0,
             .ladder = {1, 2, 3, 6, 9},
             .tolerance = 0.5,
             .valid_to = 2,
             .warps = true})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_formant, shakedown::perturb::spec);
