#pragma once

#include <string>
#include <vector>

#include "forms.h"
#include "missing/fill.h"
#include "missing/track.h"
#include "shakedown/perturb/perturbation.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {

/// Options of the perturbations that lose steps.
struct StepOptions : TrackOptions {
  std::string fill = "zero";
  std::string mask = "keep";
  int unk_id = 100;
};

/// Steps of features and tokens, or of raw media, are lost; which of them is left to the perturbation. What
/// is common to missing.random, missing.temporal, missing.block, missing.given and missing.protocol:
/// eligibility, fill, masks, dose, and the measures realised_<modality> and effective_<modality>, the shares
/// of a sample's eligible steps that were lost and that really changed.
///
/// A modality has one mask: tokens and embedding of a text lose the same positions (by share of the length
/// where their lengths differ).
class StepLoss : public Perturbation {
 public:
  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const final;
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const final;

 protected:
  /// @throws Error(kUsage) for a fill that the forms cannot take
  explicit StepLoss(const StepOptions& options, bool shared = false);

  /// Fills Track::lost with eligible positions. Not called without any. Returns "", or why it could not be done.
  [[nodiscard]] virtual std::string draw(const Sample& sample, const Corpus& corpus, const Rng& rng,
                                         std::vector<Track>& tracks) const = 0;
  /// The modalities that may lose steps.
  [[nodiscard]] virtual std::vector<Track> tracks(const Sample& sample) const;

 private:
  [[nodiscard]] Dose measure_track(const Track& track, const Sample& before, const Sample& after) const;
  StepOptions options_;
  bool shared_;
};

/// Declares the options that all of them have (P::Config derives from StepOptions).
template <class P>
Schema<P>& declare_steps(Schema<P>& schema) {
  using Config = typename P::Config;
  std::vector<std::string> fills = Fill::choices();
  fills.emplace_back("remove");
  return schema.reads(kFeatureForms | kMediaForms)
      .writes(kFeatureForms | kMediaForms)
      .forms_at([](const Config& config) { return config.on == "media" ? kMediaForms : kFeatureForms; })
      .choice("modality", &Config::modality, modality_choices(), "Which modalities lose steps.")
      .choice("on", &Config::on, {"features", "media"},
              "What loses them: tokens and features, or words, 20 ms stretches of sound and frames.")
      .choice("protect", &Config::protect, {"specials", "cls", "sep", "ends", "first", "last", "none"},
              "Positions never lost: CLS and SEP of tokens or one of them (in all modalities when they share a mask), "
              "the first and last of every modality or one of them, or none.")
      .choice("fill", &Config::fill, fills,
              "What stands in the place of a lost step: zeros (silence, black), the mean of the training features, the "
              "last observed step, noise, or nothing: the step is taken out and lengths and masks follow. A lost word "
              "is always taken out.")
      .choice("mask", &Config::mask, {"keep", "update"},
              "Whether the masks that a model is given still cover lost tokens and features or leave them out.")
      .number("unk_id", &Config::unk_id, "", {.min = 0, .max = 2147483647},
              "Token id in the place of a lost token; [UNK] is 100 in BERT's vocabularies.")
      .label_effect(LabelEffect::kUnknowable)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); });
}

/// The dose of all of them that have one.
[[nodiscard]] inline DoseSpec rate_dose() {
  return {.parameter = "rate", .unit = "", .identity = 0, .ladder = {.1, .3, .5, .7, .9}, .fraction = true};
}

}  // namespace shakedown::perturb
