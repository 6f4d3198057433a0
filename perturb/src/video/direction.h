#pragma once

#include <string>

#include "shakedown/core/rng.h"

namespace shakedown::perturb {

/// Which way a signed dose goes: 1 for "up", -1 for "down", drawn for "random" (once a clip, alike at all levels).
[[nodiscard]] inline int direction_of(const std::string& direction, const Stream& stream) {
  constexpr std::uint64_t kDraw = 1000;  // no frame or value has this draw number
  if (direction == "random") return stream.below(2, 0, kDraw) == 0 ? 1 : -1;
  return direction == "up" ? 1 : -1;
}

}  // namespace shakedown::perturb
