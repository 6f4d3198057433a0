#include <algorithm>
#include <cmath>
#include <numbers>

#include "noise_source.h"

namespace shakedown::perturb {
namespace {

std::size_t place(double uniform, std::size_t choices) {
  return std::min(choices - 1, static_cast<std::size_t>(uniform * static_cast<double>(choices)));
}

// One period of the loop: the end of `x` fades into its beginning. Amplitudes follow sine and cosine, so that
// the power of two unlike passages stays level.
std::vector<float> looped(const std::vector<float>& x, std::size_t fade) {
  std::vector<float> period(x.begin(), x.end() - static_cast<std::ptrdiff_t>(fade));
  for (std::size_t i = 0; i < fade; ++i) {
    const double phase = 0.5 * std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(fade);
    period[i] = static_cast<float>(x[i] * std::sin(phase) + x[period.size() + i] * std::cos(phase));
  }
  return period;
}

}  // namespace

Excerpt excerpt(const std::vector<float>& x, double uniform, std::size_t frames, int sample_rate_hz) {
  if (x.size() >= frames) {
    const std::size_t offset = place(uniform, x.size() - frames + 1);
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(offset);
    return {{begin, begin + static_cast<std::ptrdiff_t>(frames)}, static_cast<std::int64_t>(offset)};
  }
  const std::size_t fade = std::min(x.size() / 4, static_cast<std::size_t>(sample_rate_hz / 20));
  const auto period = looped(x, fade);
  const std::size_t offset = place(uniform, period.size());
  Excerpt out{std::vector<float>(frames), static_cast<std::int64_t>(offset)};
  for (std::size_t i = 0; i < frames; ++i) out.mono[i] = period[(offset + i) % period.size()];
  return out;
}

}  // namespace shakedown::perturb
