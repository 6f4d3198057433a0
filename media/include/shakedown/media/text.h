#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown::media {

/// A word of a text: bytes [begin, end).
struct WordSpan {
  std::size_t begin = 0, end = 0;
};

/// Words after ICU's rules for `language` ("" means root; Chinese and others by ICU's dictionary).
/// Punctuation and spaces are no words; "don't" and "3.5" are one. An unknown language follows the root
/// rules; bytes that are not UTF-8 belong to no word of their own. At most 2 GiB of text, else Error(kData).
[[nodiscard]] std::vector<WordSpan> segment_words(std::string_view text, const std::string& language = "");

/// What a reader takes for one character (an extended grapheme cluster, Unicode UAX 29): bytes [begin, end).
/// Its kind is that of its first code point; bytes that are not UTF-8 are of kind kOther.
struct Character {
  enum class Kind { kLetter, kDigit, kPunctuation, kSpace, kOther };
  std::size_t begin = 0, end = 0;
  Kind kind = Kind::kOther;
  bool capital = false;     ///< an upper-case or title-case letter
  bool alphabetic = false;  ///< a letter of an alphabet: neither ideographic nor syllabic
};
/// All characters of `text` in order. At most 2 GiB of text, else Error(kData).
[[nodiscard]] std::vector<Character> characters(std::string_view text);

/// Lower case by ICU's rules for `language` ("" means root). Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string lower_case(std::string_view text, const std::string& language = "");

}  // namespace shakedown::media
