#pragma once

#include <cstdint>
#include <functional>
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

/// Gaussian noise whose power spectrum goes as f^exponent: 0 white, -1 pink (-3.01 dB an octave), -2 brown, +1 blue, +2
/// violet. White noise is drawn in time; others are white noise shaped in the frequency domain, so that the slope is
/// exact from 20 Hz up; what lies below, inaudible, is taken out: brown noise would be little else.
[[nodiscard]] std::unique_ptr<NoiseSource> coloured_noise(double exponent);

/// `mono`, white noise, with the gain `gain_at(hz)` (amplitude) at each frequency; the length should be smooth.
void shape_noise(std::vector<float>& mono, int sample_rate_hz, const std::function<double(double hz)>& gain_at);
/// At least `frames`, and at least a second, so that a clip of a few samples is cut from noise that has its low
/// frequencies; without large prime factors, for which transforms are several times slower.
[[nodiscard]] std::size_t shaped_length(std::size_t frames, int sample_rate_hz);

/// The hum of mains at `mains_hz` (50 or 60): the fundamental and its harmonics up to the 40th or half the sample rate,
/// falling by 6 dB an octave, even ones another 6 dB lower, each at a phase of its own.
[[nodiscard]] std::unique_ptr<NoiseSource> hum_noise(double mains_hz);

/// Gaussian noise with the long-term average spectrum of speech: the international one of Byrne et al., JASA 96(4),
/// 1994, table II, both sexes, or that of 12 clips of other speakers of the split (`of_corpus`).
[[nodiscard]] std::unique_ptr<NoiseSource> speech_shaped_noise(bool of_corpus);

/// `voices` clips of as many other speakers of the split, talking at one active level, each from a random
/// point on and looped when it is short. Positive and negative donors alternate where labels have a sign.
[[nodiscard]] std::unique_ptr<NoiseSource> babble_noise(int voices);

/// One of the sound files below `folder`, drawn by sample, from `offset_s` on (negative: from a random point on) and
/// looped when short.
/// @throws Error(kUsage) when the folder is absent or holds no sound file that can be read and is not silent
[[nodiscard]] std::unique_ptr<NoiseSource> folder_noise(const std::string& folder, double offset_s);

/// `frames` samples of `x` (not empty) from a place given by `uniform` in [0, 1): inside `x` when it is long
/// enough, else `x` is repeated with an equal-power cross-fade of up to 50 ms. `offset` is where it began.
struct Excerpt {
  std::vector<float> mono;
  std::int64_t offset = 0;
};
[[nodiscard]] Excerpt excerpt(const std::vector<float>& x, double uniform, std::size_t frames, int sample_rate_hz);

}  // namespace shakedown::perturb
