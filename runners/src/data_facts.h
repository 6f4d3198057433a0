#pragma once

#include "shakedown/datasets/dataset.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {

/// What the data offers to a suite; what a model reads is for the caller to fill in.
[[nodiscard]] suites::Facts data_facts(const datasets::Dataset& dataset);

}  // namespace shakedown::runners
