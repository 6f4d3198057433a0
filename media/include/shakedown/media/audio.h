#pragma once

#include <complex>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// Mean over channels.
[[nodiscard]] std::vector<float> to_mono(const Waveform& waveform);

/// The sound of all channels together at `rate_hz`, as recognisers take it. @throws Error(kData) for NaN or infinite
/// samples, Error(kUsage) unless both rates are positive
[[nodiscard]] std::vector<float> mono_at(const Waveform& waveform, int rate_hz);

/// Band-limited resampling (soxr, high quality, one thread). Output has round(n * to / from) samples.
/// @throws Error(kUsage) unless both rates are positive
[[nodiscard]] std::vector<float> resample(std::span<const float> mono, int from_hz, int to_hz);

/// Mean square, within 1e-7 of it; 0 for nothing.
[[nodiscard]] double mean_square(std::span<const float> x);

/// Active speech level after ITU-T P.56 (03/2011) method B, as mean square of the active part, and the
/// activity factor 0..1. Nothing when the signal is silent (below -100 dBFS) or shorter than 10 ms.
/// The thresholds are the standard's, continued by further powers of two for levels outside its range; a lone
/// click, which never comes within the margin, has the level at the highest threshold that it reached.
/// @throws Error(kData) for NaN or infinite samples
struct SpeechLevel {
  double mean_square = 0;
  double activity = 0;
};
[[nodiscard]] std::optional<SpeechLevel> active_speech_level(std::span<const float> mono, int sample_rate_hz);

/// Mean square after A-weighting (IEC 61672-1), applied in the frequency domain.
[[nodiscard]] double a_weighted_mean_square(std::span<const float> mono, int sample_rate_hz);

/// Log-mel spectrogram settings, in the conventions of librosa and torchaudio.
struct LogMelOptions {
  enum class Window { kHann, kHamming };  ///< both periodic
  enum class Log { kTen, kE, kDecibel };  ///< decibel: 10 log10 of power, 20 log10 of amplitude
  int sample_rate_hz = 16000;
  int fft = 400, hop = 160, mels = 80;
  int window_length = 0;  ///< samples, centred in the transform; 0: fft
  Window window = Window::kHann;
  double power = 2;  ///< of the magnitudes that are filtered; 1: amplitude
  double low_hz = 0, high_hz = 8000;
  bool slaney = true;      ///< mel scale; else HTK's
  bool area_norm = true;   ///< filters of area 1 (Slaney's); else of height 1
  bool center = true;      ///< frames centred, signal reflected at the ends
  double floor = 1e-10;    ///< what is below is raised to it before the logarithm ...
  bool add_floor = false;  ///< ... or it is added, as in log(x + 1e-6)
  Log log = Log::kTen;
  double top_db = 0;  ///< kDecibel: nothing lies further below the loudest value of the clip; 0: no limit
};
/// frames x mels: the logarithm of the spectrum under triangular filters. The waveform is made mono and resampled
/// first. 1 + n / hop frames when centred, else those that fit; empty input gives none. A band narrower than a bin may
/// hold none and stays at the floor. @throws Error(kUsage) for settings out of range
[[nodiscard]] Sequence log_mel(const Waveform& waveform, const LogMelOptions& options);
/// Mel-frequency cepstral coefficients: orthonormal DCT-II of the log-mel, first `coefficients` (1 to mels).
[[nodiscard]] Sequence mfcc(const Waveform& waveform, const LogMelOptions& options, int coefficients);

/// Power spectra of x and of y and their cross spectrum by Welch's method: Hann windows of `size` samples that overlap
/// by half, added up, not scaled; size / 2 + 1 bins, all 0 when x is shorter than a window. Without y only xx is
/// filled. |xy| / xx is the gain from x to y (H1 estimate). @throws Error(kInternal) for y of another length, size
/// below 2
struct Spectra {
  std::vector<double> xx, yy;
  std::vector<std::complex<double>> xy;
};
[[nodiscard]] Spectra welch(std::span<const float> x, std::span<const float> y, std::size_t size);

/// The first `frames` samples of the convolution of `x` with `response` (partitioned FFT, overlap-save).
[[nodiscard]] std::vector<float> convolve(std::span<const float> x, std::span<const float> response,
                                          std::size_t frames);

/// Fundamental frequency in Hz every 20 ms, from windows of 50 ms that lie inside the sound; NaN where it is not voiced
/// or outside 50 to 1000 Hz. McLeod and Wyvill, ICMC 2005 (normalised square difference function).
/// @throws Error(kUsage) unless the rate is positive
[[nodiscard]] std::vector<double> f0_track(std::span<const float> mono, int sample_rate_hz);

/// Forward real FFT: n/2 + 1 bins as (re, im) pairs; FFTW, thread-safe.
[[nodiscard]] std::vector<float> real_fft(std::span<const float> x);
/// Inverse of real_fft for a signal of n samples, scaled so that inverse(forward(x)) = x.
[[nodiscard]] std::vector<float> inverse_real_fft(std::span<const float> bins, std::size_t n);

}  // namespace shakedown::media
