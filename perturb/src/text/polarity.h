#pragma once

#include <string>
#include <string_view>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Sum of the polarities of the sentiment words of `text` (+1, -1), each turned round when it stands in the scope of
/// an odd number of negators (tokens_of()). A Chinese word that carries both turns itself round.
[[nodiscard]] int text_polarity(std::string_view text, const std::string& language);

/// Way in which the prediction should move when the transcript changes: the sign of the change of text_polarity(),
/// what Effect::direction of text.sentiment_*, text.negation and directional external cells is. 0: no statement.
[[nodiscard]] int direction_of_change(const Transcript& before, const Transcript& after);

}  // namespace shakedown::perturb
