#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/perturb/schema.h"
#include "text/sentiment_units.h"
#include "text/unit_rewrite.h"

namespace shakedown::perturb {

/// Parameters of every rewriting that goes by the sentiment lexicon.
struct SentimentConfig {
  double fraction = 0.2;
  std::string lexicon;
};

/// Rewrites sentiment words, each a unit.
class SentimentWordRewrite : public UnitRewrite {
 protected:
  /// @param wordnet  as SentimentReader takes it
  SentimentWordRewrite(const SentimentConfig& config, bool directed, const std::string& wordnet = "")
      : UnitRewrite(config.fraction, directed), reader_(config.lexicon, wordnet) {}

  /// What would become of `unit`; nothing where it is not eligible.
  [[nodiscard]] virtual std::optional<std::vector<Edit>> edits_of(const Transcript& transcript,
                                                                  const std::vector<Token>& tokens,
                                                                  const SentimentUnit& unit) const = 0;
  [[nodiscard]] Plan plan(const Transcript& transcript) const override;
  [[nodiscard]] std::string nothing_eligible() const override { return "no sentiment word"; }

  SentimentReader reader_;
};

/// Rewrites sentences, each a unit, at the first sentiment word that allows it.
class SentimentSentenceRewrite : public SentimentWordRewrite {
 protected:
  using SentimentWordRewrite::SentimentWordRewrite;
  [[nodiscard]] Plan plan(const Transcript& transcript) const final;
};

/// What their declarations share before their own parameters ...
template <class P>
Schema<P> sentiment_schema(std::string name, std::string doc, std::string source, std::string fraction) {
  Schema<P> schema(std::move(name), Modality::kText, std::move(doc));
  schema.source(std::move(source))
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &SentimentConfig::fraction, "", {.min = 0, .max = 1}, std::move(fraction))
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.2, .4, .6, .8, 1}, .fraction = true});
  return schema;
}
/// ... and behind them.
template <class P>
Schema<P>& with_lexicon(Schema<P>& schema) {
  return schema.text(
      "lexicon", &P::Config::lexicon,
      "File of a lexicon of one's own (docs/formats.md): a word, a tab, its polarity from -4 to 4, then "
      "optionally its strength, or part of speech, form, lemma, antonym, synonym, neutral substitute, "
      "context, a line each; VADER's; DUTIR as CSV or TSV; or a folder with a list of positive and one of "
      "negative words (Hu and Liu, NTUSD). Empty: the one that comes with shakedown.");
}

}  // namespace shakedown::perturb
