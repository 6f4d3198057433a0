#pragma once

#include <optional>
#include <span>
#include <string>

namespace shakedown::perturb {

/// How strong a signal and a noise are said to be. A figure in dB means nothing without it.
enum class LevelReference {
  kP56,  ///< signal: active speech level (ITU-T P.56 method B); noise: mean square over the whole span
  kRms,  ///< mean square over the whole span for both
  kA     ///< mean square after A-weighting (IEC 61672-1) for both
};

/// "p56", "rms" or "a". @throws Error(kUsage)
[[nodiscard]] LevelReference level_reference(const std::string& name);

/// Signals below this mean square are silence: -100 dB of full scale.
inline constexpr double kSilence = 1e-10;

/// Power of the wanted signal; nothing for silence and, under P.56, for less than 10 ms.
[[nodiscard]] std::optional<double> signal_power(std::span<const float> mono, int sample_rate_hz,
                                                 LevelReference reference);

/// Power of the noise by the same reference.
[[nodiscard]] double noise_power(std::span<const float> mono, int sample_rate_hz, LevelReference reference);

/// Share of the values of `pcm` beyond full scale; `clip` cuts them off there.
double over_full_scale(std::span<float> pcm, bool clip);

/// 10 log10(power).
[[nodiscard]] double decibels(double power);

}  // namespace shakedown::perturb
