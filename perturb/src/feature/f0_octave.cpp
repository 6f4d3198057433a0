// The classic error of a pitch tracker: it reports half or twice the fundamental frequency. A share of the voiced
// frames is hit, each by its own draw. Voiced are frames whose `voicing` column is above 0, without such a column those
// whose pitch is not 0. Works on the pitch columns that the data's layout or `columns:` in data.yaml names: `pitch` in
// hertz (times 1/2 or 2) or `pitch_semitones` (minus or plus 12). On normalised features an octave has no meaning: a
// pitch in hertz that is negative anywhere gives them away, and the sample is skipped.
#include <algorithm>
#include <cmath>
#include <set>

#include "feature/features.h"
#include "forms.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr Form kForm = Form::kAudioFeatures;
constexpr double kOctaveSemitones = 12;

struct Pitch {
  std::size_t column = 0;
  bool semitones = false;
  std::optional<std::size_t> voicing;
};

std::optional<Pitch> pitch_in(const std::vector<ColumnBlock>& columns, std::size_t dims) {
  Pitch pitch;
  const ColumnBlock* block = find_block(columns, kForm, "pitch");
  if (block == nullptr) {
    block = find_block(columns, kForm, "pitch_semitones");
    pitch.semitones = true;
  }
  if (block == nullptr || block->begin >= dims) return std::nullopt;
  pitch.column = block->begin;
  const ColumnBlock* const voicing = find_block(columns, kForm, "voicing");
  if (voicing != nullptr && voicing->begin < dims) pitch.voicing = voicing->begin;
  return pitch;
}

std::vector<bool> voiced_frames(const Sequence& sequence, const Pitch& pitch) {
  std::vector<bool> voiced(sequence.length, false);
  for (std::size_t step = 0; step < sequence.length; ++step) {
    const float value = sequence.row(step)[pitch.column];
    voiced[step] = std::isfinite(value) && value != 0 && (!pitch.voicing || sequence.row(step)[*pitch.voicing] > 0);
  }
  return voiced;
}

class F0Octave final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.1;
    std::string direction = "random";
  };

  explicit F0Octave(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    auto yardstick = std::make_shared<Yardstick>();
    yardstick->columns = corpus.columns();
    const Sequence& clean = *sample.audio_features;
    const auto pitch = pitch_in(yardstick->columns, clean.dims);
    if (!pitch) return Effect::skipped("no column is known to hold the pitch");
    const auto voiced = voiced_frames(clean, *pitch);
    for (std::size_t step = 0; step < clean.length && !pitch->semitones; ++step) {
      if (clean.row(step)[pitch->column] < 0) return Effect::skipped("the pitch is negative: it is not in hertz");
    }
    if (count_eligible(voiced) == 0) return Effect::ineligible("no frame is voiced");
    const auto hit = take_each(rng.stream("frames"), voiced, config_.fraction);
    if (hit.empty()) {
      Effect unchanged = Effect::unchanged("no frame was drawn");
      unchanged.yardstick = std::move(yardstick);  // its voiced frames count among the eligible
      return unchanged;
    }
    const Stream way = rng.stream("way");
    auto wrong = std::make_shared<Sequence>(clean);
    Effect effect;
    for (const std::size_t step : hit) {
      float& value = wrong->row(step)[pitch->column];
      bool up = config_.direction == "up" || (config_.direction == "random" && way.uniform(step) < 0.5);
      // Below the zero of a semitone scale there is no pitch, and a frame would turn unvoiced.
      if (pitch->semitones) up = up || value <= kOctaveSemitones;
      value = pitch->semitones ? value + static_cast<float>(up ? kOctaveSemitones : -kOctaveSemitones)
                               : value * (up ? 2.0F : 0.5F);
      effect.decisions.push_back(unit_of(kForm, step));
    }
    sample.audio_features = std::move(wrong);
    effect.touched = runs_of(hit);
    effect.yardstick = std::move(yardstick);
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    const Sequence &a = *before.audio_features, &b = *after.audio_features;
    const auto pitch = effect.yardstick ? pitch_in(effect.yardstick->columns, a.dims) : std::nullopt;
    if (!pitch) return dose;
    const std::set<std::int64_t> hit(effect.decisions.begin(), effect.decisions.end());
    const auto voiced = voiced_frames(a, *pitch);
    dose.total = static_cast<double>(a.length);
    dose.eligible = static_cast<double>(count_eligible(voiced));
    for (std::size_t step = 0; step < a.length; ++step) {
      if (hit.count(unit_of(kForm, step)) == 0) continue;
      ++dose.taken;
      if (row_differs(a, b, step)) ++dose.changed;
    }
    return with_shares(dose);
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  using Config = F0Octave::Config;
  return Schema<F0Octave>("feature.f0_octave", Modality::kAudio,
                          "Octave errors of the pitch tracker: half or twice the pitch in a share of voiced frames.")
      .source("Talkin 1995; Drugman and Alwan, Interspeech 2011 (halving and doubling errors of pitch trackers)")
      .reads({kForm})
      .writes({kForm})
      .needs({.columns = {"pitch", "pitch_semitones"}})
      .number("fraction", &Config::fraction, "", {.min = 0, .max = 1}, "Share of the voiced frames that is hit.")
      .choice("direction", &Config::direction, direction_choices(),
              "up: doubled; down: halved; random: drawn for each frame.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.05, .1, .2, .35, .5}, .fraction = true})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(feature_f0_octave, shakedown::perturb::spec);
