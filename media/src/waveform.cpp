#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>

#include <soxr.h>

#include "shakedown/core/clones.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

using Eight = float __attribute__((vector_size(32)));
using EightWide = double __attribute__((vector_size(64)));

// In double over blocks, in float over the eight squares of a block that one lane adds up: within some 1e-8.
SHAKEDOWN_CLONES double sum_of_squares(const float* x, std::size_t n) {
  constexpr std::size_t kLanes = 8, kChains = 4, kRows = 8;  // chains do not wait for each other
  EightWide wide{};
  std::size_t i = 0;
  for (; i + kLanes * kChains * kRows <= n; i += kLanes * kChains * kRows) {
    Eight sums[kChains] = {};
    for (std::size_t row = 0; row < kRows; ++row) {
      for (std::size_t chain = 0; chain < kChains; ++chain) {
        Eight v;
        std::memcpy(&v, x + i + (row * kChains + chain) * kLanes, sizeof v);
        sums[chain] += v * v;
      }
    }
    wide += __builtin_convertvector((sums[0] + sums[1]) + (sums[2] + sums[3]), EightWide);
  }
  double sum = 0;
  for (std::size_t k = 0; k < kLanes; ++k) sum += wide[k];
  for (; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return sum;
}

// Squares that a float cannot hold.
double exact_sum_of_squares(std::span<const float> x) {
  return std::accumulate(x.begin(), x.end(), 0.0,
                         [](double sum, float v) { return sum + static_cast<double>(v) * static_cast<double>(v); });
}

}  // namespace

std::vector<float> to_mono(const Waveform& waveform) {
  if (waveform.channels < 1) {
    throw Error(ErrorKind::kInternal, "waveform with " + std::to_string(waveform.channels) + " channels");
  }
  if (waveform.channels == 1) return waveform.pcm;
  const auto channels = static_cast<std::size_t>(waveform.channels);
  std::vector<float> mono(waveform.frames());
  for (std::size_t frame = 0; frame < mono.size(); ++frame) {
    double sum = 0;
    for (std::size_t channel = 0; channel < channels; ++channel) sum += waveform.pcm[frame * channels + channel];
    mono[frame] = static_cast<float>(sum / waveform.channels);
  }
  return mono;
}

std::vector<float> mono_at(const Waveform& waveform, int rate_hz) {
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(waveform.pcm.begin(), waveform.pcm.end(), finite))
    throw Error(ErrorKind::kData, "the sound holds NaN or infinite samples");
  return resample(to_mono(waveform), waveform.sample_rate_hz, rate_hz);
}

std::vector<float> resample(std::span<const float> mono, int from_hz, int to_hz) {
  if (from_hz < 1 || to_hz < 1) {
    throw Error(ErrorKind::kUsage, "sample rates " + std::to_string(from_hz) + " Hz to " + std::to_string(to_hz) +
                                       " Hz: positive rates are accepted");
  }
  if (from_hz == to_hz || mono.empty()) return {mono.begin(), mono.end()};
  const double ratio = static_cast<double>(to_hz) / from_hz;
  std::vector<float> out(static_cast<std::size_t>(std::llround(static_cast<double>(mono.size()) * ratio)));
  if (out.empty()) return out;
  const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  std::size_t done = 0;  // may fall a sample short of the rounded length; the rest stays 0
  const soxr_error_t error = soxr_oneshot(from_hz, to_hz, 1, mono.data(), mono.size(), nullptr, out.data(), out.size(),
                                          &done, &io, &quality, &runtime);
  if (error != nullptr) {
    throw Error(ErrorKind::kData, "cannot resample " + std::to_string(from_hz) + " Hz to " + std::to_string(to_hz) +
                                      " Hz: " + soxr_strerror(error));
  }
  return out;
}

double mean_square(std::span<const float> x) {
  if (x.empty()) return 0;
  constexpr double kLeast = 1e-24, kMost = 1e30;
  const auto n = static_cast<double>(x.size());
  const double fast = sum_of_squares(x.data(), x.size()) / n;
  return fast > kLeast && fast < kMost ? fast : exact_sum_of_squares(x) / n;
}

}  // namespace shakedown::media
