// Gaussian noise on features, the stand-in for a noisy sensor or an imprecise extractor where raw media are not
// to be had. Features live on scales that differ by orders of magnitude, so the dose is relative: noise of `std`
// standard deviations of each dimension, taken over the valid, finite frames of the corpus. All levels share one
// noise pattern; padding, lengths and values that are not finite stay.
#include <algorithm>
#include <cmath>

#include "feature/features.h"
#include "forms.h"
#include "missing/fill.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class FeatureNoise final : public Perturbation {
 public:
  struct Config {
    double std = 0.2;
    std::string modality = "all";
  };

  explicit FeatureNoise(const Config& config) : std_(config.std), modalities_(modalities_of(config.modality)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    const auto forms = feature_forms(sample, modalities_);
    if (forms.empty()) return Effect::skipped("the sample has no features of the modality chosen");
    auto yardstick = std::make_shared<Yardstick>();
    bool added = false;
    for (const Form form : forms) {
      const Sequence& clean = *sequence_of(sample, form);
      const auto statistics = statistics_for(corpus, form, clean.dims);
      yardstick->statistics[form] = statistics;
      auto noisy = add_noise(clean, *statistics, rng.stream(modality_name(modality_of(form))));
      if (!noisy) continue;
      set_sequence(sample, form, std::move(noisy));
      added = true;
    }
    if (!added) return Effect::ineligible("no feature varies over the corpus");
    Effect effect;
    effect.yardstick = std::move(yardstick);
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    dose.realised = dose.effective = 0;
    if (!effect.yardstick) return dose;
    double squares = 0;
    std::size_t values = 0;
    for (const auto& [form, statistics] : effect.yardstick->statistics) {
      const auto &a = sequence_of(before, form), &b = sequence_of(after, form);
      if (!a || !b) continue;
      for (std::size_t i = 0; i < std::min(a->length, b->length) * a->dims; ++i) {
        const double unit = statistics->standard_deviation[i % a->dims];
        if (!(unit > 0) || !std::isfinite(a->values[i])) continue;
        const double noise = (double{b->values[i]} - double{a->values[i]}) / unit;
        squares += noise * noise;
        ++values;
      }
    }
    if (values > 0) dose.realised = dose.effective = std::sqrt(squares / static_cast<double>(values));
    return dose;
  }

 private:
  /// Null when there is no value to add noise to.
  [[nodiscard]] Shared<Sequence> add_noise(const Sequence& clean, const FeatureStatistics& statistics,
                                           const Stream& stream) const {
    auto noisy = std::make_shared<Sequence>(clean);
    bool added = false;
    for (std::size_t i = 0; i < clean.length * clean.dims; ++i) {
      const double unit = statistics.standard_deviation[i % clean.dims];
      const double before = clean.values[i];
      if (!(unit > 0) || !std::isfinite(before)) continue;
      noisy->values[i] = static_cast<float>(before + std_ * unit * stream.normal(i));
      added = true;
    }
    return added ? noisy : nullptr;
  }

  double std_;
  std::vector<Modality> modalities_;
};

PerturbationSpec spec() {
  using Config = FeatureNoise::Config;
  return Schema<FeatureNoise>("feature.noise", Modality::kCross,
                              "Adds Gaussian noise to features, in standard deviations of each dimension.")
      .source("Liang et al., MultiBench, NeurIPS 2021 (noise on time series), with the dose made relative")
      .reads(kSequenceForms)
      .writes(kSequenceForms)
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
