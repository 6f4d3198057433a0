#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "fft.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

// Slaney's Auditory Toolbox scale: linear below 1 kHz, logarithmic above.
constexpr double kLinearHzPerMel = 200.0 / 3, kBreakHz = 1000, kBreakMel = kBreakHz / kLinearHzPerMel;
constexpr double kLogStep = 1.8562979903656263 / 27;  // ln 6.4 over 27 steps

double to_mel(double hz, bool slaney) {
  if (!slaney) return 2595 * std::log10(1 + hz / 700);
  return hz < kBreakHz ? hz / kLinearHzPerMel : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double to_hz(double mel, bool slaney) {
  if (!slaney) return 700 * (std::pow(10, mel / 2595) - 1);
  return mel < kBreakMel ? mel * kLinearHzPerMel : kBreakHz * std::exp(kLogStep * (mel - kBreakMel));
}

/// A triangle over consecutive bins of the power spectrum.
struct Filter {
  std::size_t first_bin = 0;
  std::vector<double> weights;
};

std::vector<Filter> filter_bank(const LogMelOptions& options) {
  const double low = to_mel(options.low_hz, options.slaney), high = to_mel(options.high_hz, options.slaney);
  const auto edge = [&](int i) { return to_hz(low + (high - low) * i / (options.mels + 1), options.slaney); };
  std::vector<Filter> filters;
  for (int mel = 0; mel < options.mels; ++mel) {
    const double left = edge(mel), centre = edge(mel + 1), right = edge(mel + 2);
    const double scale = options.area_norm ? 2 / (right - left) : 1;
    Filter filter;
    for (int bin = 0; bin <= options.fft / 2; ++bin) {
      const double hz = static_cast<double>(bin) * options.sample_rate_hz / options.fft;
      const double weight = std::min((hz - left) / (centre - left), (right - hz) / (right - centre));
      if (weight <= 0) continue;
      if (filter.weights.empty()) filter.first_bin = static_cast<std::size_t>(bin);
      filter.weights.push_back(weight * scale);
    }
    filters.push_back(std::move(filter));
  }
  return filters;
}

void validate(const LogMelOptions& options) {
  const auto refuse = [](const std::string& what, double given, const std::string& accepted) {
    throw Error(ErrorKind::kUsage, what + ": " + format_number(given) + " given, " + accepted + " accepted");
  };
  if (options.sample_rate_hz < 1) refuse("sample_rate_hz", options.sample_rate_hz, "a positive rate is");
  if (options.fft < 2 || options.fft > 1 << 20) refuse("fft", options.fft, "2 to 1048576 are");
  if (options.hop < 1) refuse("hop", options.hop, "1 or more are");
  if (options.mels < 1 || options.mels > 4096) refuse("mels", options.mels, "1 to 4096 are");
  const double nyquist = options.sample_rate_hz / 2.0;
  if (!(options.low_hz >= 0 && options.low_hz < nyquist)) {
    refuse("low_hz", options.low_hz, "0 to below " + format_number(nyquist) + " (half the sample rate) is");
  }
  if (!(options.high_hz > options.low_hz && options.high_hz <= nyquist)) {
    refuse("high_hz", options.high_hz, "above low_hz to " + format_number(nyquist) + " (half the sample rate) is");
  }
  if (options.window_length < 0 || options.window_length > options.fft) {
    refuse("window_length", options.window_length, "0 to fft (" + std::to_string(options.fft) + ") are");
  }
  if (!(options.power > 0)) refuse("power", options.power, "a positive number is");
  if (!(options.floor > 0)) refuse("floor", options.floor, "a positive number is");
  if (!(options.top_db >= 0)) refuse("top_db", options.top_db, "0 or more are");
}

/// As long as the transform; a shorter window stands in its middle, zeros around it.
std::vector<double> window_of(const LogMelOptions& options) {
  const auto fft = static_cast<std::size_t>(options.fft);
  const auto length = options.window_length > 0 ? static_cast<std::size_t>(options.window_length) : fft;
  const double base = options.window == LogMelOptions::Window::kHamming ? 0.54 : 0.5;
  std::vector<double> window(fft, 0.0);
  for (std::size_t i = 0; i < length; ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length);
    window[(fft - length) / 2 + i] = base - (1 - base) * std::cos(phase);
  }
  return window;
}

double logarithm(double energy, const LogMelOptions& options) {
  energy = options.add_floor ? energy + options.floor : std::max(energy, options.floor);
  switch (options.log) {
    case LogMelOptions::Log::kTen: return std::log10(energy);
    case LogMelOptions::Log::kE: return std::log(energy);
    case LogMelOptions::Log::kDecibel: return 20 / options.power * std::log10(energy);
  }
  return 0;
}

