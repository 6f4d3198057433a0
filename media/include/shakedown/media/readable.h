#pragma once

#include <cstddef>

#include "shakedown/core/sample.h"
#include "shakedown/media/tokenizer.h"

namespace shakedown::media {

/// How many bytes of `transcript` a model reads through `length` tokens, specials included: up to the end of the last
/// word whose pieces all fit, or all of it. Where pieces reach across words (SentencePiece in a language without
/// spaces) it may be off by one word. Text that is not UTF-8, which no tokenizer takes, is not cut.
/// @throws Error(kUsage) when the specials do not fit into `length`
[[nodiscard]] std::size_t readable_bytes(const Tokenizer& tokenizer, const Transcript& transcript, std::size_t length);

}  // namespace shakedown::media
