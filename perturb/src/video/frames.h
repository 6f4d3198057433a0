#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "shakedown/core/effect.h"
#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Replaces frames of sample.clip (which must be there) by what `changed` makes of them: nothing, or an equal picture,
/// leaves the frame shared. The effect has the frames that differ as touched spans and as the measure frames_changed;
/// it is `unchanged`, with `otherwise` as the reason, when there are none.
[[nodiscard]] Effect change_frames(Sample& sample, const std::function<std::optional<Image>(std::size_t)>& changed,
                                   const char* otherwise = "no pixel came out different");

}  // namespace shakedown::perturb
