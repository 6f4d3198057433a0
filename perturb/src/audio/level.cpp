#include "level.h"

#include <cmath>

#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"

namespace shakedown::perturb {

LevelReference level_reference(const std::string& name) {
  if (name == "p56") return LevelReference::kP56;
  if (name == "rms") return LevelReference::kRms;
  if (name == "a") return LevelReference::kA;
  throw Error(ErrorKind::kUsage, "reference: '" + name + "' is none of p56, rms, a");
}

std::optional<double> signal_power(std::span<const float> mono, int sample_rate_hz, LevelReference reference) {
  if (reference == LevelReference::kP56) {
    const auto level = media::active_speech_level(mono, sample_rate_hz);
    return level ? std::optional(level->mean_square) : std::nullopt;
  }
  const double power = noise_power(mono, sample_rate_hz, reference);
  return power < kSilence ? std::nullopt : std::optional(power);
}

double noise_power(std::span<const float> mono, int sample_rate_hz, LevelReference reference) {
  return reference == LevelReference::kA ? media::a_weighted_mean_square(mono, sample_rate_hz)
                                         : media::mean_square(mono);
}

double decibels(double power) {
  return 10 * std::log10(power);
}

}  // namespace shakedown::perturb
