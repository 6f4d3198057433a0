#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "run_view.h"

/// One answer of a model beside its label, as people read it.
namespace shakedown::metrics {

/// The decision that would be right: the label's class, or its sign by the task's convention.
[[nodiscard]] int truth_of(const RunView& view, std::size_t sample);

/// The prediction, or the probability of the label's class.
[[nodiscard]] double value_of(const RunView& view, std::size_t sample, std::span<const double> outputs);

/// The label as the data gives it: a number, or the name of its class.
[[nodiscard]] std::string label_text(const RunView& view, std::size_t sample);

}  // namespace shakedown::metrics
