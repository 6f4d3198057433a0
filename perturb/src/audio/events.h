#pragma once

#include <string>
#include <vector>

#include "shakedown/core/rng.h"

namespace shakedown::perturb {

/// Names of the synthetic events: "door", "glass", "beep", "clap", "cough".
[[nodiscard]] const std::vector<std::string>& event_names();

/// One event at any level: `which` indexes event_names(). Its details are drawn from `stream` under indices from
/// `first` on, a million each.
[[nodiscard]] std::vector<float> event_sound(std::size_t which, int sample_rate_hz, const Stream& stream,
                                             std::uint64_t first);

}  // namespace shakedown::perturb
