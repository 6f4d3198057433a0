#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shakedown/media/text.h"
#include "text/rewrite.h"

namespace shakedown::perturb {

/// What is cut out of `text` when the words at `dropped` (ascending) go: what remains keeps its spelling, punctuation
/// and spacing, and a lost word takes one adjacent space with it.
[[nodiscard]] std::vector<Edit> removal_of(const std::string& text, const std::vector<media::WordSpan>& words,
                                           const std::vector<std::size_t>& dropped);

}  // namespace shakedown::perturb
