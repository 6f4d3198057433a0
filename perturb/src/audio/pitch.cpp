// Another voice says the same in the same time: all frequencies multiplied, the duration kept. With `formants: keep`
// only the pitch moves, as when a speaker raises the voice; with `formants: move` the vocal tract shrinks or grows with
// it. Measured as the median, over the frames that are voiced in both sounds, of the ratio of their fundamentals.
#include <algorithm>
#include <cmath>
#include <memory>

#include "rubber_band.h"
#include "shakedown/media/audio.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class Pitch final : public Perturbation {
 public:
  struct Config : VoiceOptions {
    double semitones = 2;
    std::string formants = "keep";
  };

  explicit Pitch(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (config_.semitones == 0) return Effect::unchanged("0 semitones");
    if (sample.waveform->frames() == 0) return Effect::ineligible("no sound");
    const int direction = direction_of(config_, rng.stream("audio"));
    auto after =
        std::make_shared<Waveform>(stretch(*sample.waveform, {.pitch = std::exp2(direction * config_.semitones / 12),
                                                              .keep_formants = config_.formants == "keep",
                                                              .finer = config_.engine == "r3"}));
    if (after->pcm == sample.waveform->pcm) return Effect::unchanged("silence has no pitch");
    Effect effect;
    effect.touched = {{0, sample.waveform->seconds()}};
    effect.decisions = {direction};
    effect.measures["direction"] = direction;
    sample.waveform = std::move(after);
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const int rate = before.waveform->sample_rate_hz;
    const auto from = media::f0_track(media::to_mono(*before.waveform), rate);
    const auto to = media::f0_track(media::to_mono(*after.waveform), rate);
    std::vector<double> semitones;
    for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
      if (from[i] > 0 && to[i] > 0) semitones.push_back(12 * std::log2(to[i] / from[i]));
    }
    constexpr std::size_t kFewest = 3;
    if (semitones.size() < kFewest) return dose;  // a whisper has no pitch
    const auto middle = semitones.begin() + static_cast<std::ptrdiff_t>(semitones.size() / 2);
    std::nth_element(semitones.begin(), middle, semitones.end());
    dose.realised = dose.effective = std::abs(*middle);
    return dose;
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  Schema<Pitch> schema("audio.pitch", Modality::kAudio, "A higher or a lower voice says the same in the same time.");
  return declare_voice(schema, "higher")
      .number("semitones", &Pitch::Config::semitones, "semitones", {.min = 0, .max = 24}, "By how much.")
      .choice("formants", &Pitch::Config::formants, {"keep", "move"},
              "keep: the spectral envelope stays where it was; move: it moves with the pitch.")
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

SHAKEDOWN_PERTURBATION(audio_pitch, shakedown::perturb::spec);
