#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// The picture in JPEG bytes such as encode_jpeg() gives. @throws Error(kInternal) when they hold none
[[nodiscard]] Image decode_jpeg(const std::vector<std::uint8_t>& bytes);

/// A clip encoded and decoded again, in memory.
struct RoundTrip {
  Clip clip;              ///< frames of the sizes they had
  std::size_t bytes = 0;  ///< of the stream
  std::string reason;     ///< why it could not be done; "" when it was
};

/// H.264 at a constant rate factor (1..51) through libavcodec's libx264 (4:2:0, BT.601, preset medium, one thread: the
/// same bytes every time). Not done without that encoder, for frames of unlike sizes, or of fewer than 16 pixels a
/// side. Odd sizes are padded by repeating the edge.
[[nodiscard]] RoundTrip h264_round_trip(const Clip& clip, int crf);

}  // namespace shakedown::media
