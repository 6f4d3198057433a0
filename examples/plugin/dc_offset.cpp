// SPDX-License-Identifier: MIT-0
//
// A constant is added to the sound: a sound card or microphone amplifier with an offset. People do not hear it;
// features that look at the waveform itself (energy, zero crossings) do. Dose: the offset over full scale.
#include <cmath>
#include <memory>

#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace {

using namespace shakedown;

double mean(const Waveform& waveform) {
  double sum = 0;
  for (const float value : waveform.pcm) sum += value;
  return waveform.pcm.empty() ? 0 : sum / static_cast<double>(waveform.pcm.size());
}

class DcOffset final : public perturb::Perturbation {
 public:
  struct Config {  // field, type and initialiser are the parameter, its type and its default
    double offset = 0.05;
  };

  explicit DcOffset(Config config) : config_(config) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    if (sample.waveform->pcm.empty()) return Effect::ineligible("the clip has no sound");
    auto shifted = std::make_shared<Waveform>(*sample.waveform);  // what is in a sample is shared: copy, then change
    for (float& value : shifted->pcm) value += static_cast<float>(config_.offset);
    sample.waveform = std::move(shifted);
    return {};
  }

  Dose measure(const Sample& before, const Sample& after, const Effect&) const override {
    Dose dose;
    dose.realised = mean(*after.waveform) - mean(*before.waveform);
    dose.effective = dose.realised;
    return dose;
  }

 private:
  Config config_;
};

perturb::PerturbationSpec spec() {
  return perturb::Schema<DcOffset>("audio.dc_offset", Modality::kAudio, "Adds a constant to the waveform.")
      .source("an example")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("offset", &DcOffset::Config::offset, "full scale", {.min = 0, .max = 1}, "What is added to each value.")
      .dose({.parameter = "offset",
             .unit = "full scale",
             .identity = 0,
             .ladder = {.01, .02, .05, .1, .2},
             .tolerance = 1e-6})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace

SHAKEDOWN_PERTURBATION(audio_dc_offset, spec);
