#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <string>

#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

// ITU-T P.56 (03/2011), method B. The standard's thresholds are 2^-15 .. 2^-1 of full scale; the series is
// continued both ways, so that very quiet and over-full-scale floats are measured too. Only the crossing of
// the margin counts, so inside the standard's range nothing changes.
constexpr double kTimeConstantS = 0.03, kHangoverS = 0.2, kMarginDb = 15.9;
constexpr int kLowestExponent = -40, kThresholds = 81;
constexpr double kSilence = 1e-10;  // mean square of -100 dBFS

double decibels(double power) {
  return 10 * std::log10(power);
}

/// Index of the highest threshold that `envelope` reaches; -1 below all.
int threshold_reached(double envelope) {
  if (!(envelope > 0)) return -1;
  return std::clamp(std::ilogb(envelope) - kLowestExponent, -1, kThresholds - 1);
}

/// For each threshold, the number of samples during which the twice-smoothed envelope was above it, or had been
/// within the hangover.
std::array<double, kThresholds> active_samples(std::span<const float> x, int sample_rate_hz) {
  const double keep = std::exp(-1 / (sample_rate_hz * kTimeConstantS));
  const auto hangover = static_cast<std::size_t>(std::ceil(kHangoverS * sample_rate_hz));
  struct Peak {
    std::size_t time;
    int level;
  };
  std::deque<Peak> peaks;  // of the hangover window: levels fall towards the back, so the front is the highest
  std::array<double, kThresholds> count{};
  double once = 0, twice = 0;
  for (std::size_t t = 0; t < x.size(); ++t) {
    once = keep * once + (1 - keep) * std::abs(static_cast<double>(x[t]));
    twice = keep * twice + (1 - keep) * once;
    if (once < 1e-30) once = 0;  // subnormal arithmetic is slow, and far below any threshold
    if (twice < 1e-30) twice = 0;
    const int level = threshold_reached(twice);
    while (!peaks.empty() && peaks.back().level <= level) peaks.pop_back();
    peaks.push_back({t, level});
    if (peaks.front().time + hangover < t) peaks.pop_front();
    if (peaks.front().level >= 0) ++count[static_cast<std::size_t>(peaks.front().level)];
  }
  for (std::size_t j = kThresholds - 1; j-- > 0;)
    count[j] += count[j + 1];  // above a threshold is above all lower ones
  return count;
}

/// A-weighting (IEC 61672-1, Annex E) as a factor on power; 1 at 1 kHz.
double a_weight(double hz) {
  constexpr double kF1 = 20.598997, kF2 = 107.65265, kF3 = 737.86223, kF4 = 12194.217;
  const auto amplitude = [&](double f) {
    const double f2 = f * f;
    return kF4 * kF4 * f2 * f2 / ((f2 + kF1 * kF1) * std::sqrt((f2 + kF2 * kF2) * (f2 + kF3 * kF3)) * (f2 + kF4 * kF4));
  };
  const double relative = amplitude(hz) / amplitude(1000);
  return relative * relative;
}

void require_rate(int sample_rate_hz) {
  if (sample_rate_hz < 1) {
    throw Error(ErrorKind::kUsage,
                "sample rate " + std::to_string(sample_rate_hz) + " Hz: a positive rate is accepted");
  }
}

}  // namespace

std::optional<SpeechLevel> active_speech_level(std::span<const float> mono, int sample_rate_hz) {
  require_rate(sample_rate_hz);
  const auto n = static_cast<double>(mono.size());
  if (n < 0.01 * sample_rate_hz) return std::nullopt;
  const double power = mean_square(mono);
  if (!std::isfinite(power)) throw Error(ErrorKind::kData, "speech level: the signal has NaN or infinite samples");
  if (power < kSilence) return std::nullopt;

  const std::array<double, kThresholds> active = active_samples(mono, sample_rate_hz);
  const double energy = power * n;
  std::optional<SpeechLevel> result;
  double previous_excess = 0, previous_level = 0;
  for (int j = 0; j < kThresholds; ++j) {
    const double samples = active[static_cast<std::size_t>(j)];
    if (samples == 0) break;  // only a lone click ends here: the level at the highest threshold reached stands
    const double level = decibels(energy / samples);
    const double excess = level - decibels(std::ldexp(1.0, 2 * (j + kLowestExponent)));
    double active_level = level;
    if (excess <= kMarginDb && j > 0) {  // crossed between the thresholds: linear in dB, as the standard has it
      const double share = (previous_excess - kMarginDb) / (previous_excess - excess);
      active_level = previous_level + share * (level - previous_level);
    }
    const double mean_active = std::pow(10, active_level / 10);
    result = SpeechLevel{mean_active, std::min(1.0, power / mean_active)};
    if (excess <= kMarginDb) break;
    previous_excess = excess;
    previous_level = level;
  }
  return result;
}

double a_weighted_mean_square(std::span<const float> mono, int sample_rate_hz) {
  require_rate(sample_rate_hz);
  if (mono.empty()) return 0;
  const std::vector<float> bins = real_fft(mono);
  const auto n = static_cast<double>(mono.size());
  double sum = 0;
  for (std::size_t k = 0; 2 * k < bins.size(); ++k) {
    const double re = bins[2 * k], im = bins[2 * k + 1];
    const bool mirrored = k > 0 && 2 * k != mono.size();  // DC and Nyquist have no twin at negative frequency
    sum += (mirrored ? 2 : 1) * (re * re + im * im) * a_weight(static_cast<double>(k) * sample_rate_hz / n);
  }
  return sum / (n * n);
}

}  // namespace shakedown::media
