// MultiBench's robustness rule for affect data as its code does it, which differs from its documentation: the
// time series noise gets the samples as one list, so that one number N(0, rate) is added to all of a sample's
// modality, padding included, and the "structured drop" zeroes all of it with probability `rate`. Samples whose
// text was dropped are deleted before scoring; here they are skipped, so that metrics_applied leaves them out.
#include <algorithm>
#include <vector>

#include "forms.h"
#include "missing/blank.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr Forms kForms = {Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};

class MultiBench final : public Perturbation {
 public:
  struct Config {
    double rate = 0.3;
    std::string modality = "audio";
  };

  explicit MultiBench(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const std::vector<Form> forms = forms_of(sample);
    if (forms.empty()) return Effect::skipped("the sample has no features of " + config_.modality);
    Effect effect;
    Sample noisy = sample;
    for (const Form form : forms) {
      const Stream stream = rng.stream(modality_name(modality_of(form)));
      if (stream.uniform(0) < config_.rate) {
        if (form == Form::kEmbedding) return Effect::skipped("MultiBench leaves out samples whose text was dropped");
        blank(noisy, form, 0);
        effect.decisions.push_back(static_cast<std::int64_t>(form));
        continue;
      }
      auto shifted = std::make_shared<Sequence>(*sequence_of(sample, form));
      const auto noise = static_cast<float>(config_.rate * stream.normal(0));
      for (float& value : shifted->values) value += noise;
      set_sequence(noisy, form, std::move(shifted));
    }
    effect.measures["dropped"] = static_cast<double>(effect.decisions.size()) / static_cast<double>(forms.size());
    sample = std::move(noisy);
    return effect;
  }

  // No single dose: an offset and a loss grow with the same number, and a lost modality has no offset any more.
  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect&) const override { return {}; }

 private:
  [[nodiscard]] std::vector<Form> forms_of(const Sample& sample) const {
    std::vector<Form> forms;
    const auto modalities = modalities_of(config_.modality);
    for (const Form form : (kForms & sample.present()).list()) {
      if (std::find(modalities.begin(), modalities.end(), modality_of(form)) != modalities.end()) forms.push_back(form);
    }
    return forms;
  }

  Config config_;
};

PerturbationSpec spec() {
  using Config = MultiBench::Config;
  return Schema<MultiBench>("missing.multibench", Modality::kCross,
                            "A modality of a sample gets one random offset, or is lost as a whole: the rule of "
                            "MultiBench's code, with our stream.")
      .source("Liang et al., MultiBench, NeurIPS Datasets and Benchmarks 2021")
      .reads(kForms)
      .writes(kForms)
      .number("rate", &Config::rate, "", {.min = 0, .max = 1},
              "Probability that a modality is lost, and standard deviation of the offset in feature units.")
      .choice("modality", &Config::modality, modality_choices(), "Which modalities it acts on.")
      .label_effect(LabelEffect::kUnknowable)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_multibench, shakedown::perturb::spec);
