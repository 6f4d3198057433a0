// A sentence is turned round by a negator: "was good" becomes "was not good", "I loved it" becomes "I did not love it",
// and a sentence that was negated loses its negator. The prediction should move the other way. Only sentences whose
// predicate carries a sentiment word are eligible: what "not" does to "the door was open" is no matter of sentiment.
#include <optional>
#include <string>
#include <vector>

#include "shakedown/perturb/registry.h"
#include "text/predicate.h"
#include "text/sentiment_rewrite.h"

namespace shakedown::perturb {
namespace {

class Negation final : public SentimentSentenceRewrite {
 public:
  struct Config : SentimentConfig {
    std::string negated = "remove";
  };

  explicit Negation(const Config& config) : SentimentSentenceRewrite(config, true), config_(config) {}

 private:
  [[nodiscard]] std::string nothing_eligible() const override {
    return "no sentence whose predicate carries a sentiment word";
  }

  [[nodiscard]] std::optional<std::vector<Edit>> edits_of(const Transcript& transcript,
                                                          const std::vector<Token>& tokens,
                                                          const SentimentUnit& unit) const override {
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
};

PerturbationSpec spec() {
  auto schema = sentiment_schema<Negation>(
      "text.negation", "Sentences are turned round by a negator, or by the loss of the one that they have.",
      "Ribeiro et al., CheckList, ACL 2020 (negation of the predicate). Rules and lexicon: this project.",
      "Probability that an eligible sentence is turned round.");
  schema.choice("negated", &Negation::Config::negated, {"remove", "keep"},
                "What becomes of \"not good\". remove: the negator goes; keep: negated sentences are not eligible.");
  return with_lexicon(schema).label_effect(LabelEffect::kDirectional).build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_negation, shakedown::perturb::spec);
