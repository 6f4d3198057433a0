#include <algorithm>
#include <cmath>

#include "noise_source.h"
#include "shakedown/media/audio.h"

namespace shakedown::perturb {
namespace {

class ColouredNoise final : public NoiseSource {
 public:
  explicit ColouredNoise(double exponent) : exponent_(exponent) {}

  [[nodiscard]] DrawnNoise draw(const Sample&, const Corpus&, const Rng& rng, std::size_t frames,
                                int sample_rate_hz) const override {
    const Stream stream = rng.stream("audio");
    DrawnNoise noise;
    noise.mono.resize(exponent_ == 0 ? frames : shaped_length(frames, sample_rate_hz));
    stream.normals(0, noise.mono);
    if (exponent_ == 0) return noise;
    const double lowest_hz = std::min(20.0, 0.01 * sample_rate_hz);
    shape_noise(noise.mono, sample_rate_hz,
                [&](double hz) { return hz < lowest_hz ? 0 : std::pow(hz / lowest_hz, exponent_ / 2); });
    noise.mono.resize(frames);
    return noise;
  }

 private:
  double exponent_;
};

}  // namespace

std::size_t shaped_length(std::size_t frames, int sample_rate_hz) {
  std::size_t length = std::max(frames, static_cast<std::size_t>(sample_rate_hz));
  const auto is_smooth = [](std::size_t n) {
    for (const std::size_t prime : {2, 3, 5, 7}) {
      while (n % prime == 0) n /= prime;
    }
    return n == 1;
  };
  while (!is_smooth(length)) ++length;
  return length;
}

void shape_noise(std::vector<float>& mono, int sample_rate_hz, const std::function<double(double hz)>& gain_at) {
  const double hz_per_bin = static_cast<double>(sample_rate_hz) / static_cast<double>(mono.size());
  auto bins = media::real_fft(mono);
  for (std::size_t bin = 0; 2 * bin < bins.size(); ++bin) {
    const double gain = gain_at(static_cast<double>(bin) * hz_per_bin);
    bins[2 * bin] = static_cast<float>(bins[2 * bin] * gain);
    bins[2 * bin + 1] = static_cast<float>(bins[2 * bin + 1] * gain);
  }
  mono = media::inverse_real_fft(bins, mono.size());
}

std::unique_ptr<NoiseSource> coloured_noise(double exponent) {
  return std::make_unique<ColouredNoise>(exponent);
}

}  // namespace shakedown::perturb
