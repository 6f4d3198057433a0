// One modality contradicts the others: it comes from a clip of another speaker with the opposite label. Whom does the
// prediction follow? The control takes it from a clip with the same label, so that what a foreign voice or face does
// by itself can be told from what it says. Both draw in the same way.
//
// Opposite: the other sign, for labels that are numbers or are named positive and negative (neutral clips have no
// opposite); another class, for any other names. Every label of the donor stands among the measures, so that scoring
// can tell whether the prediction went over to it: `donor.regression` is its value, `donor.emotion=joy` is 1.
#include <cmath>

#include "cross/donor.h"
#include "forms.h"
#include "shakedown/media/text.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr Forms kForms = {Form::kTranscript,    Form::kTokens, Form::kEmbedding,     Form::kWaveform,
                          Form::kAudioFeatures, Form::kFrames, Form::kVisionFeatures};

// What a label says: a sign, or a class that has none.
struct Meaning {
  std::optional<int> sign;
  std::string name;
  [[nodiscard]] bool known() const { return sign || !name.empty(); }
};

Meaning meaning_of(const Label& label) {
  if (label.name.empty()) {
    if (!std::isfinite(label.value)) return {};
    return {label.value > 0 ? 1 : label.value < 0 ? -1 : 0, ""};
  }
  const std::string name = media::lower_case(label.name);
  if (name == "positive") return {1, name};
  if (name == "negative") return {-1, name};
  if (name == "neutral") return {0, name};
  return {std::nullopt, label.name};
}

bool is_opposite(const Meaning& a, const Meaning& b) {
  if (a.sign && b.sign) return *a.sign * *b.sign < 0;
  return a.known() && b.known() && a.name != b.name;
}

bool is_same(const Meaning& a, const Meaning& b) {
  if (a.sign && b.sign) return *a.sign == *b.sign;
  return a.known() && b.known() && a.name == b.name;
}

using Labels = std::map<std::string, Label>;

const Label* find_label(const Labels& labels, const std::string& name) {
  const auto found = labels.find(name);
  return found == labels.end() ? nullptr : &found->second;
}

// The label named, or what data sets call their main one, or the first there is.
const Label* main_label(const Labels& labels, const std::string& name) {
  if (!name.empty()) return find_label(labels, name);
  for (const char* usual : {"regression", "sentiment", "emotion"}) {
    const Label* label = find_label(labels, usual);
    if (label != nullptr && meaning_of(*label).known()) return label;
  }
  return labels.empty() ? nullptr : &labels.begin()->second;
}

class Conflict final : public Perturbation {
 public:
  struct Config {
    std::string modality = "text", donor = "opposite", label;
  };

  explicit Conflict(const Config& config)
      : config_(config), modality_(modalities_of(config.modality).front()), opposite_(config.donor == "opposite") {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    if (!has_modality(sample, modality_)) return Effect::ineligible("the sample has no such modality");
    const Label* label = main_label(sample.labels, config_.label);
    if (label == nullptr) {
      return Effect::skipped(config_.label.empty() ? "no label" : "no label '" + config_.label + "'");
    }
    const Meaning own = meaning_of(*label);
    if (!own.known()) return Effect::ineligible("the label is empty");
    if (own.sign && *own.sign == 0) return Effect::ineligible("a neutral label has no opposite");
    const auto suits = [&](const SampleInfo& info) {
      if (!is_other_speaker(sample, info)) return false;
      const Label* other = main_label(info.labels, config_.label);
      if (other == nullptr) return false;
      return opposite_ ? is_opposite(own, meaning_of(*other)) : is_same(own, meaning_of(*other));
    };
    const Exchange exchanged = exchange(sample, modality_, corpus, rng.stream(config_.donor), suits);
    if (!exchanged.donor) return Effect::skipped(exchanged.why);
    Effect effect;
    effect.decisions = {static_cast<std::int64_t>(*exchanged.donor)};
    for (const auto& [key, said] : corpus.info(*exchanged.donor).labels) {
      if (!said.name.empty()) {
        effect.measures["donor." + key + "=" + said.name] = 1;
      } else if (std::isfinite(said.value)) {
        effect.measures["donor." + key] = said.value;
      }
    }
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect&) const override { return {}; }

 private:
  Config config_;
  Modality modality_;
  bool opposite_;
};

PerturbationSpec spec() {
  using Config = Conflict::Config;
  return Schema<Conflict>("cross.conflict", Modality::kCross,
                          "One modality comes from another speaker's clip with the opposite label, so that it "
                          "contradicts the others; the control takes it from one with the same label.")
      .source("Cue conflict: Geirhos et al., ICLR 2019; conflicting modalities: Hazarika et al., NAACL 2022.")
      .reads(kForms)
      .writes(kForms)
      .needs({.donors = true})
      .brings_clips()
      .choice("modality", &Config::modality, {"text", "audio", "video"}, "The modality that is exchanged.")
      .choice("donor", &Config::donor, {"opposite", "same"}, "opposite: the conflict; same: its control.")
      .text("label", &Config::label,
            "The label that decides what is opposite; regression, sentiment or emotion when empty.")
      .label_effect(LabelEffect::kDiagnostic)
      .modality_at([](const Config& config) { return modalities_of(config.modality).front(); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(cross_conflict, shakedown::perturb::spec);
