// One modality is permuted over the split: every clip gets that of another one, and each is used once. What the
// model loses is what it took from this modality, while the modality itself keeps its distribution: no zeros, no
// silence, nothing that it has never seen. Permutation importance, for a whole modality.
//
// The permutation is one random cycle through the id-sorted split, so that no clip keeps its own. It is the same for
// every sample of the cell; replicates draw another one.
#include <algorithm>
#include <utility>

#include "cross/donor.h"
#include "forms.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr Forms kForms = {Form::kTranscript,    Form::kTokens, Form::kEmbedding,     Form::kWaveform,
                          Form::kAudioFeatures, Form::kFrames, Form::kVisionFeatures};

// The clip that follows the one at `place` (in id order) on the cycle: places are ordered by random numbers.
std::size_t next_on_cycle(std::size_t place, std::size_t size, const Stream& order) {
  using Rank = std::pair<std::uint64_t, std::size_t>;
  const Rank own{order.bits(place), place};
  Rank first = own, next = own;
  for (std::size_t other = 0; other < size; ++other) {
    const Rank rank{order.bits(other), other};
    first = std::min(first, rank);
    if (rank > own && (next == own || rank < next)) next = rank;
  }
  return next == own ? first.second : next.second;
}

class Shuffle final : public Perturbation {
 public:
  struct Config {
    std::string modality = "text";
  };

  explicit Shuffle(const Config& config) : modality_(modalities_of(config.modality).front()) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    if (!has_modality(sample, modality_)) return Effect::ineligible("the sample has no such modality");
    const auto& by_id = corpus.by_id();
    const auto found = std::lower_bound(by_id.begin(), by_id.end(), sample.id,
                                        [&](std::size_t index, const auto& id) { return corpus.info(index).id < id; });
    if (found == by_id.end() || corpus.info(*found).id != sample.id) return Effect::skipped("the split has no such id");
    if (by_id.size() < 2) return Effect::ineligible("the split has one clip");
    StreamKey key = rng.key();
    key.sample_id.clear();
    const auto place = static_cast<std::size_t>(found - by_id.begin());
    const std::size_t donor = by_id[next_on_cycle(place, by_id.size(), Rng(key).stream("order"))];
    const Exchange exchanged = exchange_with(sample, modality_, corpus, donor);
    if (!exchanged.donor) return Effect::skipped(exchanged.why);
    Effect effect;
    effect.decisions = {static_cast<std::int64_t>(donor)};
    effect.measures["same_speaker"] = corpus.info(donor).speaker == sample.speaker ? 1 : 0;
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect&) const override { return {}; }

 private:
  Modality modality_;
};

PerturbationSpec spec() {
  using Config = Shuffle::Config;
  return Schema<Shuffle>("cross.shuffle", Modality::kCross,
                         "One modality is permuted over the split: each clip gets that of another one.")
      .source("Permutation importance: Breiman, Machine Learning 45, 2001. Cyclic permutation: Sattolo, 1986.")
      .reads(kForms)
      .writes(kForms)
      .brings_clips()
      .choice("modality", &Config::modality, {"text", "audio", "video"}, "The modality that is permuted.")
      .label_effect(LabelEffect::kDiagnostic)
      .modality_at([](const Config& config) { return modalities_of(config.modality).front(); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(cross_shuffle, shakedown::perturb::spec);
