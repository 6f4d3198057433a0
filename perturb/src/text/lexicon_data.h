#pragma once

#include <string_view>

namespace shakedown::perturb {

/// The lexicons that come with shakedown, as the text of their files.
[[nodiscard]] std::string_view english_lexicon();
[[nodiscard]] std::string_view chinese_lexicon();

}  // namespace shakedown::perturb
