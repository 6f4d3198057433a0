#pragma once

#include <functional>
#include <span>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// `sound` with each channel, one after another, replaced by what `f` makes of it. All results must have one length.
[[nodiscard]] Waveform each_channel(const Waveform& sound,
                                    const std::function<std::vector<float>(const std::vector<float>&)>& f);

}  // namespace shakedown::perturb
