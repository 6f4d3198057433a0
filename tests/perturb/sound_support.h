#pragma once

#include <algorithm>
#include <complex>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "media_support.h"
#include "shakedown/media/encode.h"

// Signals and estimators that are no part of what is tested.
namespace shakedown::perturb::testing {

/// Something like speech: syllables of a few tones with pauses between them.
inline std::vector<float> syllables(double seconds, int rate) {
  auto x = tone(180, 0.2, seconds, rate);
  const auto high = tone(1400, 0.05, seconds, rate);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = static_cast<double>(i) / rate;
    const double envelope = std::max(0.0, std::sin(2 * std::numbers::pi * 2.5 * t)) * (std::fmod(t, 2.0) < 1.4 ? 1 : 0);
    x[i] = static_cast<float>(envelope) * (x[i] + high[i]);
  }
  return x;
}

/// Power at one frequency by projection on sine and cosine.
inline double power_at(const std::vector<float>& x, double hz, int rate) {
  std::complex<double> sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += static_cast<double>(x[i]) * std::polar(1.0, -2 * std::numbers::pi * hz * static_cast<double>(i) / rate);
  }
  return 2 * std::norm(sum / static_cast<double>(x.size()));
}

/// Power spectrum by Welch's method with Hann windows that overlap by half; a plain radix-2 FFT.
inline void fft(std::vector<std::complex<double>>& x) {
  const std::size_t n = x.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1U;
    for (; j & bit; bit >>= 1U) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (std::size_t size = 2; size <= n; size *= 2) {
    const auto turn = std::polar(1.0, -2 * std::numbers::pi / static_cast<double>(size));
    for (std::size_t start = 0; start < n; start += size) {
      std::complex<double> w = 1;
      for (std::size_t k = 0; k < size / 2; ++k, w *= turn) {
        const auto a = x[start + k], b = w * x[start + k + size / 2];
        x[start + k] = a + b;
        x[start + k + size / 2] = a - b;
      }
    }
  }
}

inline std::vector<double> welch(const std::vector<float>& x, std::size_t size) {
  std::vector<double> psd(size / 2 + 1, 0.0);
  for (std::size_t start = 0; start + size <= x.size(); start += size / 2) {
    std::vector<std::complex<double>> segment(size);
    for (std::size_t i = 0; i < size; ++i) {
      const double hann =
          0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size));
      segment[i] = hann * static_cast<double>(x[start + i]);
    }
    fft(segment);
    for (std::size_t bin = 0; bin < psd.size(); ++bin) psd[bin] += std::norm(segment[bin]);
  }
  return psd;
}

/// Slope of the spectrum in dB an octave by least squares over the logarithm of frequency.
inline double slope_db_per_octave(const std::vector<float>& x, int rate, double low_hz, double high_hz) {
  constexpr std::size_t kSize = 4096;
  const auto psd = welch(x, kSize);
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (std::size_t bin = 1; bin < psd.size(); ++bin) {
    const double hz = static_cast<double>(bin) * rate / kSize;
    if (hz < low_hz || hz > high_hz) continue;
    const double u = std::log2(hz), v = db(psd[bin]), weight = 1 / hz;  // octaves count alike
    n += weight, sx += weight * u, sy += weight * v, sxx += weight * u * u, sxy += weight * u * v;
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    static int count = 0;
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path = std::filesystem::path(::testing::TempDir()) /
           ("shakedown_" + std::string(test->name()) + std::to_string(count++));
    std::filesystem::create_directories(path);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::vector<float>& mono, int rate) const {
    const auto bytes = media::encode_wav({mono, 1, rate});
    std::ofstream(path / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  std::filesystem::path path;
};

}  // namespace shakedown::perturb::testing
