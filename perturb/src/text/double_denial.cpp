// What a sentence says is said by denying the opposite: "good" becomes "not bad", "I love it" becomes "I do not hate
// it". A reader would still give the label, if a paler one; a model that counts words is led astray. One word a
// sentence, the first that allows it; a degree adverb becomes part of the denial ("very good" becomes "not at all
// bad").
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

class DoubleDenial final : public UnitRewrite {
 public:
  struct Config {
    double fraction = 0.2;
    std::string lexicon;
  };

  explicit DoubleDenial(const Config& config) : UnitRewrite(config.fraction, false), reader_(config.lexicon) {}

 private:
  [[nodiscard]] Plan plan(const Transcript& transcript) const override {
    const SentimentText text = reader_.read(transcript);
    Plan sentences;
    for (const auto& units : by_sentence(text)) {
      std::optional<std::vector<Edit>> edits;
      for (const SentimentUnit& unit : units) {
        edits = denied_opposite(transcript, text.tokens, unit);
        if (edits) break;
      }
      sentences.push_back(std::move(edits));
    }
    return sentences;
  }

  [[nodiscard]] std::string nothing_eligible() const override {
    return "no sentence with a word whose opposite can be denied";
  }

  [[nodiscard]] static std::optional<std::vector<Edit>> denied_opposite(const Transcript& transcript,
                                                                        const std::vector<Token>& tokens,
                                                                        const SentimentUnit& unit) {
    const LexiconEntry& sense = unit.sense;
    const Token& token = tokens[unit.token];
    if (sense.antonym.empty() || !token.negators.empty()) return std::nullopt;
    if (writes_chinese(transcript.language)) return denied(transcript, tokens, unit, sense.antonym);
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

  SentimentReader reader_;
};

PerturbationSpec spec() {
  return Schema<DoubleDenial>("text.double_denial", Modality::kText,
                              "A sentence says the same by denying the opposite: \"not bad\" for \"good\".")
      .source("Wang et al., TextFlint, ACL 2021 (DoubleDenial). Rules and lexicon: this project.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &DoubleDenial::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that an eligible sentence is rewritten.")
      .text("lexicon", &DoubleDenial::Config::lexicon,
            "File of a lexicon of one's own: a word, a tab, its polarity from -4 to 4, then optionally part of speech, "
            "form, lemma, antonym, synonym, neutral substitute, context, a line each. Empty: the one that comes with "
            "shakedown.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.2, .4, .6, .8, 1}, .fraction = true})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_double_denial, shakedown::perturb::spec);
