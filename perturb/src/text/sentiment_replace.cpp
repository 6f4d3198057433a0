// The words that carry the sentiment are replaced by others in the same form ("loved" by "hated", "happier" by
// "sadder"): by their antonyms, after which the prediction should move the other way; by neutral words, after which it
// should move towards neutral; by synonyms, after which nothing should change. "a" and "an" follow the new word.
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/perturb/registry.h"
#include "text/sentiment_rewrite.h"

namespace shakedown::perturb {
namespace {

class SentimentReplace final : public SentimentWordRewrite {
 public:
  struct Config : SentimentConfig {
    std::string with = "antonym";
    std::string negated = "word";
    std::string wordnet;
  };

  explicit SentimentReplace(const Config& config)
      : SentimentWordRewrite(config, config.with != "synonym", config.wordnet), config_(config) {
    if (!config.wordnet.empty() && config.with == "neutral")
      throw Error(ErrorKind::kUsage, "wordnet: has antonyms and synonyms; with: neutral takes none of them");
  }

 private:
  [[nodiscard]] std::string nothing_eligible() const override { return "no sentiment word with a " + config_.with; }

  [[nodiscard]] std::optional<std::vector<Edit>> edits_of(const Transcript& transcript,
                                                          const std::vector<Token>& tokens,
                                                          const SentimentUnit& unit) const override {
    const Token& token = tokens[unit.token];
    const std::string& partner = config_.with == "antonym"   ? unit.sense.antonym
                                 : config_.with == "neutral" ? unit.sense.neutral
                                                             : unit.sense.synonym;
    if (partner.empty()) return std::nullopt;
    const auto original = std::string_view(transcript.text).substr(token.begin, token.end - token.begin);
    const Edit word{token.begin, token.end, in_case_of(original, partner)};
    if (!token.negated() || config_.negated == "word" || config_.with == "synonym") return std::vector{word};
    if (config_.negated == "keep") return std::nullopt;
    const auto negator = without_negator(transcript, tokens, token.negators.back());
    if (!negator) return std::nullopt;
    // "not good": its opposite is "good".
    if (config_.with == "antonym") return std::vector{*negator};
    return std::vector{*negator, word};
  }

  Config config_;
};

PerturbationSpec spec() {
  auto schema = sentiment_schema<SentimentReplace>(
      "text.sentiment_replace",
      "The words that carry the sentiment are replaced by antonyms, neutral words or synonyms in the same grammatical "
      "form.",
      "Antonym and synonym replacement: Wang et al., TextFlint, ACL 2021; directional tests: Ribeiro et al., "
      "CheckList, ACL 2020. Lexicon: this project.",
      "Probability that a sentiment word is replaced.");
  schema
      .choice("with", &SentimentReplace::Config::with, {"antonym", "neutral", "synonym"},
              "antonym: the prediction should move the other way; neutral: towards neutral; synonym: not at all.")
      .choice(
          "negated", &SentimentReplace::Config::negated, {"word", "phrase", "keep"},
          "What becomes of \"not good\". word: the word is replaced and the negator stays (\"not bad\"); phrase: the "
          "negator goes, and the word stays for an antonym (\"good\") or is replaced by a neutral word; keep: words "
          "in the scope of a negator are not eligible. Synonyms are always replaced as words.");
  return with_lexicon(schema)
      .text("wordnet", &SentimentReplace::Config::wordnet,
            "Where antonyms and synonyms of English words come from that the lexicon has none for: a folder with "
            "WordNet's files, or auto for that of Debian's wordnet-base. A partner is taken where the lexicon, or the "
            "one that comes with shakedown, rates it as the other (the same) sign. Empty: nowhere.")
      .label_effect([](const SentimentReplace::Config& config, const ModelReads&) {
        return config.with == "synonym" ? LabelEffect::kInvariant : LabelEffect::kDirectional;
      })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_sentiment_replace, shakedown::perturb::spec);
