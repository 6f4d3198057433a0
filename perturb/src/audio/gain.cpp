// The whole clip is louder or softer by so many decibels: a microphone that is too far away, a recording level that
// is not set. The shape of the wave stays; what goes beyond full scale stays too, in float, and its share is
// counted (`over_full_scale`), unless `clip: true` cuts it off as a recorder would.
#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <vector>

#include "level.h"
#include "shakedown/core/clones.h"
#include "shakedown/media/audio.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

SHAKEDOWN_CLONES void multiply(float* x, std::size_t n, float factor) {
  for (std::size_t i = 0; i < n; ++i) x[i] *= factor;
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
    auto after = std::make_shared<Waveform>(Waveform{{}, before.channels, before.sample_rate_hz});
    const auto factor = static_cast<float>(std::pow(10, config_.gain_db / 20));
    const double over = scale(before.pcm, factor, after->pcm);
    Effect effect;
    effect.touched = {{0, before.seconds()}};
    effect.measures["over_full_scale"] = over;
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
  // Block by block, while a block is in the processor's cache; the share beyond full scale.
  double scale(const std::vector<float>& from, float factor, std::vector<float>& to) const {
    constexpr std::size_t kBlock = 4096;
    double over = 0;
    to.reserve(from.size());
    for (std::size_t begin = 0; begin < from.size(); begin += kBlock) {
      const auto source = std::span(from).subspan(begin, std::min(kBlock, from.size() - begin));
      to.insert(to.end(), source.begin(), source.end());
      const auto block = std::span(to).subspan(begin);
      multiply(block.data(), block.size(), factor);
      over += over_full_scale(block, config_.clip) * static_cast<double>(block.size());
    }
    return over / static_cast<double>(from.size());
  }

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
