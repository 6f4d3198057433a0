// The words that carry the sentiment are blanked out, as in a cloze test: what remains has the length and the grammar
// of the sentence, and the prediction should move towards neutral.
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/sentiment_units.h"
#include "text/unit_rewrite.h"

namespace shakedown::perturb {
namespace {

class SentimentMask final : public UnitRewrite {
 public:
  struct Config {
    double fraction = 0.2;
    std::string mask = "_";
    std::string negated = "word";
    std::string lexicon;
  };

  explicit SentimentMask(const Config& config)
      : UnitRewrite(config.fraction, true), config_(config), reader_(config.lexicon) {
    if (config.mask.find_first_not_of(" \t\r\n") == std::string::npos)
      throw Error(ErrorKind::kUsage, "mask: is empty; text.sentiment_delete takes the words away");
  }

 private:
  [[nodiscard]] Plan plan(const Transcript& transcript) const override {
    const SentimentText text = reader_.read(transcript);
    Plan units;
    for (const SentimentUnit& unit : text.units) {
      const Token& token = text.tokens[unit.token];
      if (token.negated() && config_.negated == "keep") {
        units.emplace_back();
        continue;
      }
      std::vector<Edit> edits = {{token.begin, token.end, config_.mask}};
      if (token.negated() && config_.negated == "phrase") {
        const Token& negator = text.tokens[token.negators.back()];
        edits.push_back({negator.begin, negator.end, config_.mask});
      }
      units.emplace_back(std::move(edits));
    }
    return units;
  }

  [[nodiscard]] std::string nothing_eligible() const override { return "no sentiment word"; }

  Config config_;
  SentimentReader reader_;
};

PerturbationSpec spec() {
  return Schema<SentimentMask>("text.sentiment_mask", Modality::kText,
                               "The words that carry the sentiment are blanked out; the others stay in their places.")
      .source(
          "Masking by a sentiment lexicon: Li et al., NAACL 2018 (delete, retrieve, generate). Lexicon: this project.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &SentimentMask::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that a sentiment word is blanked out.")
      .text("mask", &SentimentMask::Config::mask,
            "What is written in its place. It is text: a tokenizer splits it like any other word.")
      .choice(
          "negated", &SentimentMask::Config::negated, {"word", "phrase", "keep"},
          "What becomes of \"not good\". word: \"not _\"; phrase: \"_ _\"; keep: words in the scope of a negator are "
          "not eligible.")
      .text("lexicon", &SentimentMask::Config::lexicon,
            "File of a lexicon of one's own: a word, a tab, its polarity from -4 to 4, then optionally part of speech, "
            "form, lemma, antonym, synonym, neutral substitute, context, a line each. Empty: the one that comes with "
            "shakedown.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.2, .4, .6, .8, 1}, .fraction = true})
      .label_effect(LabelEffect::kDirectional)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_sentiment_mask, shakedown::perturb::spec);
