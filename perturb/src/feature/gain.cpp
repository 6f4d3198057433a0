// Features on the wrong scale: a missing or doubled normalisation, another microphone gain or exposure, another version
// of the extractor. Every value is multiplied by 10^(+-dB/20) about the zero of its own unit, so a decibel means the
// ratio of amplitudes of the numbers themselves, whatever they measure. For features that are linear in amplitude this
// is a recording gain; for logarithmic ones (log-mel, loudness in dB, cepstra) a real gain would be an offset of one
// coefficient, and this is a stress of scale alone.
#include <algorithm>
#include <cmath>

#include "feature/features.h"
#include "forms.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

// Sum of squares of the finite values of valid frames.
double energy(const Sequence& sequence) {
  double sum = 0;
  for (std::size_t i = 0; i < sequence.length * sequence.dims; ++i) {
    const double value = sequence.values[i];
    if (std::isfinite(value)) sum += value * value;
  }
  return sum;
}

class FeatureGain final : public Perturbation {
 public:
  struct Config {
    double gain_db = 6;
    std::string direction = "random", modality = "all";
  };

  explicit FeatureGain(Config config) : config_(std::move(config)), modalities_(modalities_of(config_.modality)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (config_.gain_db == 0) return Effect::unchanged("a gain of 0 dB");
    const auto forms = feature_forms(sample, modalities_);
    if (forms.empty()) return Effect::skipped("the sample has no features of the modality chosen");
    Effect effect;
    for (const Form form : forms) {
      const Sequence& clean = *sequence_of(sample, form);
      if (energy(clean) == 0) continue;
      const int sign = sign_of(config_.direction, rng.stream(modality_name(modality_of(form))));
      const double factor = std::pow(10.0, sign * config_.gain_db / 20);
      auto scaled = std::make_shared<Sequence>(clean);
      for (std::size_t i = 0; i < clean.length * clean.dims; ++i) {
        const auto value = static_cast<float>(clean.values[i] * factor);
        if (std::isfinite(value)) scaled->values[i] = value;
      }
      set_sequence(sample, form, std::move(scaled));
      effect.decisions.push_back(unit_of(form, sign > 0 ? 1 : 0));
    }
    return effect.decisions.empty() ? Effect::ineligible("all features are zero") : effect;
  }

  /// Ratio of the root mean squares in dB, its amount averaged over the forms that hold anything but zeros.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect&) const override {
    Dose dose;
    double sum = 0, forms = 0;
    for (const Form form : feature_forms(before, modalities_)) {
      const double was = energy(*sequence_of(before, form)), is = energy(*sequence_of(after, form));
      if (was == 0 || is == 0) continue;
      sum += std::abs(10 * std::log10(is / was));
      ++forms;
    }
    dose.realised = dose.effective = forms > 0 ? sum / forms : 0;
    return dose;
  }

 private:
  Config config_;
  std::vector<Modality> modalities_;
};

PerturbationSpec spec() {
  using Config = FeatureGain::Config;
  return Schema<FeatureGain>(
             "feature.gain", Modality::kCross,
             "Multiplies features by a factor given in dB of amplitude, about the zero of their own unit.")
      .source("Ribeiro et al., ACL 2020 (invariance tests), on the scale of features")
      .reads(kSequenceForms)
      .writes(kSequenceForms)
      .number("gain_db", &Config::gain_db, "dB", {.min = 0, .max = 60},
              "20 log10 of the factor by which the values grow or shrink.")
      .choice("direction", &Config::direction, direction_choices(),
              "up: larger; down: smaller; random: drawn for each clip and modality.")
      .choice("modality", &Config::modality, modality_choices(), "Whose features are scaled.")
      .dose({.parameter = "gain_db", .unit = "dB", .identity = 0, .ladder = {3, 6, 9, 12, 18}, .tolerance = 1e-3})
      .label_effect(LabelEffect::kInvariant)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(feature_gain, shakedown::perturb::spec);
