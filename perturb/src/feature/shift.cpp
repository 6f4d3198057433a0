// One modality lags behind or runs ahead of the others by whole frames, as after a wrong time stamp, a dropped block
// or two extractors with different latency. Lengths stay: what leaves at one end is lost, and the end laid bare repeats
// the outermost frame (hold; 0 for what is not finite) or is zero. Frames, not seconds, because feature files do not
// say how long a frame is.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "feature/features.h"
#include "forms.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class FeatureShift final : public Perturbation {
 public:
  struct Config {
    int frames = 4;
    std::string direction = "random", modality = "audio+video", edge = "hold";
  };

  explicit FeatureShift(Config config) : config_(std::move(config)), modalities_(modalities_of(config_.modality)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const auto frames = static_cast<std::size_t>(config_.frames);
    if (frames == 0) return Effect::unchanged("a shift by no frame");
    const auto forms = feature_forms(sample, modalities_);
    if (forms.empty()) return Effect::skipped("the sample has no features of the modality chosen");
    for (const Form form : forms) {
      const std::size_t length = sequence_of(sample, form)->length;
      if (length > frames) continue;
      return Effect::skipped(fmt::format("{} has {} frames, not more than the shift", form_name(form), length));
    }
    Effect effect;
    for (const Form form : forms) {
      const int sign = sign_of(config_.direction, rng.stream(modality_name(modality_of(form))));
      set_sequence(sample, form, shifted(*sequence_of(sample, form), frames, sign > 0));
      effect.decisions.push_back(sign);
    }
    return effect;
  }

  /// All rows move alike, so every part that a model may take has the same dose.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    dose.realised = dose.effective = 0;
    if (effect.state != State::kApplied) return dose;
    dose.realised = config_.frames;
    double moved = 0, forms = 0;
    for (const Form form : feature_forms(before, modalities_)) {
      const auto &a = sequence_of(before, form), &b = sequence_of(after, form);
      std::size_t changed = 0;
      for (std::size_t step = 0; step < a->length; ++step) changed += row_differs(*a, *b, step) ? 1 : 0;
      moved += changed > 0 ? 1 : 0;
      ++forms;
    }
    dose.effective = forms > 0 ? dose.realised * moved / forms : 0;  // a constant sequence shifts onto itself
    return dose;
  }

 private:
  /// Row t of the result is row t - frames (later) or t + frames of `clean`.
  [[nodiscard]] Shared<Sequence> shifted(const Sequence& clean, std::size_t frames, bool later) const {
    auto moved = std::make_shared<Sequence>(clean);
    const std::size_t kept = clean.length - frames, dims = clean.dims;
    std::copy_n(clean.row(later ? 0 : frames), kept * dims, moved->row(later ? frames : 0));
    const std::size_t bare = later ? 0 : kept, edge = later ? 0 : clean.length - 1;
    for (std::size_t step = bare; step < bare + frames; ++step) {
      if (config_.edge == "hold") {
        std::transform(clean.row(edge), clean.row(edge) + dims, moved->row(step),
                       [](float held) { return std::isfinite(held) ? held : 0.0F; });
      } else {
        std::fill_n(moved->row(step), dims, 0.0F);
      }
    }
    return moved;
  }

  Config config_;
  std::vector<Modality> modalities_;
};

PerturbationSpec spec() {
  using Config = FeatureShift::Config;
  return Schema<FeatureShift>("feature.shift", Modality::kCross,
                              "Moves the features of a modality in time against the others, by whole frames.")
      .source("Tsai et al., ACL 2019 (unaligned modalities); the latency of streaming extractors")
      .reads(kSequenceForms)
      .writes(kSequenceForms)
      .number("frames", &Config::frames, "frames", {.min = 0, .max = 100000}, "How far the features move.")
      .choice("direction", &Config::direction, direction_choices(),
              "up: later; down: earlier; random: drawn for each clip and modality.")
      .choice("modality", &Config::modality, modality_choices(), "Whose features move.")
      .choice("edge", &Config::edge, {"hold", "zero"}, "What the end laid bare holds: the outermost frame, or zeros.")
      .dose({.parameter = "frames", .unit = "frames", .identity = 0, .ladder = {1, 2, 4, 8, 16}, .tolerance = 1e-9})
      .label_effect(LabelEffect::kInvariant)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(feature_shift, shakedown::perturb::spec);
