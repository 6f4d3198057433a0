#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/lexicon.h"

namespace shakedown::perturb {

/// A word of a text with what stands around it. Chinese words are put together and taken apart so that words of the
/// lexicon, negators and degree adverbs stand alone ("我不" is 我 and 不, "很好看" is 很 and 好看).
struct Token {
  std::size_t begin = 0, end = 0;  ///< bytes of the text
  std::string word;                ///< lower case
  bool starts_clause = false, starts_sentence = false;
  int polarity = 0;  ///< +1, -1; of itself, whatever negates it
  bool negates = false;
  std::vector<std::size_t> negators = {};  ///< tokens in whose scope it stands
  [[nodiscard]] bool negated() const { return negators.size() % 2 == 1; }
};

/// The words of `text` in order. A scope runs from the negator to the end of the clause (punctuation, or a contrastive
/// conjunction), over four words at most; "not only" and its Chinese forms are no negators. Scope: Pang, Lee and
/// Vaithyanathan, EMNLP 2002 (to the clause's end); Reitan et al., WASSA 2015 (four words).
[[nodiscard]] std::vector<Token> tokens_of(std::string_view text, const std::string& language, const Lexicon& lexicon);

/// A word that says how much ("very"), which goes with the word behind it.
[[nodiscard]] bool is_intensifier(std::string_view word);

}  // namespace shakedown::perturb
