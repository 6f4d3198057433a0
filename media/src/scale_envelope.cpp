#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <string>

#include "fft.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/envelope.h"

namespace shakedown::media {
namespace {

constexpr double kNobodysHz = 150;                          // where nothing is voiced
constexpr std::size_t kPool = 4;                            // bins of the spectrum to one of the envelope
constexpr float kFloor = 3e-5F;                             // 90 dB below a steady tone at the clip's peak
constexpr float kMostGain = 60;                             // of Rubber Band too
constexpr double kTrackHopS = 0.02, kTrackCentreS = 0.025;  // of f0_track()

std::vector<double> voiced(std::span<const double> f0_hz) {
  std::vector<double> sorted;
  for (const double hz : f0_hz) {
    if (hz > 0) sorted.push_back(hz);
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

// The envelope over the peaks of a log spectrum of size / 2 + 1 bins: smoothed again and again by its first cepstra,
// each time with the valleys filled up to the last envelope.
class TrueEnvelope {
 public:
  explicit TrueEnvelope(std::size_t size)
      : size_(size),
        spectrum_(size / 2 + 1),
        to_cepstrum_(size, RealFft::Direction::kInverse),
        to_spectrum_(size, RealFft::Direction::kForward) {}

  [[nodiscard]] std::span<float> spectrum() { return spectrum_; }

  // Interleaved (value, 0), as a transform gives it. Uses spectrum() up.
  [[nodiscard]] std::span<const float> fit(std::size_t order) {
    constexpr int kMostRounds = 16;
    constexpr float kNear = 0.23F;  // 2 dB, natural logarithm of the amplitude
    order = std::clamp<std::size_t>(order, 2, size_ / 2 - 1);
    const auto cepstrum = to_cepstrum_.signal();
    const auto smoothed = to_spectrum_.bins();
    for (int round = 0;; ++round) {
      for (std::size_t bin = 0; bin < spectrum_.size(); ++bin) {
        to_cepstrum_.bins()[2 * bin] = spectrum_[bin];
        to_cepstrum_.bins()[2 * bin + 1] = 0;
      }
      to_cepstrum_.run();
      const auto kept = to_spectrum_.signal();
      std::fill(kept.begin(), kept.end(), 0.0F);
      const float scale = 1 / static_cast<float>(size_);
      kept[0] = scale * cepstrum[0];
      for (std::size_t i = 1; i <= order; ++i) {
        kept[i] = kept[size_ - i] = (i == order ? 0.5F : 1.0F) * scale * cepstrum[i];
      }
      to_spectrum_.run();
      float above = 0;
      for (std::size_t bin = 0; bin < spectrum_.size(); ++bin) {
        above = std::max(above, spectrum_[bin] - smoothed[2 * bin]);
        spectrum_[bin] = std::max(spectrum_[bin], smoothed[2 * bin]);
      }
      if (round + 1 == kMostRounds || above < kNear) return smoothed;
    }
  }

 private:
  std::size_t size_;
  std::vector<float> spectrum_;
  RealFft to_cepstrum_, to_spectrum_;
};

}  // namespace

std::vector<float> scale_envelope(std::span<const float> mono, int sample_rate_hz, std::span<const double> f0_hz,
                                  double factor) {
  if (sample_rate_hz < 1 || !(factor > 0)) {
    throw Error(ErrorKind::kUsage, "envelope: a positive sample rate and factor are accepted");
  }
  if (mono.empty()) return {};
  const std::vector<double> pitches = voiced(f0_hz);
  const double low = pitches.empty() ? kNobodysHz : pitches[pitches.size() / 5];
  const double usual = pitches.empty() ? kNobodysHz : pitches[pitches.size() / 2];
  const std::size_t hop = std::max<std::size_t>(8, static_cast<std::size_t>(sample_rate_hz / low));
  const std::size_t window = 4 * hop, size = std::bit_ceil(2 * window), ring = (size - window) / 2;

  std::vector<float> hann(window);
  for (std::size_t i = 0; i < window; ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window);
    hann[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
  }
  float peak = 0;
  for (const float value : mono) peak = std::max(peak, std::abs(value));
  const float floor = std::max(1e-12F, kFloor * peak * static_cast<float>(window) / 4);

  RealFft forward(size, RealFft::Direction::kForward), inverse(size, RealFft::Direction::kInverse);
  TrueEnvelope envelope(size / kPool);
  std::vector<float> level(size / 2 + 1);
  const auto at = [&](std::span<const float> smoothed, double bin) {  // linear between two of the envelope's bins
    const auto below = static_cast<std::size_t>(bin);
    const auto part = static_cast<float>(bin - static_cast<double>(below));
    return smoothed[2 * below] + (part > 0 ? part * (smoothed[2 * below + 2] - smoothed[2 * below]) : 0);
  };

  // `lead` samples of silence in front, so that every sample lies in four frames and no ringing falls off.
  const std::size_t lead = window + ring, frames = mono.size() / hop + 5;
  std::vector<float> padded(lead + mono.size() + 2 * window + hop, 0.0F), sum(padded.size() + size, 0.0F);
  std::copy(mono.begin(), mono.end(), padded.begin() + static_cast<std::ptrdiff_t>(lead));
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const std::size_t begin = ring + frame * hop;
    if (begin + window > padded.size()) break;
    std::fill(forward.signal().begin(), forward.signal().end(), 0.0F);
    for (std::size_t i = 0; i < window; ++i) forward.signal()[i] = hann[i] * padded[begin + i];
    forward.run();
    const auto bins = forward.bins();
    for (std::size_t bin = 0; bin < level.size(); ++bin) {
      const float re = bins[2 * bin], im = bins[2 * bin + 1];
      level[bin] = std::max(re * re + im * im, floor * floor);
    }
    const auto pooled = envelope.spectrum();
    for (std::size_t i = 0; i < pooled.size(); ++i) {
      const std::size_t first = i == 0 ? 0 : i * kPool - kPool / 2;
      const std::size_t last = std::min(level.size(), i * kPool + kPool / 2 + 1);
      pooled[i] = 0.5F * std::log(*std::max_element(level.begin() + static_cast<std::ptrdiff_t>(first),
                                                    level.begin() + static_cast<std::ptrdiff_t>(last)));
    }
    const double centre_s = (static_cast<double>(begin + window / 2) - static_cast<double>(lead)) / sample_rate_hz;
    const double step =
        std::clamp((centre_s - kTrackCentreS) / kTrackHopS, 0.0, std::max(0.0, static_cast<double>(f0_hz.size()) - 1));
    const double here = f0_hz.empty() ? usual : f0_hz[static_cast<std::size_t>(std::lround(step))];
    const double period = sample_rate_hz / (here > 0 ? here : usual);
    const auto smoothed = envelope.fit(static_cast<std::size_t>(std::lround(period / 2)));

    const float most = std::log(kMostGain);
    for (std::size_t bin = 0; bin < level.size(); ++bin) {
      const double from = static_cast<double>(bin) / factor;
      const double nyquist = static_cast<double>(level.size() - 1);
      const float gain =
          from > nyquist
              ? -most
              : std::clamp(at(smoothed, from / kPool) - at(smoothed, static_cast<double>(bin) / kPool), -most, most);
      const float ratio = std::exp(gain);
      inverse.bins()[2 * bin] = ratio * bins[2 * bin];
      inverse.bins()[2 * bin + 1] = ratio * bins[2 * bin + 1];
    }
    inverse.run();
    const auto filtered = inverse.signal();
    for (std::size_t i = 0; i < window + ring; ++i) sum[begin + i] += filtered[i];
    for (std::size_t i = 0; i < ring; ++i) sum[begin - ring + i] += filtered[size - ring + i];
  }
  const float scale = 0.5F / static_cast<float>(size);  // four Hann windows add up to 2
  std::vector<float> result(mono.size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = scale * sum[lead + i];
  return result;
}

}  // namespace shakedown::media
