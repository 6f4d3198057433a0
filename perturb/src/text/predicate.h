#pragma once

#include <optional>
#include <string>
#include <vector>

#include "text/sentiment_units.h"

namespace shakedown::perturb {

/// The units of `text` by sentence, in order; sentences without a word of sentiment are empty. One sentence at least
/// where there is a word.
[[nodiscard]] std::vector<std::vector<SentimentUnit>> by_sentence(const SentimentText& text);

/// The edits that make `sentence` deny what `unit` says: "not" behind the auxiliary in front of it ("was not good"), or
/// do-support for a verb ("did not love"); in Chinese 不, or 没 where the verb carries 了 or 过, in the place of a
/// degree adverb. `verb` stands for the word itself where do-support rewrites it (its base form). Nothing where the
/// clause has no such predicate, is a question or is negated already.
[[nodiscard]] std::optional<std::vector<Edit>> denied(const Transcript& transcript, const std::vector<Token>& tokens,
                                                      const SentimentUnit& unit, const std::string& verb);

}  // namespace shakedown::perturb
