// Whole modalities are taken away and only those in `keep` stay, in every form in which they are present. It asks
// what a model uses, so it is diagnostic: all eight subsets, the empty one included.
//
// fill: tokens become [UNK] between CLS and SEP, features zero, sound silence, frames black, a transcript empty; all
// keep their lengths. A model may never have seen such input. donor: each modality taken away comes from a clip of
// another speaker, one drawn for each modality, so that the mean over replicates is the expectation over the product of
// the marginals. A replicate draws the same donors for every subset, and for the clips of one group. every_donor:
// replicate k takes the k-th combination of clips of the whole split, the sample's own included, which makes that mean
// exact on small data.
#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "cross/donor.h"
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
  for (const Modality modality : exchangeable()) {
    if (std::find(kept.begin(), kept.end(), modality_name(modality)) == kept.end()) dropped.push_back(modality);
  }
  return dropped;
}

class MissingModality final : public Perturbation {
 public:
  struct Config {
    std::string keep = "text+audio+video";
    std::string by = "fill";
    int unk_id = 100;
  };

  explicit MissingModality(Config config) : config_(std::move(config)), dropped_(dropped_by(config_.keep)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    if (dropped_.empty()) return Effect::unchanged("every modality is kept");
    std::vector<Modality> present;
    std::copy_if(dropped_.begin(), dropped_.end(), std::back_inserter(present),
                 [&](Modality modality) { return has_modality(sample, modality); });
    if (present.empty()) return Effect::ineligible("the sample has nothing of the modalities to be removed");
    if (config_.by == "donor") return from_donors(sample, present, corpus, rng);
    if (config_.by == "every_donor") return from_combination(sample, present, corpus, rng.key().replicate);
    Effect effect;
    for (const Modality modality : present) {
      blank_modality(sample, modality, config_.unk_id);
      effect.decisions.push_back(static_cast<std::int64_t>(modality));
    }
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect&) const override { return {}; }

 private:
  static Effect from_donors(Sample& sample, const std::vector<Modality>& present, const Corpus& corpus,
                            const Rng& rng) {
    // Clips of one group share their donors: those of raw media are decoded once, and groups, the units of every
    // interval, stay independent of each other.
    StreamKey key = rng.key();
    if (!sample.group.empty()) key.sample_id = sample.group;
    const Rng shared(key);
    Sample mixed = sample;
    Effect effect;
    for (const Modality modality : present) {
      const Exchange exchanged = exchange(mixed, modality, corpus, shared.stream(modality_name(modality)),
                                          [&](const SampleInfo& info) { return is_other_speaker(sample, info); });
      if (!exchanged.donor) return Effect::skipped(exchanged.why);
      effect.decisions.insert(effect.decisions.end(),
                              {static_cast<std::int64_t>(modality), static_cast<std::int64_t>(*exchanged.donor)});
    }
    sample = std::move(mixed);
    return effect;
  }

  // The digits of `replicate` to the base of the split's size name the donors, in id order.
  static Effect from_combination(Sample& sample, const std::vector<Modality>& present, const Corpus& corpus,
                                 int replicate) {
    auto rest = static_cast<std::size_t>(replicate);
    Sample mixed = sample;
    Effect effect;
    for (const Modality modality : present) {
      const std::size_t donor = corpus.by_id()[rest % corpus.size()];
      rest /= corpus.size();
      if (corpus.info(donor).id == sample.id) continue;
      const Exchange exchanged = exchange_with(mixed, modality, corpus, donor);
      if (!exchanged.donor) return Effect::skipped(exchanged.why);
      effect.decisions.insert(effect.decisions.end(),
                              {static_cast<std::int64_t>(modality), static_cast<std::int64_t>(donor)});
    }
    if (rest > 0) return Effect::skipped(fmt::format("there is no combination {} of donors", replicate));
    if (effect.decisions.empty()) return Effect::unchanged("the clip is its own donor");
    sample = std::move(mixed);
    return effect;
  }

  Config config_;
  std::vector<Modality> dropped_;
};

PerturbationSpec spec() {
  using Config = MissingModality::Config;
  return Schema<MissingModality>("missing.modality", Modality::kCross,
                                 "Takes whole modalities away and keeps the others as they are.")
      .source(
          "Ma et al., SMIL, AAAI 2021; Huan et al., UniMF, IEEE TMM 2024 (all subsets); donors: Datta et al., IEEE S&P "
          "2016 (quantitative input influence), Hessel and Lee, EMNLP 2020")
      .reads(kAllForms)
      .writes(kAllForms)
      .needs([](const Config& config) { return Needs{.donors = config.by == "donor"}; })
      .brings_clips()
      .choice("keep", &Config::keep,
              {"none", "text", "audio", "video", "text+audio", "text+video", "audio+video", "text+audio+video"},
              "The modalities that stay.")
      .choice("by", &Config::by, {"fill", "donor", "every_donor"},
              "What stands in the place of the others. fill: [UNK], zeros, silence, black; donor: each from a clip of "
              "another speaker, drawn anew in every replicate; every_donor: replicate k is combination k of all clips.")
      .number("unk_id", &Config::unk_id, "", {.min = 0, .max = 2147483647},
              "Token id in the place of each token; [UNK] is 100 in BERT's vocabularies.")
      .label_effect(LabelEffect::kDiagnostic)
      .modality_at([](const Config& config) { return only_or_cross(dropped_by(config.keep)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_modality, shakedown::perturb::spec);
