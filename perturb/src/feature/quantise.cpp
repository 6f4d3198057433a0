// Features stored or sent with few levels, as after 8-bit model compression or a codec. A uniform mid-rise quantiser a
// dimension, loaded with four standard deviations of the corpus on each side of its mean: values go to the middle of
// their interval of width 8 s / levels, what lies beyond goes to the outermost one. Dimensions that do not vary stay.
#include <algorithm>
#include <cmath>

#include "feature/features.h"
#include "forms.h"
#include "missing/fill.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr int kUnquantised = 65536;  // 16 bits: finer than any extractor is precise
constexpr double kLoading = 4;       // standard deviations on each side

class Quantise final : public Perturbation {
 public:
  struct Config {
    int levels = 16;
    std::string modality = "all";
  };

  explicit Quantise(const Config& config) : levels_(config.levels), modalities_(modalities_of(config.modality)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng&) const override {
    if (levels_ == kUnquantised) return Effect::unchanged("as many levels as stand for none");
    const auto forms = feature_forms(sample, modalities_);
    if (forms.empty()) return Effect::skipped("the sample has no features of the modality chosen");
    Effect effect;
    double signal = 0, error = 0;
    std::size_t written = 0;
    for (const Form form : forms) {
      const Sequence& clean = *sequence_of(sample, form);
      const auto statistics = statistics_for(corpus, form, clean.dims);
      auto coarse = std::make_shared<Sequence>(clean);
      std::size_t values = 0;
      for (std::size_t i = 0; i < clean.length * clean.dims; ++i) {
        const double spread = statistics->standard_deviation[i % clean.dims], value = clean.values[i];
        if (!(spread > 0) || !std::isfinite(value)) continue;
        const double mean = statistics->mean[i % clean.dims];
        coarse->values[i] = static_cast<float>(mean + spread * quantised((value - mean) / spread));
        signal += (value - mean) * (value - mean) / (spread * spread);
        error += std::pow((coarse->values[i] - value) / spread, 2);
        ++values;
      }
      if (values == 0) continue;
      set_sequence(sample, form, std::move(coarse));
      written += values;
    }
    if (written == 0) return Effect::ineligible("no feature varies over the corpus");
    if (signal > 0 && error > 0) effect.measures["signal_to_quantisation_db"] = 10 * std::log10(signal / error);
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect& effect) const override {
    Dose dose;
    dose.realised = dose.effective = effect.state == State::kApplied ? levels_ : kUnquantised;
    return dose;
  }

 private:
  /// The middle of the interval that `z` standard deviations lie in.
  [[nodiscard]] double quantised(double z) const {
    const double width = 2 * kLoading / levels_;
    const double interval = std::clamp(std::floor((z + kLoading) / width), 0.0, static_cast<double>(levels_ - 1));
    return (interval + 0.5) * width - kLoading;
  }

  int levels_;
  std::vector<Modality> modalities_;
};

PerturbationSpec spec() {
  using Config = Quantise::Config;
  return Schema<Quantise>("feature.quantise", Modality::kCross, "Rounds features to a few levels a dimension.")
      .source("Jayant and Noll, Digital Coding of Waveforms, 1984 (uniform quantiser, four-sigma loading)")
      .reads(kSequenceForms)
      .writes(kSequenceForms)
      .number("levels", &Config::levels, "levels", {.min = 2, .max = kUnquantised},
              "Levels over eight standard deviations of each dimension; 65536 stands for no rounding.")
      .choice("modality", &Config::modality, modality_choices(), "Whose features are rounded.")
      .dose({.parameter = "levels",
             .unit = "levels",
             .scale = DoseSpec::Scale::kLog,
             .identity = kUnquantised,
             .ladder = {64, 32, 16, 8, 4},
             .lower_is_harsher = true,
             .tolerance = 1e-9})
      .label_effect(LabelEffect::kInvariant)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(feature_quantise, shakedown::perturb::spec);
