// A detector that loses the face (or a tracker its pitch) does not fail frame by frame but in runs: it is lost, stays
// lost for a while, and finds it again. The two-state Markov chain of Gilbert, stationary from the first frame on:
// a lost frame is followed by another with probability 1 - 1/m, so that runs last m = `mean_run` frames on average, and
// a found frame by a lost one with p / ((1 - p) m), so that the share p is lost. Above p = 1 - 1/m runs of m cannot
// stay apart, and m grows to 1 / (1 - p), where the chain has no memory left. Both probabilities rise with p and a lost
// frame is never followed by a lost one less likely than a found frame is, so one uniform a frame nests all levels.
#include <algorithm>
#include <set>

#include "feature/features.h"
#include "forms.h"
#include "missing/fill.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class DropoutRuns final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.25, mean_run = 8;
    std::string modality = "video", fill = "zero";
  };

  explicit DropoutRuns(Config config) : config_(std::move(config)), modalities_(modalities_of(config_.modality)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    const auto forms = feature_forms(sample, modalities_);
    if (forms.empty()) return Effect::skipped("the sample has no features of the modality chosen");
    Effect effect;
    std::size_t frames = 0;
    for (const Form form : forms) {
      const Shared<Sequence> whole = sequence_of(sample, form);
      frames += whole->length;
      const auto lost = lost_frames(whole->length, rng.stream(modality_name(modality_of(form))));
      if (lost.empty()) continue;
      const Stream fill = rng.stream("fill/" + std::string(form_name(form)));
      set_sequence(sample, form, Fill{config_.fill}.apply(whole, lost, form, corpus, fill));
      for (const std::size_t frame : lost) effect.decisions.push_back(unit_of(form, frame));
      if (forms.size() == 1) effect.touched = runs_of(lost);
    }
    if (frames == 0) return Effect::ineligible("the sample has no frame");
    return effect.decisions.empty() ? Effect::unchanged("no frame was lost") : effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    const std::set<std::int64_t> lost(effect.decisions.begin(), effect.decisions.end());
    Dose dose;
    for (const Form form : feature_forms(before, modalities_)) {
      const auto &a = sequence_of(before, form), &b = sequence_of(after, form);
      for (std::size_t frame = 0; frame < a->length; ++frame) {
        ++dose.eligible;
        if (lost.count(unit_of(form, frame)) == 0) continue;
        ++dose.taken;
        if (row_differs(*a, *b, frame)) ++dose.changed;
      }
    }
    dose.total = dose.eligible;
    return with_shares(dose);
  }

 private:
  [[nodiscard]] std::vector<std::size_t> lost_frames(std::size_t length, const Stream& stream) const {
    const double p = config_.fraction;
    const double run = p < 1 ? std::max(config_.mean_run, 1 / (1 - p)) : 0;
    const double after_lost = p < 1 ? 1 - 1 / run : 1;
    const double after_found = p < 1 ? p / ((1 - p) * run) : 1;
    std::vector<std::size_t> lost;
    bool is_lost = false;
    for (std::size_t frame = 0; frame < length; ++frame) {
      is_lost = stream.uniform(frame) < (frame == 0 ? p : is_lost ? after_lost : after_found);
      if (is_lost) lost.push_back(frame);
    }
    return lost;
  }

  Config config_;
  std::vector<Modality> modalities_;
};

PerturbationSpec spec() {
  using Config = DropoutRuns::Config;
  return Schema<DropoutRuns>("feature.dropout_runs", Modality::kVideo,
                             "Loses features in runs, as a face detector does that loses the face for a while.")
      .source("Gilbert, Bell System Technical Journal 39(5), 1960 (two-state Markov chain)")
      .reads(kSequenceForms)
      .writes(kSequenceForms)
      .number("fraction", &Config::fraction, "", {.min = 0, .max = 1}, "Share of the frames that is lost.")
      .number("mean_run", &Config::mean_run, "frames", {.min = 1, .max = 1e6},
              "Mean length of a run of lost frames; longer where the fraction leaves no room between runs.")
      .choice("modality", &Config::modality, modality_choices(), "Whose features are lost.")
      .choice("fill", &Config::fill, Fill::choices(),
              "What stands in the place of a lost frame: zeros, the mean, the last frame found, noise.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.1, .25, .5, .75, 1}, .fraction = true})
      .label_effect(LabelEffect::kUnknowable)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(feature_dropout_runs, shakedown::perturb::spec);
