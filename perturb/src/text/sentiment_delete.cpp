// The words that carry the sentiment are lost, with the degree adverb in front of them ("very good" goes whole) and one
// space; the prediction should move towards neutral.
#include <optional>
#include <string>
#include <vector>

#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/sentiment_units.h"
#include "text/unit_rewrite.h"
#include "text/words_removed.h"

namespace shakedown::perturb {
namespace {

class SentimentDelete final : public UnitRewrite {
 public:
  struct Config {
    double fraction = 0.2;
    std::string negated = "word";
    std::string lexicon;
  };

  explicit SentimentDelete(const Config& config)
      : UnitRewrite(config.fraction, true), config_(config), reader_(config.lexicon) {}

 private:
  [[nodiscard]] Plan plan(const Transcript& transcript) const override {
    const SentimentText text = reader_.read(transcript);
    std::vector<media::WordSpan> words;
    for (const Token& token : text.tokens) words.push_back({token.begin, token.end});
    Plan units;
    for (const SentimentUnit& unit : text.units) {
      const Token& token = text.tokens[unit.token];
      if (token.negated() && config_.negated == "keep") {
        units.emplace_back();
        continue;
      }
      std::vector<std::size_t> gone = {unit.token};
      if (has_left(text.tokens, unit.token) && is_intensifier(text.tokens[unit.token - 1].word))
        gone.insert(gone.begin(), unit.token - 1);
      std::optional<Edit> shortened;  // "isn't" becomes "is"
      if (token.negated() && config_.negated == "phrase") {
        const auto negator = without_negator(transcript, text.tokens, token.negators.back());
        if (negator && negator->text.empty()) gone.insert(gone.begin(), token.negators.back());
        if (negator && !negator->text.empty()) shortened = negator;
      }
      std::vector<Edit> edits = removal_of(transcript.text, words, gone);
      if (shortened) edits.insert(edits.begin(), *shortened);
      units.emplace_back(std::move(edits));
    }
    return units;
  }

  [[nodiscard]] std::string nothing_eligible() const override { return "no sentiment word"; }

  Config config_;
  SentimentReader reader_;
};

PerturbationSpec spec() {
  return Schema<SentimentDelete>("text.sentiment_delete", Modality::kText,
                                 "The words that carry the sentiment are lost, each with the degree adverb in front of "
                                 "it.")
      .source(
          "Deletion by a sentiment lexicon: Li et al., NAACL 2018 (delete, retrieve, generate). Lexicon: this "
          "project.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &SentimentDelete::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that a sentiment word is lost.")
      .choice(
          "negated", &SentimentDelete::Config::negated, {"word", "phrase", "keep"},
          "What becomes of \"not good\". word: \"not\" stays; phrase: it goes too, where the sentence allows it; keep: "
          "words in the scope of a negator are not eligible.")
      .text("lexicon", &SentimentDelete::Config::lexicon,
            "File of a lexicon of one's own: a word, a tab, its polarity from -4 to 4, then optionally part of speech, "
            "form, lemma, antonym, synonym, neutral substitute, context, a line each. Empty: the one that comes with "
            "shakedown.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.2, .4, .6, .8, 1}, .fraction = true})
      .label_effect(LabelEffect::kDirectional)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_sentiment_delete, shakedown::perturb::spec);
