#pragma once

#include <string>

#include "shakedown/core/results.h"

namespace shakedown::reports::test {

/// Header of a feature run on MOSI with two cells not tested.
[[nodiscard]] RunHeader make_header();

/// Results of a regression model over every kind of cell that a report must draw: both counted label
/// effects, directional, diagnostic, beyond the valid dose, weak, vacuous, undefined, composed, replicated.
[[nodiscard]] Results regression_results();

/// Text and video decide together; audio is ignored; the two removals disagree; one rate; a conflict; a shuffle.
[[nodiscard]] ModelUse make_model_use();

/// A small classification run.
[[nodiscard]] Results classification_results();

/// The regression results with markup, quotes, control characters and broken UTF-8 in every user string.
[[nodiscard]] Results hostile_results();

/// Strings as a malicious data set would choose them.
[[nodiscard]] std::string hostile_text();

/// A gate with a failed, an inconclusive and a passed rule and a missing cell.
[[nodiscard]] Comparison gate_comparison();

/// Three samples, a clean cell, a fraction cell and an snr cell, with every state.
[[nodiscard]] RunData small_run();

}  // namespace shakedown::reports::test
