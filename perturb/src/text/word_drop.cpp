// Words are lost: a recogniser or a captioner leaves some out. What remains keeps its spelling, case,
// punctuation and spacing byte for byte; a lost word takes one adjacent space with it.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/clause.h"
#include "text/read_words.h"
#include "text/sentiment_words.h"
#include "text/words_removed.h"

namespace shakedown::perturb {
namespace {

class WordDrop final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.1;
    std::string protect = "polar";
    std::string lexicon;
  };

  explicit WordDrop(Config config) : config_(std::move(config)) {
    if (config_.lexicon.empty()) return;
    if (config_.protect == "none") throw Error(ErrorKind::kUsage, "lexicon: nothing is protected at protect: none");
    own_ = std::make_shared<const Lexicon>(Lexicon::read(config_.lexicon));
  }

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Transcript& before = *sample.transcript;
    const auto words = media::segment_words(before.text, before.language);
    const auto eligible = eligible_words(before, words);
    if (words.empty()) return Effect::ineligible("no words");
    if (count_eligible(eligible) == 0) return Effect::ineligible("every word is a negator or a sentiment word");

    const auto dropped = take_each(rng.stream("text"), eligible, config_.fraction);
    if (dropped.empty()) return Effect::unchanged("no word was drawn");
    const auto edits = removal_of(before.text, words, dropped);
    Effect effect;
    effect.touched = touched_by(edits);
    effect.decisions.assign(dropped.begin(), dropped.end());
    sample.transcript = std::make_shared<const Transcript>(rewrite(before, edits));
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    const auto words = media::segment_words(before.transcript->text, before.transcript->language);
    const auto eligible = eligible_words(*before.transcript, words);
    dose.total = static_cast<double>(words.size());
    dose.eligible = static_cast<double>(count_eligible(eligible));
    // Counted on the output: the words drawn are gone from it, and nothing else is.
    const auto dropped = decided_among(effect, words.size());
    dose.taken = static_cast<double>(dropped.size());
    const Transcript expected = rewrite(*before.transcript, removal_of(before.transcript->text, words, dropped));
    if (after.transcript->text == expected.text) dose.changed = dose.taken;
    return with_shares(dose);
  }

 private:
  [[nodiscard]] std::vector<bool> eligible_words(const Transcript& transcript,
                                                 const std::vector<media::WordSpan>& words) const {
    std::vector<bool> eligible = eligible_units(words.size());
    if (config_.protect == "none") return eligible;
    protect(transcript, words, Lexicon::builtin(transcript.language), eligible);
    if (own_) protect(transcript, words, *own_, eligible);
    return eligible;
  }

  static void protect(const Transcript& transcript, const std::vector<media::WordSpan>& words, const Lexicon& lexicon,
                      std::vector<bool>& eligible) {
    std::size_t i = 0;
    for (const Token& token : tokens_of(transcript.text, transcript.language, lexicon)) {
      if (token.polarity == 0 && !is_negator(token.word)) continue;
      while (i < words.size() && words[i].end <= token.begin) ++i;
      for (std::size_t k = i; k < words.size() && words[k].begin < token.end; ++k) eligible[k] = false;
    }
  }

  Config config_;
  std::shared_ptr<const Lexicon> own_;
};

PerturbationSpec spec() {
  return Schema<WordDrop>("text.word_drop", Modality::kText,
                          "Words are lost, as recognisers and captioners lose them. Words that carry the sentiment "
                          "and words that turn it round stay, so that a reader would still give the label.")
      .version(2)
      .source("Word deletion: Wei and Zou, EDA, EMNLP 2019. Protection of polar words: this project.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &WordDrop::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that an eligible word is lost.")
      .choice("protect", &WordDrop::Config::protect, {"polar", "none"},
              "polar: negators and sentiment words are never lost; none: any word may be.")
      .text("lexicon", &WordDrop::Config::lexicon,
            "Sentiment words to protect beside those of the lexicon that comes with shakedown: a file or folder as for "
            "text.sentiment_replace (docs/formats.md).")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.05, .1, .2, .3, .5}, .fraction = true})
      .label_effect([](const WordDrop::Config& config, const ModelReads&) {
        return config.protect == "none" ? LabelEffect::kUnknowable : LabelEffect::kInvariant;
      })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_word_drop, shakedown::perturb::spec);
