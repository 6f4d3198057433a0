#pragma once

#include <cstdint>
#include <string>

#include "shakedown/core/corpus.h"
#include "shakedown/core/preview.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {

/// What the perturbations of a cell model: a sentence a part.
[[nodiscard]] std::string doc_of(const suites::Cell& cell);

/// One sample in one cell, with the draws of a run with this seed; a skipped or failed one as it was, with the reason.
/// @throws Error(kInternal) of a broken perturbation only
[[nodiscard]] PreviewCell perturbed(const suites::Cell& cell, const Sample& clean, const Corpus& corpus,
                                    std::uint64_t seed);

}  // namespace shakedown::runners
