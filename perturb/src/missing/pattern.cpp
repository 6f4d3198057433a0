// Whole modalities are absent from samples: a camera that was off, a transcript that was never made. `rate` is
// the share of (sample, modality) pairs that are missing over the data set, as the missing-modality literature
// counts it, and not the share of steps. Each pair goes by itself with probability `rate`; with at_least_one
// every sample first keeps one modality by draw, and of its V - 1 others each goes with probability
// rate V / (V - 1), so that the rate is met up to (V - 1) / V and stays there: GCNet's nominal 0.7 is .667.
#include <algorithm>
#include <vector>

#include "forms.h"
#include "missing/blank.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class MissingPattern final : public Perturbation {
 public:
  struct Config {
    double rate = 0.3;
    bool at_least_one = false;
    std::string modality = "all";
    int unk_id = 100;
  };

  explicit MissingPattern(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const std::vector<Modality> present = present_in(sample);
    if (present.empty()) return Effect::ineligible("the sample has nothing of " + config_.modality);
    const std::vector<Modality> missing = draw(present, rng);
    if (missing.empty()) return Effect::unchanged("no modality was drawn");
    Effect effect;
    for (const Modality modality : missing) {
      blank_modality(sample, modality, config_.unk_id);
      effect.decisions.push_back(static_cast<std::int64_t>(modality));
    }
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    const std::vector<Modality> present = present_in(before);
    dose.total = dose.eligible = static_cast<double>(present.size());
    dose.taken = static_cast<double>(effect.decisions.size());
    const Forms replaced = replaced_forms(before, after);
    for (const Modality modality : present) dose.changed += has_any(replaced, modality) ? 1 : 0;
    dose.changed = std::min(dose.changed, dose.taken);
    return with_shares(dose);
  }

 private:
  static bool has_any(Forms forms, Modality modality) {
    const auto list = forms.list();
    return std::any_of(list.begin(), list.end(), [&](Form form) { return modality_of(form) == modality; });
  }

  [[nodiscard]] std::vector<Modality> present_in(const Sample& sample) const {
    std::vector<Modality> present;
    for (const Modality modality : modalities_of(config_.modality)) {
      if (has_any(sample.present(), modality)) present.push_back(modality);
    }
    return present;
  }

  [[nodiscard]] std::vector<Modality> draw(const std::vector<Modality>& present, const Rng& rng) const {
    const Stream stream = rng.stream("pattern");
    const std::size_t count = present.size();
    const std::size_t kept = config_.at_least_one ? stream.below(count, 0) : count;
    const double rate = !config_.at_least_one ? config_.rate
                        : count == 1          ? 0
                                     : config_.rate * static_cast<double>(count) / static_cast<double>(count - 1);
    std::vector<Modality> missing;
    for (std::size_t i = 0; i < count; ++i) {
      if (i != kept && stream.uniform(static_cast<std::uint64_t>(present[i])) < rate) missing.push_back(present[i]);
    }
    return missing;
  }

  Config config_;
};

PerturbationSpec spec() {
  using Config = MissingPattern::Config;
  return Schema<MissingPattern>(
             "missing.pattern", Modality::kCross,
             "Whole modalities are absent from a share of the samples; with at_least_one by GCNet's rule, "
             "with our stream.")
      .source("Lian et al., GCNet, TPAMI 2023; Zhao et al., MMIN, ACL 2021; Zhang et al., CPM-Nets, NeurIPS 2019")
      .reads(kAllForms)
      .writes(kAllForms)
      .number("rate", &Config::rate, "", {.min = 0, .max = 1}, "Share of (sample, modality) pairs that are missing.")
      .flag("at_least_one", &Config::at_least_one,
            "Every sample keeps one modality by draw and the others fill up to the rate, which so ends at (V - 1) / V.")
      .choice("modality", &Config::modality, modality_choices(), "Which modalities may be missing.")
      .number("unk_id", &Config::unk_id, "", {.min = 0, .max = 2147483647},
              "Token id in the place of each token; [UNK] is 100 in BERT's vocabularies.")
      .dose({.parameter = "rate", .unit = "", .identity = 0, .ladder = {.1, .3, .5, .7, .9}, .fraction = true})
      .label_effect(LabelEffect::kUnknowable)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_pattern, shakedown::perturb::spec);
