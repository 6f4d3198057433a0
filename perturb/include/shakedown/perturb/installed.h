#pragma once

#include <string_view>

namespace shakedown::perturb {

/// Where Debian's package wordnet-base puts WordNet: what `wordnet: auto` stands for.
inline constexpr std::string_view kWordNetFolder = "/usr/share/wordnet";

}  // namespace shakedown::perturb
