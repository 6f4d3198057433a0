// A faster or slower speaker, seen through features: the sequence is read at `factor` times its speed, between frames
// by linear interpolation, and gets shorter or longer. Row t of the result is the clean sequence at time factor * t, to
// the last whole row that the clean one covers. It is the feature-domain image of speed perturbation; what a speaker
// does to pitch and mouth shapes at another tempo it does not model. Sequences that grow beyond their padded length
// grow in storage too; a model with `length:` in its manifest sees what fits.
#include <algorithm>
#include <cmath>

#include "feature/features.h"
#include "forms.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

// Between two frames; where one value is not finite the other stands, where both are not, 0.
float between(float a, float b, double share) {
  if (!std::isfinite(a) && !std::isfinite(b)) return 0;
  if (!std::isfinite(a)) return b;
  if (!std::isfinite(b)) return a;
  return static_cast<float>(std::lerp(double{a}, double{b}, share));
}

class TimeWarp final : public Perturbation {
 public:
  struct Config {
    double factor = 1.25;
    std::string direction = "random", modality = "audio+video";
  };

  explicit TimeWarp(Config config) : config_(std::move(config)), modalities_(modalities_of(config_.modality)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (config_.factor == 1) return Effect::unchanged("a factor of 1");
    const auto forms = feature_forms(sample, modalities_);
    if (forms.empty()) return Effect::skipped("the sample has no features of the modality chosen");
    Effect effect;
    const int sign = sign_of(config_.direction, rng.stream("speed"));  // one speaker, one tempo
    const double speed = sign > 0 ? config_.factor : 1 / config_.factor;
    for (const Form form : forms) {
      const Sequence& clean = *sequence_of(sample, form);
      if (clean.length < 2) continue;
      set_sequence(sample, form, at_speed(clean, speed));
      effect.decisions.push_back(unit_of(form, sequence_of(sample, form)->length));
    }
    return effect.decisions.empty() ? Effect::ineligible("sequences of one frame have no tempo") : effect;
  }

  /// A uniform change of speed is the same in every part that a model may take.
  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect& effect) const override {
    Dose dose;
    dose.realised = dose.effective = effect.state == State::kApplied ? config_.factor : 1;
    return dose;
  }

 private:
  static Shared<Sequence> at_speed(const Sequence& clean, double speed) {
    constexpr double kRounding = 1e-9;  // 10 rows at a speed of 1/1.1: the last one lies on a whole row
    const auto last = static_cast<double>(clean.length - 1);
    auto warped = std::make_shared<Sequence>();
    warped->dims = clean.dims;
    warped->length = static_cast<std::size_t>(last / speed + kRounding) + 1;
    warped->steps = std::max(clean.steps, warped->length);
    warped->values.assign(warped->steps * clean.dims, 0.0F);
    for (std::size_t step = 0; step < warped->length; ++step) {
      const double at = std::min(static_cast<double>(step) * speed, last);
      const auto low = static_cast<std::size_t>(at);
      const std::size_t high = std::min(low + 1, clean.length - 1);
      std::transform(clean.row(low), clean.row(low) + clean.dims, clean.row(high), warped->row(step),
                     [share = at - static_cast<double>(low)](float a, float b) { return between(a, b, share); });
    }
    return warped;
  }

  Config config_;
  std::vector<Modality> modalities_;
};

PerturbationSpec spec() {
  using Config = TimeWarp::Config;
  return Schema<TimeWarp>("feature.time_warp", Modality::kCross,
                          "Reads feature sequences faster or slower, as of a speaker at another tempo.")
      .source(
          "Ko et al., Interspeech 2015 (speed perturbation), on features; Park et al., Interspeech 2019 (time warp)")
      .reads(kSequenceForms)
      .writes(kSequenceForms)
      .number("factor", &Config::factor, "times", {.min = 1, .max = 10}, "Ratio of the tempos.")
      .choice("direction", &Config::direction, direction_choices(),
              "up: faster; down: slower; random: drawn for each clip, one tempo for all modalities.")
      .choice("modality", &Config::modality, modality_choices(), "Whose features are read at another speed.")
      .dose({.parameter = "factor",
             .unit = "times",
             .scale = DoseSpec::Scale::kLog,
             .identity = 1,
             .ladder = {1.1, 1.25, 1.5, 1.75, 2},
             .tolerance = 1e-9})
      .label_effect(LabelEffect::kInvariant)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(feature_time_warp, shakedown::perturb::spec);
