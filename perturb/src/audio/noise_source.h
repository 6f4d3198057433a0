#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/rng.h"
#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Noise as it was drawn, before it is scaled: its level means nothing. Draws never depend on the dose.
struct DrawnNoise {
  std::vector<float> mono;  ///< empty when none could be drawn; `reason` says why
  std::string reason;
  std::map<std::string, double> measures;
  std::vector<std::int64_t> decisions;
};

/// Where background noise comes from. Immutable, thread-safe.
class NoiseSource {
 public:
  virtual ~NoiseSource() = default;
  /// `frames` >= 1 samples at `sample_rate_hz`, to be put under `sample`.
  [[nodiscard]] virtual DrawnNoise draw(const Sample& sample, const Corpus& corpus, const Rng& rng, std::size_t frames,
                                        int sample_rate_hz) const = 0;
};

/// Gaussian noise whose power spectrum falls as f^exponent: 0 white, -1 pink (-3.01 dB an octave), -2 brown
/// (-6.02). White noise is drawn in time; others are white noise shaped in the frequency domain, so that
/// the slope is exact from 20 Hz up; what lies below, inaudible, is taken out: brown noise would be
/// little else.
[[nodiscard]] std::unique_ptr<NoiseSource> coloured_noise(double exponent);

/// `voices` clips of as many other speakers of the split, talking at one active level, each from a random
/// point on and looped when it is short. Positive and negative donors alternate where labels have a sign.
[[nodiscard]] std::unique_ptr<NoiseSource> babble_noise(int voices);

/// One of the sound files below `folder`, drawn by sample, from a random point on and looped when short.
/// @throws Error(kUsage) when the folder is absent or holds no sound file that can be read and is not silent
[[nodiscard]] std::unique_ptr<NoiseSource> folder_noise(const std::string& folder);

/// `frames` samples of `x` (not empty) from a place given by `uniform` in [0, 1): inside `x` when it is long
/// enough, else `x` is repeated with an equal-power cross-fade of up to 50 ms. `offset` is where it began.
struct Excerpt {
  std::vector<float> mono;
  std::int64_t offset = 0;
};
[[nodiscard]] Excerpt excerpt(const std::vector<float>& x, double uniform, std::size_t frames, int sample_rate_hz);

}  // namespace shakedown::perturb
