#include "text/sentiment_rewrite.h"

#include "text/predicate.h"

namespace shakedown::perturb {

UnitRewrite::Plan SentimentWordRewrite::plan(const Transcript& transcript) const {
  const SentimentText text = reader_.read(transcript);
  Plan units;
  for (const SentimentUnit& unit : text.units) units.push_back(edits_of(transcript, text.tokens, unit));
  return units;
}

UnitRewrite::Plan SentimentSentenceRewrite::plan(const Transcript& transcript) const {
  const SentimentText text = reader_.read(transcript);
  Plan sentences;
  for (const auto& units : by_sentence(text)) {
    std::optional<std::vector<Edit>> edits;
    for (const SentimentUnit& unit : units) {
      edits = edits_of(transcript, text.tokens, unit);
      if (edits) break;
    }
    sentences.push_back(std::move(edits));
  }
  return sentences;
}

}  // namespace shakedown::perturb
