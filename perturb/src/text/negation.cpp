// A sentence is turned round by a negator: "was good" becomes "was not good", "I loved it" becomes "I did not love it",
// and a sentence that was negated loses its negator. The prediction should move the other way. Only sentences whose
// predicate carries a sentiment word are eligible: what "not" does to "the door was open" is no matter of sentiment.
#include <optional>
#include <string>
#include <vector>

#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/predicate.h"
#include "text/sentiment_units.h"
#include "text/unit_rewrite.h"

namespace shakedown::perturb {
namespace {

class Negation final : public UnitRewrite {
 public:
  struct Config {
    double fraction = 0.2;
    std::string negated = "remove";
    std::string lexicon;
  };

  explicit Negation(const Config& config)
      : UnitRewrite(config.fraction, true), config_(config), reader_(config.lexicon) {}

 private:
  [[nodiscard]] Plan plan(const Transcript& transcript) const override {
    const SentimentText text = reader_.read(transcript);
    Plan sentences;
    for (const auto& units : by_sentence(text)) {
      std::optional<std::vector<Edit>> edits;
      for (const SentimentUnit& unit : units) {
        edits = turned(transcript, text.tokens, unit);
        if (edits) break;
      }
      sentences.push_back(std::move(edits));
    }
    return sentences;
  }

  [[nodiscard]] std::string nothing_eligible() const override {
    return "no sentence whose predicate carries a sentiment word";
  }

  [[nodiscard]] std::optional<std::vector<Edit>> turned(const Transcript& transcript, const std::vector<Token>& tokens,
                                                        const SentimentUnit& unit) const {
    const Token& token = tokens[unit.token];
    if (token.negators.empty()) {
      const bool verb = unit.sense.part_of_speech == 'v';
      return denied(transcript, tokens, unit, verb ? unit.sense.lemma : token.word);
    }
    if (config_.negated == "keep" || !token.negated()) return std::nullopt;
    const auto edit = without_negator(transcript, tokens, token.negators.back());
    if (!edit) return std::nullopt;
    std::vector<Edit> edits = {*edit};
    // "not bad at all": "at all" goes with its negator.
    const std::size_t at = unit.token + 1;
    if (has_left(tokens, at + 1) && tokens[at].word == "at" && tokens[at + 1].word == "all")
      edits.push_back({token.end, tokens[at + 1].end, ""});
    return edits;
  }

  Config config_;
  SentimentReader reader_;
};

PerturbationSpec spec() {
  return Schema<Negation>("text.negation", Modality::kText,
                          "Sentences are turned round by a negator, or by the loss of the one that they have.")
      .source("Ribeiro et al., CheckList, ACL 2020 (negation of the predicate). Rules and lexicon: this project.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &Negation::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that an eligible sentence is turned round.")
      .choice("negated", &Negation::Config::negated, {"remove", "keep"},
              "What becomes of \"not good\". remove: the negator goes; keep: negated sentences are not eligible.")
      .text("lexicon", &Negation::Config::lexicon,
            "File of a lexicon of one's own: a word, a tab, its polarity from -4 to 4, then optionally part of speech, "
            "form, lemma, antonym, synonym, neutral substitute, context, a line each. Empty: the one that comes with "
            "shakedown.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.2, .4, .6, .8, 1}, .fraction = true})
      .label_effect(LabelEffect::kDirectional)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_negation, shakedown::perturb::spec);
