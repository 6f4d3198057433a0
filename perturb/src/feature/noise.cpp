// Gaussian noise on features, the stand-in for a noisy sensor or an imprecise extractor where raw media are not
// to be had. Features live on scales that differ by orders of magnitude, so the dose is relative: noise of `std`
// standard deviations of each dimension, taken over the valid, finite frames of the corpus. All levels share one
// noise pattern; padding, lengths and values that are not finite stay.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "forms.h"
#include "missing/fill.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr Forms kForms = {Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};

// Mean square of what was added, in standard deviations.
struct Added {
  double squares = 0;
  std::size_t values = 0;
};

class FeatureNoise final : public Perturbation {
 public:
  struct Config {
    double std = 0.2;
    std::string modality = "all";
  };

  explicit FeatureNoise(const Config& config) : std_(config.std), modalities_(modalities_of(config.modality)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    Added added;
    Forms selected;
    for (const Form form : (kForms & sample.present()).list()) {
      if (std::find(modalities_.begin(), modalities_.end(), modality_of(form)) == modalities_.end()) continue;
      selected.add(form);
      const Sequence& clean = *sequence_of(sample, form);
      const auto statistics = statistics_for(corpus, form, clean.dims);
      const Stream stream = rng.stream(modality_name(modality_of(form)));
      const std::size_t before = added.values;
      auto noisy = add_noise(clean, *statistics, stream, added);
      if (added.values > before) set_sequence(sample, form, std::move(noisy));
    }
    if (selected.empty()) return Effect::skipped("the sample has no features of the modality chosen");
    if (added.values == 0) return Effect::ineligible("no feature varies over the corpus");
    Effect effect;
    // Measured here because measure() does not know the corpus, whose spread is the unit.
    effect.measures["noise_std"] = std::sqrt(added.squares / static_cast<double>(added.values));
    return effect;
  }

  Dose measure(const Sample&, const Sample&, const Effect& effect) const override {
    Dose dose;
    const auto found = effect.measures.find("noise_std");
    dose.realised = found == effect.measures.end() ? 0 : found->second;
    dose.effective = dose.realised;
    return dose;
  }

 private:
  Shared<Sequence> add_noise(const Sequence& clean, const FeatureStatistics& statistics, const Stream& stream,
                             Added& added) const {
    auto noisy = std::make_shared<Sequence>(clean);
    for (std::size_t step = 0; step < clean.length; ++step) {
      for (std::size_t d = 0; d < clean.dims; ++d) {
        const double unit = statistics.standard_deviation[d];
        float& value = noisy->row(step)[d];
        const double before = value;
        if (!(unit > 0) || !std::isfinite(before)) continue;
        value = static_cast<float>(before + std_ * unit * stream.normal(step * clean.dims + d));
        const double relative = (static_cast<double>(value) - before) / unit;
        added.squares += relative * relative;
        ++added.values;
      }
    }
    return noisy;
  }

  double std_;
  std::vector<Modality> modalities_;
};

PerturbationSpec spec() {
  using Config = FeatureNoise::Config;
  return Schema<FeatureNoise>("feature.noise", Modality::kCross,
                              "Adds Gaussian noise to features, in standard deviations of each dimension.")
      .source("Liang et al., MultiBench, NeurIPS 2021 (noise on time series), with the dose made relative")
      .reads(kForms)
      .writes(kForms)
      .number("std", &Config::std, "standard deviations", {.min = 0, .max = 100},
              "Standard deviation of the noise over that of each feature in the corpus.")
      .choice("modality", &Config::modality, modality_choices(), "Whose features become noisy.")
      .dose({.parameter = "std", .unit = "standard deviations", .identity = 0, .ladder = {.1, .2, .4, .8, 1.6}})
      .label_effect(LabelEffect::kInvariant)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(feature_noise, shakedown::perturb::spec);
