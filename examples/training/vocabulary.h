#pragma once

#include <string>

#include "shakedown/datasets/dataset.h"

namespace training {

/// A WordPiece vocabulary, one token a line: the special tokens, every word of the split, and each letter as a word's
/// begin and as its continuation, so that no word of letters is unknown.
[[nodiscard]] std::string make_vocabulary(const shakedown::datasets::Dataset& train);

}  // namespace training
