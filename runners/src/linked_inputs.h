#pragma once

#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/run_data.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {

/// Files that a suite's cells point at (data corrupted elsewhere, folders of noise, recognisers with what their
/// manifests name), each with the SHA-256 of its content, so that a run is not gone on with, nor compared, after one of
/// them has changed. A folder's digest is over names and contents of its files, in order of name.
/// @param corpus  opens the recognisers
/// @throws Error(kData) when one cannot be read; what Corpus::recogniser() throws, with file:line of the cell
[[nodiscard]] std::vector<InputFile> linked_inputs(const suites::Suite& suite, const Corpus& corpus);

}  // namespace shakedown::runners
