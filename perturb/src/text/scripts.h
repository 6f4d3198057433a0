#pragma once

#include <string>
#include <string_view>

namespace shakedown::perturb {

/// What a text is written in, by its letters.
struct Scripts {
  bool han = false;             ///< at least one Chinese character
  bool other_unspaced = false;  ///< at least one letter of Kana, Thai, Lao, Khmer or Burmese, written without spaces
  bool beyond_latin = false;    ///< at least one letter that is not Latin
};
[[nodiscard]] Scripts scripts_of(std::string_view text);

/// True when the word begins in a script that is written without spaces, so that errors are counted by character.
[[nodiscard]] bool is_unspaced(std::string_view word);

/// By language tags: "en", "en-GB"; "zh", "zh-TW", "cmn".
[[nodiscard]] bool is_english(const std::string& language);
[[nodiscard]] bool is_mandarin(const std::string& language);

}  // namespace shakedown::perturb
