#pragma once

#include <functional>
#include <string>
#include <vector>

#include "forms.h"
#include "missing/fill.h"
#include "shakedown/perturb/perturbation.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {

/// Options of the perturbations that lose steps of features and tokens.
struct StepOptions {
  std::string modality = "all";
  std::string sharing = "independent";
  std::string protect = "specials";
  std::string fill = "zero";
  int unk_id = 100;
};

/// Steps of feature sequences and tokens are lost; which of them is left to the perturbation. What is
/// common to missing.random, missing.temporal and missing.block: eligibility, sharing, fill, dose.
///
/// A modality has one mask: tokens and embedding of a text lose the same positions (by share of the length
/// where their lengths differ). Shared, there is one mask for all modalities: position by position where
/// all lengths are equal (aligned data), else on the shortest of them, whose steps the others follow by
/// share of their length, so that a lost step is lost as a whole everywhere.
class StepLoss {
 public:
  /// Picks from eligible positions by one stream; see positions.h.
  using Pick = std::function<std::vector<std::size_t>(const Stream&, const std::vector<bool>& eligible)>;

  explicit StepLoss(StepOptions options) : options_(std::move(options)) {}

  [[nodiscard]] Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng, const Pick& pick) const;
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const;
  [[nodiscard]] const StepOptions& options() const { return options_; }

  static constexpr Forms kForms = {Form::kTokens, Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};

 private:
  struct Track;
  [[nodiscard]] std::vector<Track> tracks_of(const Sample& sample) const;
  void share(std::vector<Track>& tracks, const Stream& stream, const Pick& pick) const;
  void write(Sample& sample, const Track& track, const Corpus& corpus, const Rng& rng) const;

  StepOptions options_;
};

/// Declares the options that all of them have (P::Config derives from StepOptions), and what they share.
template <class P>
Schema<P>& declare_steps(Schema<P>& schema) {
  using Config = typename P::Config;
  return schema.reads(StepLoss::kForms)
      .writes(StepLoss::kForms)
      .choice("modality", &Config::modality, modality_choices(), "Which modalities lose steps.")
      .choice("protect", &Config::protect, {"specials", "ends", "none"},
              "Positions never lost: CLS and SEP of tokens (in all modalities when they share a mask), the first and "
              "last of every modality, or none.")
      .choice("fill", &Config::fill, Fill::choices(),
              "What stands in the place of a lost feature step: zeros, the mean, the last observed step, noise.")
      .number("unk_id", &Config::unk_id, "", {.min = 0, .max = 2147483647},
              "Token id in the place of a lost token; [UNK] is 100 in BERT's vocabularies.")
      .label_effect(LabelEffect::kUnknowable)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); });
}

/// The dose of all of them.
[[nodiscard]] inline DoseSpec rate_dose() {
  return {.parameter = "rate", .unit = "", .identity = 0, .ladder = {.1, .3, .5, .7, .9}, .fraction = true};
}

}  // namespace shakedown::perturb
