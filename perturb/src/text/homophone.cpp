// A word is written as another that sounds the same: their and there, its and it's, week and weak. To the ear nothing
// happened; a model that reads sees another word.
#include <string>
#include <vector>

#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/english.h"
#include "text/pronunciation.h"
#include "text/read_words.h"
#include "text/rewrite.h"

namespace shakedown::perturb {
namespace {

class Homophone final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.1;
    double ratio = 100;
  };

  explicit Homophone(const Config& config) : config_(config) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Transcript& before = *sample.transcript;
    if (auto why = not_english(before); !why.empty()) return Effect::skipped(std::move(why));
    const auto spans = media::segment_words(before.text, before.language);
    const auto words = lower_words(before, spans);
    const auto eligible = eligible_words(words);
    if (count_eligible(eligible) == 0) return Effect::ineligible("no word has a homophone of similar frequency");
    const auto taken = take_each(rng.stream("text"), eligible, config_.fraction);
    if (taken.empty()) return Effect::unchanged("no word was drawn");

    const Stream which = rng.stream("homophone");
    Effect effect;
    std::vector<Edit> edits;
    for (const std::size_t i : taken) {
      const auto [begin, end] = spans[i];
      const auto others = Pronunciations::installed().homophones(words[i], config_.ratio);
      const auto& other = others[which.below(others.size(), i)].word;
      edits.push_back({begin, end, cased_like(other, std::string_view(before.text).substr(begin, end - begin))});
      effect.decisions.push_back(static_cast<std::int64_t>(i));
    }
    effect.touched = touched_by(edits);
    sample.transcript = std::make_shared<const Transcript>(rewrite(before, edits));
    return effect;
  }

  // Counted on the output, word by word: their number stays.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    const auto words_of = [](const Sample& sample) {
      return lower_words(*sample.transcript,
                         media::segment_words(sample.transcript->text, sample.transcript->language));
    };
    const auto old_words = words_of(before), new_words = words_of(after);
    Dose dose;
    dose.total = static_cast<double>(old_words.size());
    if (not_english(*before.transcript).empty())
      dose.eligible = static_cast<double>(count_eligible(eligible_words(old_words)));
    dose.taken = static_cast<double>(decided_among(effect, old_words.size()).size());
    for (std::size_t i = 0; i < old_words.size() && old_words.size() == new_words.size(); ++i)
      dose.changed += old_words[i] != new_words[i] ? 1 : 0;
    return with_shares(dose);
  }

 private:
  [[nodiscard]] std::vector<bool> eligible_words(const std::vector<std::string>& words) const {
    std::vector<bool> eligible;
    for (const std::string& word : words)
      eligible.push_back(!Pronunciations::installed().homophones(word, config_.ratio).empty());
    return eligible;
  }

  Config config_;
};

PerturbationSpec spec() {
  return Schema<Homophone>("text.homophone", Modality::kText,
                           "Words are written as other words that sound the same: their and there, its and it's. "
                           "English only: other languages are skipped and counted.")
      .source(
          "Pronunciations: CMU dictionary as in Debian's pocketsphinx-en-us; frequencies: its language model. Task: "
          "close_homophones_swap of Dhole et al., NL-Augmenter, 2021.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &Homophone::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that a word with a homophone is replaced by one.")
      .number("ratio", &Homophone::Config::ratio, "", {.min = 1, .max = 1e6},
              "Largest ratio of the frequencies of a word and its homophone; rarer ones are what nobody would write.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.05, .1, .2, .3, .5}, .fraction = true})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_homophone, shakedown::perturb::spec);
