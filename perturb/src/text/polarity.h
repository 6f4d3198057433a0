#pragma once

#include <vector>

#include "shakedown/core/sample.h"
#include "text/clause.h"

namespace shakedown::perturb {

/// Sum of the polarities of the sentiment words of a text, by the lexicon that comes with shakedown (+1, -1), each
/// turned round when it stands in the scope of an odd number of negators (tokens_of()). A Chinese word that carries
/// both turns itself round.
[[nodiscard]] int polarity_of(const std::vector<Token>& tokens);
[[nodiscard]] int text_polarity(const Transcript& transcript);

/// Way in which the prediction should move when the transcript changes: the sign of the change of text_polarity(),
/// what Effect::direction of text.sentiment_*, text.negation and directional external cells is. 0: no statement.
/// @param before  text_polarity() of the transcript before
[[nodiscard]] int direction_of_change(int before, const Transcript& after);

}  // namespace shakedown::perturb
