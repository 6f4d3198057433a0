#include "level.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "shakedown/core/clones.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"

namespace shakedown::perturb {
namespace {

// Of one block: 32 bits a value can be added side by side.
SHAKEDOWN_CLONES std::uint32_t count_over(const float* x, std::size_t n) {
  std::uint32_t over = 0;
  for (std::size_t i = 0; i < n; ++i) over += static_cast<std::uint32_t>(std::abs(x[i]) > 1.0F);
  return over;
}

}  // namespace

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

double over_full_scale(std::span<float> pcm, bool clip) {
  if (pcm.empty()) return 0;
  std::size_t all = 0;
  constexpr std::size_t kBlock = 4096;
  for (std::size_t begin = 0; begin < pcm.size(); begin += kBlock) {
    all += count_over(pcm.data() + begin, std::min(kBlock, pcm.size() - begin));
  }
  if (clip && all > 0) {
    for (float& value : pcm) value = std::clamp(value, -1.0F, 1.0F);
  }
  return static_cast<double>(all) / static_cast<double>(pcm.size());
}

double decibels(double power) {
  return 10 * std::log10(power);
}

}  // namespace shakedown::perturb
