// A word is written as another that sounds the same: their and there, its and it's, week and weak. To the ear nothing
// happened; a model that reads sees another word.
#include <string>
#include <vector>

#include "shakedown/media/scripts.h"
#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/ear.h"
#include "text/english.h"
#include "text/mandarin.h"
#include "text/pronunciation.h"
#include "text/read_words.h"
#include "text/recognition.h"
#include "text/rewrite.h"
#include "text/scripts.h"

namespace shakedown::perturb {
namespace {

// Of one transcript, in its language.
class Homophones {
 public:
  Homophones(const Transcript& transcript, double ratio) : ratio_(ratio) {
    const Tongue tongue = tongue_of(transcript);
    mandarin_ = tongue == Tongue::kMandarin;
    if (mandarin_) traditional_ = is_traditional(transcript.text);
    if (!mandarin_ && tongue != Tongue::kEnglish)
      why_ = named_language(transcript) + ", and homophones are known of English and Chinese";
  }
  [[nodiscard]] const std::string& why() const { return why_; }  ///< why there are none; "" when there are
  [[nodiscard]] std::vector<SoundsLike> of(const std::string& word) const {
    if (mandarin_ && media::is_unspaced(word)) return Mandarin::installed().homophones(word, ratio_, traditional_);
    return Pronunciations::installed().homophones(word, ratio_);
  }
  [[nodiscard]] std::vector<bool> eligible(const std::vector<std::string>& words) const {
    std::vector<bool> eligible;
    for (const std::string& word : words) eligible.push_back(!of(word).empty());
    return eligible;
  }

 private:
  double ratio_;
  bool mandarin_ = false, traditional_ = false;
  std::string why_;
};

class Homophone final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.1;
    double ratio = 100;
  };

  explicit Homophone(const Config& config) : config_(config) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Transcript& before = *sample.transcript;
    const Homophones homophones(before, config_.ratio);
    if (!homophones.why().empty()) return Effect::skipped(homophones.why());
    const auto spans = media::segment_words(before.text, before.language);
    const auto words = lower_words(before, spans);
    const auto eligible = homophones.eligible(words);
    if (count_eligible(eligible) == 0) return Effect::ineligible("no word has a homophone of similar frequency");
    const auto taken = take_each(rng.stream("text"), eligible, config_.fraction);
    if (taken.empty()) return Effect::unchanged("no word was drawn");

    const Stream which = rng.stream("homophone");
    Effect effect;
    std::vector<Edit> edits;
    for (const std::size_t i : taken) {
      const auto [begin, end] = spans[i];
      const auto others = homophones.of(words[i]);
      const auto& other = others[which.below(others.size(), i)].word;
      edits.push_back({begin, end, cased_like(other, std::string_view(before.text).substr(begin, end - begin))});
      effect.decisions.push_back(static_cast<std::int64_t>(i));
    }
    effect.touched = touched_by(edits);
    sample.transcript = std::make_shared<const Transcript>(rewrite(before, edits));
    return effect;
  }

  // Counted on the output, word by word: their number stays. So does that of the characters of Chinese, in which
  // the words are found anew.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    const ScoredUnits old_units = scored_units(*before.transcript), new_units = scored_units(*after.transcript);
    Dose dose;
    dose.total = static_cast<double>(old_units.words.size());
    const Homophones homophones(*before.transcript, config_.ratio);
    if (homophones.why().empty())
      dose.eligible = static_cast<double>(count_eligible(homophones.eligible(old_units.words)));
    dose.taken = static_cast<double>(decided_among(effect, old_units.words.size()).size());
    std::vector<bool> changed(old_units.words.size(), false);
    for (std::size_t i = 0; i < old_units.size() && old_units.size() == new_units.size(); ++i)
      if (old_units.units[i] != new_units.units[i]) changed[old_units.word[i]] = true;
    dose.changed = static_cast<double>(count_eligible(changed));
    return with_shares(dose);
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  return Schema<Homophone>("text.homophone", Modality::kText,
                           "Words are written as other words that sound the same: their and there, its and it's. "
                           "English and Chinese (tones included): samples in other languages are skipped and counted.")
      .version(2)
      .source(
          "Pronunciations: CMU dictionary as in Debian's pocketsphinx-en-us; frequencies: its language model; Chinese: "
          "rime-essay, rime-data-luna-pinyin, ICU's Han-Latin. Task: "
          "close_homophones_swap of Dhole et al., NL-Augmenter, 2021.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &Homophone::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that a word with a homophone is replaced by one.")
      .number("ratio", &Homophone::Config::ratio, "", {.min = 1, .max = 1e6},
              "Largest ratio of the frequencies of a word and its homophone; rarer ones are what nobody would write.")
      .needs([](const Homophone::Config&) { return vocabularies(); })
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.05, .1, .2, .3, .5}, .fraction = true})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_homophone, shakedown::perturb::spec);
