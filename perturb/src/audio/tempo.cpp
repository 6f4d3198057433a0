// Somebody speaks faster or slower, at the same pitch. Word times follow the sound, and so does the frame rate of the
// pictures (`sync: follow`), so that all three stay together; features of the pictures have no clock that could follow
// and are left as they are. With `sync: keep` words and pictures keep their own time: by the end of the clip they are
// `desync_s` apart.
#include <algorithm>
#include <cmath>
#include <memory>

#include "rubber_band.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

// Words and frames at `ratio` times their time. The text and the pictures themselves stay.
void retime(Sample& sample, double ratio) {
  if (sample.transcript && !sample.transcript->times.empty()) {
    auto transcript = std::make_shared<Transcript>(*sample.transcript);
    for (auto& word : transcript->times) word.start_s *= ratio, word.end_s *= ratio;
    sample.transcript = std::move(transcript);
  }
  if (sample.clip) sample.clip = std::make_shared<Clip>(Clip{sample.clip->frames, sample.clip->fps / ratio});
}

class Tempo final : public Perturbation {
 public:
  struct Config : VoiceOptions {
    double factor = 1.25;
    std::string sync = "follow";
  };

  explicit Tempo(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Waveform& before = *sample.waveform;
    if (config_.factor == 1) return Effect::unchanged("a factor of 1");
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const int direction = direction_of(config_, rng.stream("audio"));
    auto after = std::make_shared<Waveform>(
        stretch(before, {.duration = std::pow(config_.factor, -direction), .finer = config_.engine == "r3"}));
    const auto frames = static_cast<double>(before.frames());
    const double ratio = static_cast<double>(after->frames()) / frames;
    if (after->pcm == before.pcm) return Effect::unchanged("too short to change");
    if (after->pcm.empty()) return Effect::skipped("nothing would be left of so short a sound");

    Effect effect;
    effect.touched = {{0, before.seconds()}};
    effect.decisions = {direction};
    const double drift = std::abs(ratio - 1) * before.seconds();
    const bool follows = config_.sync == "follow";
    effect.measures = {{"direction", direction},
                       {"length_ratio", ratio},
                       {"desync_s", follows && !sample.vision_features ? 0 : drift}};
    if (follows) retime(sample, ratio);
    sample.waveform = std::move(after);
    return effect;
  }

  // Of the whole clips: what a model takes of both may be equally long.
  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const double ratio = effect.measures.at("length_ratio");
    dose.realised = dose.effective = std::max(ratio, 1 / ratio);
    return dose;
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  Schema<Tempo> schema("audio.tempo", Modality::kAudio, "Somebody speaks faster or slower, at the same pitch.");
  return declare_voice(schema, "faster")
      .number("factor", &Tempo::Config::factor, "times", {.min = 1, .max = 4}, "How many times as fast, or as slow.")
      .choice("sync", &Tempo::Config::sync, {"follow", "keep"},
              "follow: word times and frame rate change with the sound; keep: they do not, and drift away from it.")
      .dose({.parameter = "factor",
             .unit = "times",
             .scale = DoseSpec::Scale::kLog,
             .identity = 1,
             .ladder = {1.1, 1.25, 1.5, 1.75, 2},
             .tolerance = 0.005,
             .valid_to = 1.25,
             .warps = true})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_tempo, shakedown::perturb::spec);
