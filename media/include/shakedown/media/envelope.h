#pragma once

#include <optional>
#include <span>
#include <vector>

namespace shakedown::media {

/// `mono` with its spectral envelope stretched along the frequency axis: the resonance that stood at f stands at
/// factor * f; fundamental, time and length stay. `f0_hz` is the f0_track() of the voice. Envelope: true envelope
/// (Roebel and Rodet, DAFx 2005), cepstra up to half a period, in frames of four periods; applied without change of
/// phase, by at most 36 dB up or down. @throws Error(kUsage) unless rate and factor are positive
[[nodiscard]] std::vector<float> scale_envelope(std::span<const float> mono, int sample_rate_hz,
                                                std::span<const double> f0_hz, double factor);

/// The factor between a half and 2 by which the resonances of the voice in `after` lie higher than in `before`, of
/// equal length and fundamental: levels of the harmonics below 5 kHz, frame by frame, laid over each other on a
/// logarithmic axis, so that nothing is taken from how scale_envelope() works. Nothing with less than three voiced
/// frames.
/// @throws Error(kUsage) unless the rate is positive
[[nodiscard]] std::optional<double> envelope_ratio(std::span<const float> before, std::span<const float> after,
                                                   int sample_rate_hz);

}  // namespace shakedown::media
