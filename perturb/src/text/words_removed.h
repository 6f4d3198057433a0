#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"
#include "shakedown/media/text.h"

namespace shakedown::perturb {

/// Which bytes of `text` stay when the words at `dropped` go: what remains keeps its spelling, punctuation and
/// spacing, and a lost word takes one adjacent space with it.
[[nodiscard]] std::vector<bool> kept_bytes(const std::string& text, const std::vector<media::WordSpan>& words,
                                           const std::vector<std::size_t>& dropped);

/// The transcript of the bytes that stay; word times follow their words, those of lost words go.
[[nodiscard]] Transcript keep(const Transcript& before, const std::vector<bool>& kept);

}  // namespace shakedown::perturb
