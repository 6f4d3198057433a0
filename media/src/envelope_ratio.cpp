#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "fft.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/envelope.h"

namespace shakedown::media {
namespace {

constexpr double kLowestHz = 150, kHighestHz = 5000;
constexpr int kPerOctave = 80;                   // points of the logarithmic axis, and the grain of the search
constexpr double kWindowS = 0.05, kHopS = 0.02;  // of f0_track()

// Levels in dB of the harmonics of one frame, on a grid of log frequency.
class Harmonics {
 public:
  Harmonics(int sample_rate_hz, std::size_t points)
      : rate_(sample_rate_hz),
        points_(points),
        hann_(static_cast<std::size_t>(kWindowS * sample_rate_hz)),
        fft_(std::bit_ceil(4 * hann_.size()), RealFft::Direction::kForward) {
    for (std::size_t i = 0; i < hann_.size(); ++i) {
      const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(hann_.size());
      hann_[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
    }
  }

  [[nodiscard]] std::vector<float> levels(std::span<const float> frame, double f0_hz) {
    std::fill(fft_.signal().begin(), fft_.signal().end(), 0.0F);
    for (std::size_t i = 0; i < hann_.size(); ++i) fft_.signal()[i] = hann_[i] * frame[i];
    fft_.run();
    const auto bins = fft_.bins();
    const double hz_per_bin = static_cast<double>(rate_) / static_cast<double>(fft_.signal().size());
    std::vector<double> db;
    for (int k = 1; (k + 0.5) * f0_hz < 0.5 * rate_ && (k - 1) * f0_hz < kHighestHz; ++k) {
      const auto first = static_cast<std::size_t>((k - 0.4) * f0_hz / hz_per_bin);
      const auto last = static_cast<std::size_t>((k + 0.4) * f0_hz / hz_per_bin);
      double power = 1e-14;
      for (std::size_t bin = first; bin <= last; ++bin) {
        const double re = bins[2 * bin], im = bins[2 * bin + 1];
        power = std::max(power, re * re + im * im);
      }
      db.push_back(10 * std::log10(power));
    }
    double left = db.empty() ? 0 : db.front();
    // What one harmonic has and its neighbours have not is no envelope, stays in place and would hold the fit there.
    for (std::size_t i = 0; i < db.size(); ++i) {
      const double right = db[std::min(i + 1, db.size() - 1)];
      left = std::exchange(db[i], 0.25 * left + 0.5 * db[i] + 0.25 * right);
    }
    std::vector<float> result(points_);
    if (db.empty()) return result;
    const auto last_harmonic = static_cast<std::ptrdiff_t>(db.size()) - 1;
    const auto level = [&](std::ptrdiff_t harmonic) {
      return db[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(harmonic, 0, last_harmonic))];
    };
    for (std::size_t i = 0; i < points_; ++i) {
      const double hz = kLowestHz * std::exp2(static_cast<double>(i) / kPerOctave);
      const double place = std::clamp(hz / f0_hz - 1, 0.0, static_cast<double>(last_harmonic));
      const auto k = static_cast<std::ptrdiff_t>(place);
      const double t = place - static_cast<double>(k);
      // Catmull-Rom: kinks of straight lines would lie at the same harmonics in both sounds and hold them together.
      const double a = level(k - 1), b = level(k), c = level(k + 1), d = level(k + 2);
      result[i] =
          static_cast<float>(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))));
    }
    return result;
  }

 private:
  int rate_;
  std::size_t points_;
  std::vector<float> hann_;
  RealFft fft_;
};

// Mean square of what is left of b - a, apart from a difference of level, when a is moved up by `steps`.
double misfit(std::span<const float> a, std::span<const float> b, int steps) {
  const auto moved = static_cast<std::size_t>(std::abs(steps));
  const auto from = steps > 0 ? a.first(a.size() - moved) : a.subspan(moved);
  const auto to = steps > 0 ? b.subspan(moved) : b.first(b.size() - moved);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double d = static_cast<double>(to[i]) - static_cast<double>(from[i]);
    sum += d, squares += d * d;
  }
  const auto n = static_cast<double>(from.size());
  return (squares - sum * sum / n) / n;
}

}  // namespace

std::optional<double> envelope_ratio(std::span<const float> before, std::span<const float> after, int sample_rate_hz) {
  const auto track = f0_track(before, sample_rate_hz), track_after = f0_track(after, sample_rate_hz);
  const double highest = std::min(kHighestHz, 0.45 * sample_rate_hz);
  constexpr int kMost = kPerOctave;
  const auto points = static_cast<std::size_t>(std::max(0.0, kPerOctave * std::log2(highest / kLowestHz)));
  if (points < 2 * kMost) return std::nullopt;  // less than two octaves of voice
  Harmonics harmonics(sample_rate_hz, points);
  const auto window = static_cast<std::size_t>(kWindowS * sample_rate_hz);
  const auto hop = static_cast<std::size_t>(kHopS * sample_rate_hz);
  std::array<double, 2 * kMost + 1> misfits{};
  std::size_t frames = 0;
  for (std::size_t i = 0; i < std::min(track.size(), track_after.size()); ++i) {
    // Voiced in both, at one pitch: a jump of an octave would read other harmonics.
    if (!(track[i] > 0 && track_after[i] > 0 && std::abs(std::log2(track_after[i] / track[i])) < 0.05)) continue;
    const auto a = harmonics.levels(before.subspan(i * hop, window), track[i]);
    const auto b = harmonics.levels(after.subspan(i * hop, window), track[i]);
    for (int steps = -kMost; steps <= kMost; ++steps) {
      misfits[static_cast<std::size_t>(steps + kMost)] += misfit(a, b, steps);
    }
    ++frames;
  }
  constexpr std::size_t kFewest = 3;
  if (frames < kFewest) return std::nullopt;
  const auto best = static_cast<std::size_t>(std::min_element(misfits.begin(), misfits.end()) - misfits.begin());
  double steps = static_cast<double>(best) - kMost;
  if (best > 0 && best + 1 < misfits.size()) {
    const double left = misfits[best - 1], right = misfits[best + 1], bend = left - 2 * misfits[best] + right;
    if (bend > 0) steps += 0.5 * (left - right) / bend;
  }
  return std::exp2(steps / kPerOctave);
}

}  // namespace shakedown::media
