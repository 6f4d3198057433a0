#include "room.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "decay.h"

namespace shakedown::perturb {
namespace {

constexpr double kSpeedOfSound = 343, kDecayOf60Db = 13.815510557964274;  // m/s; ln 10^6
constexpr double kSabine = 24 * 2.302585092994046 / kSpeedOfSound;        // 0.161 s/m
constexpr double kFadeFromS = 0.03, kFadeToS = 0.05;                      // where images give way to the diffuse field
constexpr double kHeadHeightM = 1.2;

using Point = std::array<double, 3>;
struct Places {
  Point speaker{}, listener{};
  std::vector<std::int64_t> decisions;
};

Places draw_places(const Room& room, const Stream& stream) {
  constexpr std::uint64_t kTries = 64;
  for (std::uint64_t attempt = 0; attempt <= kTries; ++attempt) {
    const bool fallback = attempt == kTries;  // along the longer wall it fits
    const auto angle = fallback ? (room.length_m >= room.width_m ? 0U : 9000U) : stream.below(36000, attempt, 0);
    const double turn = static_cast<double>(angle) / 18000 * std::numbers::pi;
    const double dx = room.distance_m * std::cos(turn), dy = room.distance_m * std::sin(turn);
    const double free_x = room.length_m - 2 * kWallClearanceM - std::abs(dx);
    const double free_y = room.width_m - 2 * kWallClearanceM - std::abs(dy);
    if (!fallback && (free_x < 0 || free_y < 0)) continue;
    const auto u = stream.below(10001, attempt, 1), v = stream.below(10001, attempt, 2);
    const double x = (room.length_m + (static_cast<double>(u) / 5000 - 1) * std::max(0.0, free_x)) / 2;
    const double y = (room.width_m + (static_cast<double>(v) / 5000 - 1) * std::max(0.0, free_y)) / 2;
    const double z = std::min(kHeadHeightM, room.height_m / 2);
    return {{x - dx / 2, y - dy / 2, z},
            {x + dx / 2, y + dy / 2, z},
            {static_cast<std::int64_t>(angle), static_cast<std::int64_t>(u), static_cast<std::int64_t>(v)}};
  }
  return {};
}

// Adds an impulse between samples: a sinc under a Hann window, whose taps alternate in sign, so that one sine serves
// them all.
void add_impulse(std::vector<double>& h, double at, double amplitude) {
  constexpr int kHalf = 16;
  const double whole = std::floor(at), part = at - whole;
  const double sine = std::sin(std::numbers::pi * part) / std::numbers::pi;
  for (int k = 1 - kHalf; k <= kHalf; ++k) {
    const double index = whole + k;
    if (index < 0 || index >= static_cast<double>(h.size())) continue;
    const double t = k - part;
    const double sinc = std::abs(t) < 1e-9 ? 1 : (k % 2 == 0 ? -sine : sine) / t;
    h[static_cast<std::size_t>(index)] += amplitude * sinc * (0.5 + 0.5 * std::cos(std::numbers::pi * t / kHalf));
  }
}

// The direct sound and the reflections up to kFadeToS behind it.
std::vector<double> images(const Room& room, const Places& places, double rt60_s, int rate) {
  const auto frames = static_cast<std::size_t>(kFadeToS * rate) + 1;
  std::vector<double> h(frames, 0.0);
  // Eyring: T = 24 ln 10 V / (c S (-ln(1 - a))); pressure falls by sqrt(1 - a) a reflection.
  const double reflection = std::exp(-0.5 * kSabine * room.volume() / (room.surface() * rt60_s));
  const Point size = {room.length_m, room.width_m, room.height_m};
  const double reach = room.distance_m + kFadeToS * kSpeedOfSound;
  std::array<int, 3> most{};
  for (std::size_t axis = 0; axis < 3; ++axis) most[axis] = static_cast<int>(reach / (2 * size[axis])) + 1;
  const auto offset = [&](std::size_t axis, int n, int mirrored) {
    return (mirrored ? -1 : 1) * places.speaker[axis] + 2 * n * size[axis] - places.listener[axis];
  };
  for (int x = -2 * most[0]; x <= 2 * most[0] + 1; ++x) {
    for (int y = -2 * most[1]; y <= 2 * most[1] + 1; ++y) {
      for (int z = -2 * most[2]; z <= 2 * most[2] + 1; ++z) {
        // An index counts the walls that an image lies behind; odd ones are mirrored.
        const auto place = [&](std::size_t axis, int index) {
          const int mirrored = index & 1;
          return offset(axis, (index + mirrored) / 2, mirrored);
        };
        const double distance = std::hypot(place(0, x), place(1, y), place(2, z));
        const double delay = (distance - room.distance_m) / kSpeedOfSound * rate;
        if (delay >= static_cast<double>(frames)) continue;
        const int walls = std::abs(x) + std::abs(y) + std::abs(z);
        add_impulse(h, std::max(0.0, delay), std::pow(reflection, walls) * room.distance_m / distance);
      }
    }
  }
  return h;
}

}  // namespace

RoomResponse room_response(const Room& room, double rt60_s, int rate, const Stream& stream) {
  const Places places = draw_places(room, stream);
  const std::vector<double> early = images(room, places, rt60_s, rate);
  const auto frames = std::max(early.size(), static_cast<std::size_t>(1.15 * rt60_s * rate));
  std::vector<float> noise(frames);
  stream.normals(1000, noise);

  RoomResponse result{std::vector<float>(frames), places.decisions};
  // Energy a sample of the diffuse field over that of the direct sound, at the moment of emission.
  const double density =
      4 * std::numbers::pi * kSpeedOfSound * room.distance_m * room.distance_m / room.volume() / rate;
  double late_rt60 = rt60_s;
  constexpr int kCorrections = 6;
  constexpr double kNear = 0.005;
  for (int i = 0; i < kCorrections; ++i) {
    const double decay = std::exp(-kDecayOf60Db / 2 / (late_rt60 * rate));  // of the amplitude, a sample
    // Anchored where it takes over, so that a correction turns the decay and leaves its level.
    const double anchor_s = kFadeFromS + room.distance_m / kSpeedOfSound;
    double amplitude = std::sqrt(density) * std::exp(-kDecayOf60Db / 2 * anchor_s / rt60_s) *
                       std::exp(kDecayOf60Db / 2 * kFadeFromS / late_rt60);
    for (std::size_t n = 0; n < frames; ++n, amplitude *= decay) {
      const double t = static_cast<double>(n) / rate;
      const double phase = std::clamp((t - kFadeFromS) / (kFadeToS - kFadeFromS), 0.0, 1.0) * std::numbers::pi / 2;
      const double image = n < early.size() ? early[n] * std::cos(phase) : 0;
      result.response[n] = static_cast<float>(image + amplitude * std::sin(phase) * noise[n]);
    }
    const auto fitted = rt60_of(result.response, rate);
    if (!fitted || std::abs(*fitted / rt60_s - 1) < kNear) break;
    late_rt60 *= std::clamp(rt60_s / *fitted, 0.7, 1.4);
  }
  return result;
}

}  // namespace shakedown::perturb
