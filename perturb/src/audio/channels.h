#pragma once

#include <functional>
#include <span>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// The mean over the channels of `sound`; a sound of one channel is looked at where it is, and must stay there.
class Mono {
 public:
  explicit Mono(const Waveform& sound);
  Mono(const Mono&) = delete;
  Mono& operator=(const Mono&) = delete;
  [[nodiscard]] std::span<const float> values() const { return values_; }

 private:
  std::vector<float> mean_;
  std::span<const float> values_;
};

/// `sound` with each channel, one after another, replaced by what `f` makes of it. All results must have one length.
[[nodiscard]] Waveform each_channel(const Waveform& sound,
                                    const std::function<std::vector<float>(const std::vector<float>&)>& f);

}  // namespace shakedown::perturb
