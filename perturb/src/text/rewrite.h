#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Bytes [begin, end) of a transcript become `text`; an insertion where begin == end.
struct Edit {
  std::size_t begin = 0, end = 0;
  std::string text;
};

/// `before` with the edits made. Word times follow their words: a word inside an edit keeps the time and covers what
/// stands there now; a word of which nothing is left goes; what is inserted at the edge of a word is no part of it.
/// @param edits ascending and disjoint
[[nodiscard]] Transcript rewrite(const Transcript& before, const std::vector<Edit>& edits);

/// Bytes of the transcript before the edits, neighbours joined, for Effect::touched.
[[nodiscard]] std::vector<Span> touched_by(const std::vector<Edit>& edits);

}  // namespace shakedown::perturb
