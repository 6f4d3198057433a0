// What a sentence says is said by denying the opposite: "good" becomes "not bad", "I love it" becomes "I do not hate
// it". A reader would still give the label, if a paler one; a model that counts words is led astray. One word a
// sentence, the first that allows it; a degree adverb becomes part of the denial ("very good" becomes "not at all
// bad").
#include <optional>
#include <string>
#include <vector>

#include "shakedown/perturb/registry.h"
#include "text/predicate.h"
#include "text/scripts.h"
#include "text/sentiment_rewrite.h"

namespace shakedown::perturb {
namespace {

class DoubleDenial final : public SentimentSentenceRewrite {
 public:
  using Config = SentimentConfig;
  explicit DoubleDenial(const Config& config) : SentimentSentenceRewrite(config, false) {}

 private:
  [[nodiscard]] std::string nothing_eligible() const override {
    return "no sentence with a word whose opposite can be denied";
  }

  [[nodiscard]] std::optional<std::vector<Edit>> edits_of(const Transcript& transcript,
                                                          const std::vector<Token>& tokens,
                                                          const SentimentUnit& unit) const override {
    const LexiconEntry& sense = unit.sense;
    const Token& token = tokens[unit.token];
    if (sense.antonym.empty() || !token.negators.empty()) return std::nullopt;
    if (is_mandarin(transcript.language)) return denied(transcript, tokens, unit, sense.antonym);
    if (sense.part_of_speech == 'v') {
      // Do-support takes the base form of the opposite.
      const auto& lemmas = Lexicon::builtin(transcript.language).find(sense.lemma);
      for (const LexiconEntry& lemma : lemmas) {
        if (lemma.part_of_speech == 'v' && !lemma.antonym.empty()) {
          auto edits = denied(transcript, tokens, unit, lemma.antonym);
          return edits && edits->back().text.ends_with(lemma.antonym) ? edits : std::nullopt;
        }
      }
      return std::nullopt;
    }
    if (sense.part_of_speech != 'a' || sense.form != "base" || is_degree(sense.lemma)) return std::nullopt;
    std::size_t begin = token.begin;
    std::string denial = "not " + sense.antonym;
    if (has_left(tokens, unit.token)) {
      const Token& left = tokens[unit.token - 1];
      if (forbids_denial(left.word)) return std::nullopt;
      if (is_intensifier(left.word)) {
        begin = left.begin;
        denial = "not at all " + sense.antonym;
      }
    }
    const auto original = std::string_view(transcript.text).substr(begin, token.end - begin);
    const bool capital = !original.empty() && original.front() >= 'A' && original.front() <= 'Z';
    if (capital) denial.front() = 'N';
    return std::vector<Edit>{{begin, token.end, denial}};
  }

  /// "so good that", "as good as", "more beautiful": the denial of the opposite would say something else.
  static bool forbids_denial(const std::string& word) {
    for (const char* other : {"so", "too", "as", "how", "more", "most", "less", "least", "such", "enough"}) {
      if (word == other) return true;
    }
    return false;
  }

  /// Degrees of "good" and "bad", whose opposites deny something else.
  static bool is_degree(const std::string& lemma) {
    return lemma == "best" || lemma == "better" || lemma == "worst" || lemma == "worse";
  }
};

PerturbationSpec spec() {
  auto schema = sentiment_schema<DoubleDenial>(
      "text.double_denial", "A sentence says the same by denying the opposite: \"not bad\" for \"good\".",
      "Wang et al., TextFlint, ACL 2021 (DoubleDenial). Rules and lexicon: this project.",
      "Probability that an eligible sentence is rewritten.");
  return with_lexicon(schema).label_effect(LabelEffect::kInvariant).build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_double_denial, shakedown::perturb::spec);
