// Whole modalities are taken away and only those in `keep` stay, in every form in which they are present:
// tokens become [UNK] between CLS and SEP, features zero, sound silence, frames black, a transcript empty; all
// keep their lengths. It asks what a model uses, so it is diagnostic: all eight subsets, the empty one included.
#include <algorithm>

#include "forms.h"
#include "missing/blank.h"
#include "shakedown/core/text.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

std::vector<Modality> dropped_by(const std::string& keep) {
  const std::vector<std::string> kept = split(keep, '+');
  std::vector<Modality> dropped;
  for (const Modality modality : kModalities) {
    if (std::find(kept.begin(), kept.end(), modality_name(modality)) == kept.end()) dropped.push_back(modality);
  }
  return dropped;
}

class MissingModality final : public Perturbation {
 public:
  struct Config {
    std::string keep = "text+audio+video";
    int unk_id = 100;
  };

  explicit MissingModality(Config config) : config_(std::move(config)), dropped_(dropped_by(config_.keep)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    if (dropped_.empty()) return Effect::unchanged("every modality is kept");
    Effect effect;
    for (const Modality modality : dropped_) {
      if (blank_modality(sample, modality, config_.unk_id)) {
        effect.decisions.push_back(static_cast<std::int64_t>(modality));
      }
    }
    if (effect.decisions.empty()) return Effect::ineligible("the sample has nothing of the modalities to be removed");
    return effect;
  }

  Dose measure(const Sample&, const Sample&, const Effect&) const override { return {}; }

 private:
  Config config_;
  std::vector<Modality> dropped_;
};

PerturbationSpec spec() {
  using Config = MissingModality::Config;
  return Schema<MissingModality>("missing.modality", Modality::kCross,
                                 "Takes whole modalities away and keeps the others as they are.")
      .source("Ma et al., SMIL, AAAI 2021; Huan et al., UniMF, IEEE TMM 2024 (all subsets)")
      .reads(kAllForms)
      .writes(kAllForms)
      .choice("keep", &Config::keep,
              {"none", "text", "audio", "video", "text+audio", "text+video", "audio+video", "text+audio+video"},
              "The modalities that stay.")
      .number("unk_id", &Config::unk_id, "", {.min = 0, .max = 2147483647},
              "Token id in the place of each token; [UNK] is 100 in BERT's vocabularies.")
      .label_effect(LabelEffect::kDiagnostic)
      .modality_at([](const Config& config) { return only_or_cross(dropped_by(config.keep)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_modality, shakedown::perturb::spec);
