#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/sample.h"

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

/// BERT's WordPiece tokenizer (Devlin et al. 2019; basic tokenizer + greedy longest match), from a
/// vocab.txt with one token a line. Immutable, thread-safe.
///
/// As in the authors' tokenization.py, control characters and bytes that are not UTF-8 vanish; as in the
/// transformers package, so do private and unassigned characters. Text is text: a "[SEP]" that a user typed is
/// split like any other brackets and word, and never becomes the special token.
class WordPiece {
 public:
  struct Options {
    bool lower_case = true;      ///< also strips accents, as the uncased models do
    std::size_t max_word = 100;  ///< longer words become [UNK]
  };
  /// @throws Error(kData) when the file cannot be read or lacks [CLS], [SEP], [UNK] or [PAD]
  WordPiece(const std::filesystem::path& vocabulary, Options options);
  /// The same from the text of a vocab.txt; `name` stands for the file in errors.
  WordPiece(std::string_view vocabulary, const std::string& name, Options options);
  ~WordPiece();

  [[nodiscard]] std::vector<std::int64_t> encode(std::string_view text) const;  ///< without specials
  /// [CLS] pieces [SEP], truncated and padded with [PAD] to `length`. @throws Error(kUsage) when length < 2
  [[nodiscard]] Tokens tokenize(std::string_view text, std::size_t length) const;
  [[nodiscard]] std::int64_t unknown_id() const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace shakedown::media
