#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backend.h"
#include "shakedown/models/manifest.h"

namespace shakedown::models {

/// forward() on other arguments; true when it runs.
using Attempt = std::function<bool(std::vector<Value>&)>;

/// LibTorch says which operator failed, not which input was wrong. This changes one input at a time (its type, its
/// place, its number of axes, one extent to each number in LibTorch's message) and asks which change mends the call.
/// Returns a sentence that names the input and the line to add, or nothing. At most 64 attempts.
[[nodiscard]] std::optional<std::string> find_fault(const std::vector<InputSpec>& inputs, std::vector<Value> values,
                                                    const std::string& message, const Attempt& runs);

}  // namespace shakedown::models
