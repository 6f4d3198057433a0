#pragma once

#include <vector>

#include "shakedown/core/run_data.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {

/// Files that a suite's cells point at (data corrupted elsewhere, folders of noise), each with the SHA-256 of
/// its content, so that a run is not gone on with, nor compared, after one of them has changed. A folder's
/// digest is over names and contents of its files, in order of name.
/// @throws Error(kData) when one cannot be read
[[nodiscard]] std::vector<InputFile> linked_inputs(const suites::Suite& suite);

}  // namespace shakedown::runners
