// The words that carry the sentiment are blanked out, as in a cloze test: what remains has the length and the grammar
// of the sentence, and the prediction should move towards neutral.
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/perturb/registry.h"
#include "text/sentiment_rewrite.h"

namespace shakedown::perturb {
namespace {

class SentimentMask final : public SentimentWordRewrite {
 public:
  struct Config : SentimentConfig {
    std::string mask = "_";
    std::string negated = "word";
  };

  explicit SentimentMask(const Config& config) : SentimentWordRewrite(config, true), config_(config) {
    if (config.mask.find_first_not_of(" \t\r\n") == std::string::npos)
      throw Error(ErrorKind::kUsage, "mask: is empty; text.sentiment_delete takes the words away");
  }

 private:
  [[nodiscard]] std::optional<std::vector<Edit>> edits_of(const Transcript&, const std::vector<Token>& tokens,
                                                          const SentimentUnit& unit) const override {
    const Token& token = tokens[unit.token];
    if (token.negated() && config_.negated == "keep") return std::nullopt;
    std::vector<Edit> edits = {{token.begin, token.end, config_.mask}};
    if (token.negated() && config_.negated == "phrase") {
      const Token& negator = tokens[token.negators.back()];
      edits.push_back({negator.begin, negator.end, config_.mask});
    }
    return edits;
  }

  Config config_;
};

PerturbationSpec spec() {
  auto schema = sentiment_schema<SentimentMask>(
      "text.sentiment_mask", "The words that carry the sentiment are blanked out; the others stay in their places.",
      "Masking by a sentiment lexicon: Li et al., NAACL 2018 (delete, retrieve, generate). Lexicon: this project.",
      "Probability that a sentiment word is blanked out.");
  schema
      .text("mask", &SentimentMask::Config::mask,
            "What is written in its place. It is text: a tokenizer splits it like any other word.")
      .choice(
          "negated", &SentimentMask::Config::negated, {"word", "phrase", "keep"},
          "What becomes of \"not good\". word: \"not _\"; phrase: \"_ _\"; keep: words in the scope of a negator are "
          "not eligible.");
  return with_lexicon(schema).label_effect(LabelEffect::kDirectional).build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_sentiment_mask, shakedown::perturb::spec);
