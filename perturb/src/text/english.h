#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/sample.h"
#include "shakedown/media/text.h"

namespace shakedown::perturb {

/// The words as they are compared: in lower case, the apostrophe a straight one.
[[nodiscard]] std::vector<std::string> lower_words(const Transcript& transcript,
                                                   const std::vector<media::WordSpan>& words);

/// `word` (lower case) in the capitals of `like`: all of them, the first, or none; "i" and its contractions always have
/// one.
[[nodiscard]] std::string cased_like(std::string word, std::string_view like);

}  // namespace shakedown::perturb
