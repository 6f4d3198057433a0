#pragma once

#include <cstdint>
#include <optional>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// By how many sample frames `after` comes later than `before` (below 0: earlier): of all shifts with silence moved in,
/// the one whose result is nearest to `after` by least squares, found by cross-correlation. Nothing where one of them
/// is empty or silent or they differ in rate or channels.
[[nodiscard]] std::optional<std::int64_t> lag_between(const Waveform& before, const Waveform& after);

}  // namespace shakedown::perturb
