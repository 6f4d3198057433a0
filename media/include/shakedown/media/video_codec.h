#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// Whether this libavcodec has an encoder for H.264 (libx264).
[[nodiscard]] bool can_encode_h264();

/// Frames that have been encoded and decoded.
struct CodedFrames {
  std::vector<Image> frames;  ///< as many as went in, of their size
  std::size_t bytes = 0;      ///< of the coded pictures and their parameters, without container and signature
};

/// `frames` through H.264 and back: libx264's preset medium at a constant rate factor, 4:2:0, BT.601, one key frame in
/// 250 pictures, and tuned as for a video call (no reordering, no look-ahead), so that a picture depends on those
/// before it only. One thread: the same bytes whenever library and input are the same. Odd sizes are padded by
/// repeating the edge and cut again. @param fps above 0 @param crf 0 to 51, larger is worse
/// @throws Error(kInternal) when frames are empty or of several sizes, or libavcodec refuses them
[[nodiscard]] CodedFrames code_h264(std::span<const Shared<Image>> frames, double fps, int crf);

}  // namespace shakedown::media
