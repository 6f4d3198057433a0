#pragma once

#include <string>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// By its tag: "zh", "zh-TW", "cmn".
[[nodiscard]] bool is_mandarin(const std::string& language);

/// What a transcript is spoken in, by its language, where that is unknown by its script.
enum class Tongue {
  kEnglish,   ///< "en", "en-GB"; unknown and in Latin letters
  kMandarin,  ///< "zh", "zh-TW", "cmn"; unknown and in Chinese characters
  kSpaced,    ///< another language that is written with spaces
  kUnspaced,  ///< another one that is not
  kUnknown    ///< an unknown language in other letters
};
[[nodiscard]] Tongue tongue_of(const Transcript& transcript);

/// "its language is 'ja'", "its language is unknown"
[[nodiscard]] std::string named_language(const Transcript& transcript);

}  // namespace shakedown::perturb
