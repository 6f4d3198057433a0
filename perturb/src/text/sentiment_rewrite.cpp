#include "text/sentiment_rewrite.h"

#include "text/predicate.h"

namespace shakedown::perturb {

UnitRewrite::Plan SentimentWordRewrite::plan(const Transcript& transcript) const {
  const SentimentText text = reader_.read(transcript);
  Plan plan{{}, text.polarity};
  for (const SentimentUnit& unit : text.units) plan.units.push_back(edits_of(transcript, text.tokens, unit));
  return plan;
}

UnitRewrite::Plan SentimentSentenceRewrite::plan(const Transcript& transcript) const {
  const SentimentText text = reader_.read(transcript);
  Plan plan{{}, text.polarity};
  for (const auto& units : by_sentence(text)) {
    std::optional<std::vector<Edit>> edits;
    for (const SentimentUnit& unit : units) {
      edits = edits_of(transcript, text.tokens, unit);
      if (edits) break;
    }
    plan.units.push_back(std::move(edits));
  }
  return plan;
}

}  // namespace shakedown::perturb
