#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace shakedown::perturb {

/// Reverberation time: the slope of Schroeder's backward integral between -5 and -35 dB (T30 of ISO 3382-1; to -25 dB
/// where the response does not fall further) by least squares, for 60 dB. `response` begins with the direct sound.
/// Nothing when it does not decay that far.
[[nodiscard]] std::optional<double> rt60_of(std::span<const float> response, int sample_rate_hz);

/// Energy of the first `seconds` over that of the rest, in dB: DRR with 0.0025 s, C50 with 0.05 s. Infinite when
/// nothing follows.
[[nodiscard]] double early_to_late_db(std::span<const float> response, int sample_rate_hz, double seconds);

}  // namespace shakedown::perturb
