// The whole clip is louder or softer by so many decibels: a microphone that is too far away, a recording level that
// is not set. The shape of the wave stays; what goes beyond full scale stays too, in float, and its share is
// counted (`over_full_scale`), unless `clip: true` cuts it off as a recorder would.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>

#include "level.h"
#include "shakedown/core/clones.h"
#include "shakedown/media/audio.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

// to = factor * from, and how many of that are beyond full scale.
SHAKEDOWN_CLONES std::uint32_t scale(const float* from, std::size_t n, float factor, float* to) {
  std::uint32_t over = 0;
  for (std::size_t i = 0; i < n; ++i) {
    to[i] = factor * from[i];
    over += static_cast<std::uint32_t>(std::abs(to[i]) > 1.0F);
  }
  return over;
}

class Gain final : public Perturbation {
 public:
  struct Config {
    double gain_db = -12;
    bool clip = false;
  };

  explicit Gain(Config config) : config_(config) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    const Waveform& before = *sample.waveform;
    if (config_.gain_db == 0) return Effect::unchanged("a gain of 0 dB");
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const auto factor = static_cast<float>(std::pow(10, config_.gain_db / 20));
    auto after = std::make_shared<Waveform>(Waveform{{}, before.channels, before.sample_rate_hz});
    after->pcm.reserve(before.pcm.size());
    std::array<float, 2048> block{};  // stays in the processor's first cache
    std::size_t over = 0;
    for (std::size_t begin = 0; begin < before.pcm.size(); begin += block.size()) {
      const std::size_t size = std::min(block.size(), before.pcm.size() - begin);
      over += scale(before.pcm.data() + begin, size, factor, block.data());
      after->pcm.insert(after->pcm.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
    }
    if (config_.clip && over > 0) {
      for (float& value : after->pcm) value = std::clamp(value, -1.0F, 1.0F);
    }
    Effect effect;
    effect.touched = {{0, before.seconds()}};
    effect.measures["over_full_scale"] = static_cast<double>(over) / static_cast<double>(before.pcm.size());
    sample.waveform = std::move(after);
    return effect;
  }

  // NaN for silence, which has no level.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const double from = media::mean_square(before.waveform->pcm), to = media::mean_square(after.waveform->pcm);
    if (from > 0 && to > 0) dose.realised = dose.effective = decibels(to / from);
    return dose;
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  return Schema<Gain>("audio.gain", Modality::kAudio, "The whole clip is softer, or louder, by so many decibels.")
      .source("Level as amplitude ratio, 20 log10; ladder: this project.")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("gain_db", &Gain::Config::gain_db, "dB", {.min = -80, .max = 40}, "Gain; negative is softer.")
      .flag("clip", &Gain::Config::clip, "Cut values off at full scale, as a recorder would.")
      .dose({.parameter = "gain_db",
             .unit = "dB",
             .identity = 0,
             .ladder = {-6, -12, -18, -24, -36},
             .lower_is_harsher = true,
             .tolerance = 0.001})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_gain, shakedown::perturb::spec);
