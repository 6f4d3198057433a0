#pragma once

#include <cstddef>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Frame `index` (which must exist) as it would be with the shutter open for `exposure` >= 0 frame periods around its
/// time. Between two frames light changes linearly; before the first and after the last it stays as it is there.
/// Averaged in linear light. Frames of another size than this one stand for themselves: the frame itself
/// takes their place.
[[nodiscard]] Image exposed_frame(const Clip& clip, std::size_t index, double exposure);

}  // namespace shakedown::perturb