void limit_range(std::vector<float>& values, double top_db) {
  const auto lowest = static_cast<float>(*std::max_element(values.begin(), values.end()) - top_db);
  for (float& value : values) value = std::max(value, lowest);
}

/// Where position `i` (negative or beyond n too) falls when the signal is mirrored at its first and last sample.
std::size_t reflected(std::ptrdiff_t i, std::size_t n) {
  if (n == 1) return 0;
  const auto period = static_cast<std::ptrdiff_t>(2 * (n - 1));
  const std::ptrdiff_t folded = ((i % period) + period) % period;
  return static_cast<std::size_t>(std::min(folded, period - folded));
}

std::size_t frame_count(std::size_t samples, const LogMelOptions& options) {
  const auto fft = static_cast<std::size_t>(options.fft), hop = static_cast<std::size_t>(options.hop);
  if (samples == 0) return 0;
  if (options.center) return 1 + samples / hop;
  return samples < fft ? 0 : 1 + (samples - fft) / hop;
}

}  // namespace

Sequence log_mel(const Waveform& waveform, const LogMelOptions& options) {
  validate(options);
  const std::vector<float> signal = resample(to_mono(waveform), waveform.sample_rate_hz, options.sample_rate_hz);
  Sequence result;
  result.steps = result.length = frame_count(signal.size(), options);
  result.dims = static_cast<std::size_t>(options.mels);
  result.values.resize(result.steps * result.dims);
  if (result.steps == 0) return result;

  const auto fft = static_cast<std::size_t>(options.fft);
  const std::vector<double> window = window_of(options);
  const std::vector<Filter> filters = filter_bank(options);
  RealFft transform(fft, RealFft::Direction::kForward);
  std::vector<double> power(fft / 2 + 1);
  for (std::size_t step = 0; step < result.steps; ++step) {
    const auto start = static_cast<std::ptrdiff_t>(step * static_cast<std::size_t>(options.hop)) -
                       (options.center ? static_cast<std::ptrdiff_t>(fft / 2) : 0);
    for (std::size_t i = 0; i < fft; ++i) {
      const float sample = signal[reflected(start + static_cast<std::ptrdiff_t>(i), signal.size())];
      transform.signal()[i] = static_cast<float>(sample * window[i]);
    }
    transform.run();
    for (std::size_t k = 0; k < power.size(); ++k) {
      const double re = transform.bins()[2 * k], im = transform.bins()[2 * k + 1];
      const double squared = re * re + im * im;
      power[k] = options.power == 2 ? squared : std::pow(squared, options.power / 2);
    }
    float* row = result.row(step);
    for (std::size_t mel = 0; mel < filters.size(); ++mel) {
      double energy = 0;
      for (std::size_t i = 0; i < filters[mel].weights.size(); ++i) {
        energy += filters[mel].weights[i] * power[filters[mel].first_bin + i];
      }
      row[mel] = static_cast<float>(logarithm(energy, options));
    }
  }
  if (options.log == LogMelOptions::Log::kDecibel && options.top_db > 0)
    limit_range(result.values.all(), options.top_db);
  return result;
}

Sequence mfcc(const Waveform& waveform, const LogMelOptions& options, int coefficients) {
  if (coefficients < 1 || coefficients > options.mels) {
    throw Error(ErrorKind::kUsage, "coefficients: " + std::to_string(coefficients) + " given, 1 to mels (" +
                                       std::to_string(options.mels) + ") are accepted");
  }
  const Sequence mel = log_mel(waveform, options);
  const auto n = static_cast<double>(mel.dims);
  Sequence result;
  result.steps = result.length = mel.steps;
  result.dims = static_cast<std::size_t>(coefficients);
  result.values.resize(result.steps * result.dims);
  for (std::size_t k = 0; k < result.dims; ++k) {
    std::vector<double> basis(mel.dims);  // row k of the orthonormal DCT-II
    for (std::size_t i = 0; i < mel.dims; ++i) {
      basis[i] = std::sqrt((k == 0 ? 1 : 2) / n) *
                 std::cos(std::numbers::pi * static_cast<double>(k) * (2 * static_cast<double>(i) + 1) / (2 * n));
    }
    for (std::size_t step = 0; step < result.steps; ++step) {
      double sum = 0;
      for (std::size_t i = 0; i < mel.dims; ++i) sum += basis[i] * mel.row(step)[i];
      result.row(step)[k] = static_cast<float>(sum);
    }
  }
  return result;
}

}  // namespace shakedown::media
