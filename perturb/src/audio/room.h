#pragma once

#include <cstdint>
#include <vector>

#include "shakedown/core/rng.h"

namespace shakedown::perturb {

/// A shoebox room with a listener and a speaker in it, at one height, `distance_m` apart.
struct Room {
  double length_m = 6, width_m = 5, height_m = 2.8;
  double distance_m = 1.5;

  [[nodiscard]] double volume() const { return length_m * width_m * height_m; }
  [[nodiscard]] double surface() const { return 2 * (length_m * width_m + length_m * height_m + width_m * height_m); }
};

/// An impulse response whose direct sound is the first sample and is 1, and where speaker and listener stood.
struct RoomResponse {
  std::vector<float> response;
  std::vector<std::int64_t> decisions;  ///< direction in 1/100 degree, place of the middle in 1/10000 of the free floor
};

/// The room's response with this reverberation time. Up to 50 ms after the direct sound its reflections are those of
/// the image-source method (Allen and Berkley, JASA 65, 1979; fractional delays after Peterson, JASA 80, 1986), with
/// the absorption that Eyring's formula asks for; from there on it is a diffuse field: Gaussian noise that decays
/// exponentially at the level of the theory of diffuse fields, so that direct-to-reverberant ratio follows from
/// distance, volume and time. The decay is corrected until Schroeder's fit to the whole gives `rt60_s`. The place is
/// drawn, whatever the time: rooms of one clip differ in their walls only.
[[nodiscard]] RoomResponse room_response(const Room& room, double rt60_s, int sample_rate_hz, const Stream& stream);

/// Clearance that speaker and listener keep from the walls.
inline constexpr double kWallClearanceM = 0.5;

}  // namespace shakedown::perturb
