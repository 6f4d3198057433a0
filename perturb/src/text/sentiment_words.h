#pragma once

#include <string_view>

namespace shakedown::perturb {

/// +1 for a word that speaks well of something, -1 for one that speaks ill of it, 0 for any other.
/// `word` is lower-case UTF-8. It is looked up in the lexicons that come with shakedown, leaning words included.
/// English forms of listed words and words derived from them count ("heartlessness"); a Chinese word counts when a
/// listed one of two characters or more stands inside it. This errs on the side of catching too much.
[[nodiscard]] int polarity(std::string_view word);

/// True for words that turn a statement round ("not", "never", "don't", "hardly"; Chinese words that
/// are, begin with or end in a negator). `word` is lower-case UTF-8.
[[nodiscard]] bool is_negator(std::string_view word);

}  // namespace shakedown::perturb
