#pragma once

#include <string_view>

namespace shakedown::media {

/// What a text is written in, by its letters.
struct Scripts {
  bool han = false;             ///< at least one Chinese character
  bool other_unspaced = false;  ///< at least one letter of Kana, Thai, Lao, Khmer or Burmese, written without spaces
  bool beyond_latin = false;    ///< at least one letter that is not Latin
};
[[nodiscard]] Scripts scripts_of(std::string_view text);

/// True when the text begins with a letter of a script that is written without spaces.
[[nodiscard]] bool is_unspaced(std::string_view text);

}  // namespace shakedown::media
