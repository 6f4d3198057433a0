#include "decay.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "level.h"

namespace shakedown::perturb {

std::optional<double> rt60_of(std::span<const float> response, int sample_rate_hz) {
  std::vector<double> left(response.size());  // energy from here to the end
  double sum = 0;
  for (std::size_t i = response.size(); i-- > 0;) left[i] = sum += static_cast<double>(response[i]) * response[i];
  if (!(sum > 0)) return std::nullopt;
  const auto first_below = [&](double db) {
    const double level = sum * std::pow(10, db / 10);
    return static_cast<std::size_t>(std::find_if(left.begin(), left.end(), [&](double e) { return e < level; }) -
                                    left.begin());
  };
  const std::size_t begin = first_below(-5);
  // The last part of a cut response falls off a cliff, not along its decay.
  const std::size_t cliff = response.size() - response.size() / 20;
  std::size_t end = first_below(-35);
  if (end >= cliff) end = first_below(-25);
  if (end >= cliff || end < begin + 8) return std::nullopt;
  double n = 0, st = 0, sy = 0, stt = 0, sty = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double t = static_cast<double>(i) / sample_rate_hz, y = decibels(left[i]);
    n += 1, st += t, sy += y, stt += t * t, sty += t * y;
  }
  const double slope = (n * sty - st * sy) / (n * stt - st * st);
  return slope < 0 ? std::optional(-60 / slope) : std::nullopt;
}

double early_to_late_db(std::span<const float> response, int sample_rate_hz, double seconds) {
  const auto split = std::min(response.size(), static_cast<std::size_t>(std::lround(seconds * sample_rate_hz)));
  double early = 0, late = 0;
  for (std::size_t i = 0; i < response.size(); ++i) {
    (i < split ? early : late) += static_cast<double>(response[i]) * response[i];
  }
  return decibels(early / late);
}

}  // namespace shakedown::perturb
