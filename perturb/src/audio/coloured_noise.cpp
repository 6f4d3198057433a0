#include <algorithm>
#include <cmath>

#include "noise_source.h"
#include "shakedown/media/audio.h"

namespace shakedown::perturb {
namespace {

// FFTs of lengths without large prime factors are several times faster.
std::size_t fast_length(std::size_t at_least) {
  const auto is_smooth = [](std::size_t n) {
    for (const std::size_t prime : {2, 3, 5, 7}) {
      while (n % prime == 0) n /= prime;
    }
    return n == 1;
  };
  while (!is_smooth(at_least)) ++at_least;
  return at_least;
}

class ColouredNoise final : public NoiseSource {
 public:
  explicit ColouredNoise(double exponent) : exponent_(exponent) {}

  [[nodiscard]] DrawnNoise draw(const Sample&, const Corpus&, const Rng& rng, std::size_t frames,
                                int sample_rate_hz) const override {
    const Stream stream = rng.stream("audio");
    DrawnNoise noise;
    if (exponent_ == 0) {
      noise.mono.resize(frames);
      stream.normals(0, noise.mono);
      return noise;
    }
    // A second at least, so that a clip of a few samples is cut from noise that has its low frequencies.
    const std::size_t length = fast_length(std::max(frames, static_cast<std::size_t>(sample_rate_hz)));
    noise.mono.resize(length);
    stream.normals(0, noise.mono);
    shape(noise.mono, sample_rate_hz);
    noise.mono.resize(frames);
    return noise;
  }

 private:
  void shape(std::vector<float>& x, int sample_rate_hz) const {
    const double hz_per_bin = static_cast<double>(sample_rate_hz) / static_cast<double>(x.size());
    const double lowest_hz = std::min(20.0, 0.01 * sample_rate_hz);
    auto bins = media::real_fft(x);
    for (std::size_t bin = 0; 2 * bin < bins.size(); ++bin) {
      const double hz = static_cast<double>(bin) * hz_per_bin;
      const double gain = hz < lowest_hz ? 0 : std::pow(hz / lowest_hz, exponent_ / 2);
      bins[2 * bin] = static_cast<float>(bins[2 * bin] * gain);
      bins[2 * bin + 1] = static_cast<float>(bins[2 * bin + 1] * gain);
    }
    x = media::inverse_real_fft(bins, x.size());
  }

  double exponent_;
};

}  // namespace

std::unique_ptr<NoiseSource> coloured_noise(double exponent) {
  return std::make_unique<ColouredNoise>(exponent);
}

}  // namespace shakedown::perturb
