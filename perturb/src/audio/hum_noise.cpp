#include <complex>
#include <numbers>

#include "noise_source.h"

namespace shakedown::perturb {
namespace {

class Hum final : public NoiseSource {
 public:
  explicit Hum(double mains_hz) : mains_hz_(mains_hz) {}

  [[nodiscard]] DrawnNoise draw(const Sample&, const Corpus&, const Rng& rng, std::size_t frames,
                                int sample_rate_hz) const override {
    constexpr int kHarmonics = 40;
    const Stream stream = rng.stream("audio");
    DrawnNoise noise;
    std::vector<double> sum(frames, 0.0);
    for (int k = 1; k <= kHarmonics && k * mains_hz_ < 0.5 * sample_rate_hz; ++k) {
      const double amplitude = (k % 2 == 0 ? 0.5 : 1.0) / k;
      const double phase = stream.uniform(static_cast<std::uint64_t>(k));
      // A phasor that turns: no sine a sample, and still exact to 1e-9 after ten minutes.
      std::complex<double> turned = std::polar(amplitude, 2 * std::numbers::pi * phase);
      const auto turn = std::polar(1.0, 2 * std::numbers::pi * k * mains_hz_ / sample_rate_hz);
      for (std::size_t i = 0; i < frames; ++i, turned *= turn) sum[i] += turned.imag();
    }
    noise.mono.assign(sum.begin(), sum.end());
    return noise;
  }

 private:
  double mains_hz_;
};

}  // namespace

std::unique_ptr<NoiseSource> hum_noise(double mains_hz) {
  return std::make_unique<Hum>(mains_hz);
}

}  // namespace shakedown::perturb
