#include "cross/lag.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "shakedown/media/audio.h"

namespace shakedown::perturb {
namespace {

// Sum of before[i] * after[i + lag], at place lag, negative lags from the end on; channels lie interleaved.
std::vector<float> correlation(const std::vector<float>& before, const std::vector<float>& after) {
  const std::size_t n = 2 * std::max(before.size(), after.size());
  const auto spectrum = [n](std::vector<float> x) {
    x.resize(n, 0.0F);
    return media::real_fft(x);
  };
  const auto a = spectrum(before), b = spectrum(after);
  std::vector<float> product(a.size());
  for (std::size_t i = 0; i + 1 < a.size(); i += 2) {
    product[i] = a[i] * b[i] + a[i + 1] * b[i + 1];
    product[i + 1] = a[i] * b[i + 1] - a[i + 1] * b[i];
  }
  return media::inverse_real_fft(product, n);
}

}  // namespace

std::optional<std::int64_t> lag_between(const Waveform& before, const Waveform& after) {
  const auto &a = before.pcm, &b = after.pcm;
  if (before.channels != after.channels || before.sample_rate_hz != after.sample_rate_hz) return std::nullopt;
  std::vector<double> power(a.size() + 1, 0.0);  // of the first so many values
  for (std::size_t i = 0; i < a.size(); ++i) power[i + 1] = power[i] + double{1} * a[i] * a[i];
  const auto silent = [](const std::vector<float>& x) {
    return std::all_of(x.begin(), x.end(), [](float v) { return v == 0; });
  };
  if (silent(a) || silent(b)) return std::nullopt;

  // |after - shifted|^2 is smallest where the power that stays within the sound, less twice the correlation, is.
  const std::vector<float> products = correlation(a, b);
  const auto channels = static_cast<std::int64_t>(before.channels);
  const auto reach = static_cast<std::int64_t>(std::min(a.size(), b.size())) / channels;
  std::optional<double> least;
  std::int64_t best = 0;
  for (std::int64_t lag = -(reach - 1); lag < reach; ++lag) {
    const std::int64_t values = lag * channels;
    const auto moved = static_cast<std::size_t>(std::abs(values));
    const double kept = values >= 0 ? power[a.size() - moved] : power.back() - power[moved];
    const std::size_t place = values >= 0 ? moved : products.size() - moved;
    const double distance = kept - 2 * double{1} * products[place];
    if (!least || distance < *least) least = distance, best = lag;
  }
  return best;
}

}  // namespace shakedown::perturb
