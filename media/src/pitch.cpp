#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "fft.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

constexpr double kWindowS = 0.05, kHopS = 0.02, kLowestHz = 50, kHighestHz = 1000;
constexpr double kClarity = 0.85,
                 kFirstPeak = 0.9;  // of a voiced frame; of the highest peak, for the one that is taken
constexpr double kSilence = 1e-10;

/// The lag of the period by the normalised square difference function n(t) = 2 r(t) / m(t); 0 where there is none.
double period_of(const std::vector<double>& nsdf, std::size_t shortest) {
  std::vector<std::size_t> peaks;
  bool rising = false;
  for (std::size_t lag = std::max<std::size_t>(shortest, 1); lag + 1 < nsdf.size(); ++lag) {
    rising = rising || nsdf[lag] < 0;  // behind the first zero crossing: not the peak at lag 0
    if (rising && nsdf[lag] > 0 && nsdf[lag] >= nsdf[lag - 1] && nsdf[lag] > nsdf[lag + 1]) peaks.push_back(lag);
  }
  double highest = 0;
  for (const std::size_t lag : peaks) highest = std::max(highest, nsdf[lag]);
  if (highest < kClarity) return 0;
  const auto first =
      std::find_if(peaks.begin(), peaks.end(), [&](std::size_t lag) { return nsdf[lag] >= kFirstPeak * highest; });
  const double before = nsdf[*first - 1], at = nsdf[*first], after = nsdf[*first + 1];
  const double bend = before - 2 * at + after;
  return static_cast<double>(*first) + (bend < 0 ? 0.5 * (before - after) / bend : 0);
}

}  // namespace

std::vector<double> f0_track(std::span<const float> mono, int sample_rate_hz) {
  if (sample_rate_hz < 1) throw Error(ErrorKind::kUsage, "f0: a positive sample rate is accepted");
  const auto window = static_cast<std::size_t>(kWindowS * sample_rate_hz);
  const auto hop = std::max<std::size_t>(1, static_cast<std::size_t>(kHopS * sample_rate_hz));
  const auto longest = std::min(window - window / 4, static_cast<std::size_t>(sample_rate_hz / kLowestHz) + 2);
  const auto shortest = static_cast<std::size_t>(sample_rate_hz / kHighestHz);
  std::vector<double> track;
  if (window < 8) return track;
  const std::size_t size = std::bit_ceil(2 * window);
  RealFft forward(size, RealFft::Direction::kForward), inverse(size, RealFft::Direction::kInverse);
  for (std::size_t start = 0; start + window <= mono.size(); start += hop) {
    const auto x = mono.subspan(start, window);
    track.push_back(std::numeric_limits<double>::quiet_NaN());
    if (mean_square(x) < kSilence) continue;
    std::fill(forward.signal().begin(), forward.signal().end(), 0.0F);
    std::copy(x.begin(), x.end(), forward.signal().begin());
    forward.run();
    for (std::size_t bin = 0; bin <= size / 2; ++bin) {
      const float re = forward.bins()[2 * bin], im = forward.bins()[2 * bin + 1];
      inverse.bins()[2 * bin] = re * re + im * im;
      inverse.bins()[2 * bin + 1] = 0;
    }
    inverse.run();
    std::vector<double> nsdf(longest);
    double m = 2 * mean_square(x) * static_cast<double>(window);  // squares of both ends of each pair of samples
    for (std::size_t lag = 0; lag < longest; ++lag) {
      if (lag > 0) {
        m -= static_cast<double>(x[lag - 1]) * x[lag - 1] + static_cast<double>(x[window - lag]) * x[window - lag];
      }
      nsdf[lag] = m > 0 ? 2 * static_cast<double>(inverse.signal()[lag]) / static_cast<double>(size) / m : 0;
    }
    if (const double period = period_of(nsdf, shortest); period > 0) track.back() = sample_rate_hz / period;
  }
  return track;
}

}  // namespace shakedown::media
