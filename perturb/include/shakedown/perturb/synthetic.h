#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "shakedown/core/corpus.h"

namespace shakedown::perturb {

/// A small corpus made of nothing but arithmetic, the same on every machine: sentences with word times,
/// tokens and embeddings of them, harmonic "speech" of four speakers with pauses, drawn faces that move, with
/// their track, and audio and vision features of uneven length with padding, with a pitch and landmark columns. Sample
/// i has speaker i mod 4 and carries all seven forms. Its external() is a copy with audio features shifted, whatever
/// `data` is. For tests and `shakedown selftest`, which must run where there is no data. @param samples at least 1
/// @param language  of the sentences: "en", "zh", "es"; others are English
[[nodiscard]] std::unique_ptr<Corpus> synthetic_corpus(std::size_t samples, const std::string& language = "en");

}  // namespace shakedown::perturb
