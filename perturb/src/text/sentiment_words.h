#pragma once

#include <string_view>

namespace shakedown::perturb {

/// +1 for a word that speaks well of something, -1 for one that speaks ill of it, 0 for any other.
/// `word` is lower-case UTF-8. English inflections of listed words count ("loved", "happiest",
/// "sadly"); a Chinese word counts when a listed one stands inside it. The list was written for this
/// project and errs on the side of catching too much: it protects words, it does not score them.
[[nodiscard]] int polarity(std::string_view word);

/// True for words that turn a statement round ("not", "never", "don't", "hardly"; Chinese words that
/// are, begin with or end in a negator). `word` is lower-case UTF-8.
[[nodiscard]] bool is_negator(std::string_view word);

}  // namespace shakedown::perturb
