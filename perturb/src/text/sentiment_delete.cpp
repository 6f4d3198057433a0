// The words that carry the sentiment are lost, with the degree adverb in front of them ("very good" goes whole) and one
// space; the prediction should move towards neutral.
#include <optional>
#include <string>
#include <vector>

#include "shakedown/perturb/registry.h"
#include "text/sentiment_rewrite.h"
#include "text/words_removed.h"

namespace shakedown::perturb {
namespace {

class SentimentDelete final : public SentimentWordRewrite {
 public:
  struct Config : SentimentConfig {
    std::string negated = "word";
  };

  explicit SentimentDelete(const Config& config) : SentimentWordRewrite(config, true), config_(config) {}

 private:
  [[nodiscard]] std::optional<std::vector<Edit>> edits_of(const Transcript& transcript,
                                                          const std::vector<Token>& tokens,
                                                          const SentimentUnit& unit) const override {
    const Token& token = tokens[unit.token];
    if (token.negated() && config_.negated == "keep") return std::nullopt;
    std::vector<std::size_t> gone = {unit.token};
    if (has_left(tokens, unit.token) && is_intensifier(tokens[unit.token - 1].word))
      gone.insert(gone.begin(), unit.token - 1);
    std::optional<Edit> shortened;  // "isn't" becomes "is"
    if (token.negated() && config_.negated == "phrase") {
      const auto negator = without_negator(transcript, tokens, token.negators.back());
      if (negator && negator->text.empty()) gone.insert(gone.begin(), token.negators.back());
      if (negator && !negator->text.empty()) shortened = negator;
    }
    std::vector<media::WordSpan> words;
    for (const Token& each : tokens) words.push_back({each.begin, each.end});
    std::vector<Edit> edits = removal_of(transcript.text, words, gone);
    if (shortened) edits.insert(edits.begin(), *shortened);
    return edits;
  }

  Config config_;
};

PerturbationSpec spec() {
  auto schema = sentiment_schema<SentimentDelete>(
      "text.sentiment_delete",
      "The words that carry the sentiment are lost, each with the degree adverb in front of it.",
      "Deletion by a sentiment lexicon: Li et al., NAACL 2018 (delete, retrieve, generate). Lexicon: this project.",
      "Probability that a sentiment word is lost.");
  schema.choice("negated", &SentimentDelete::Config::negated, {"word", "phrase", "keep"},
                "What becomes of \"not good\". word: \"not\" stays; phrase: it goes too, where the sentence allows it; "
                "keep: words in the scope of a negator are not eligible.");
  return with_lexicon(schema).label_effect(LabelEffect::kDirectional).build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_sentiment_delete, shakedown::perturb::spec);
