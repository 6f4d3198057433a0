#pragma once

#include <cstdint>

#include "av.h"
#include "shakedown/core/sample.h"

/// The one H.264 encoder of this project: libx264's preset medium at a constant rate factor, 4:2:0, BT.601, on one
/// thread, without reordering or look-ahead.
namespace shakedown::media {

/// The side after padding: chroma has half the resolution, and a macroblock is the least.
[[nodiscard]] int padded_side(int side);

/// @throws Error(kInternal) "H.264: what: libav's words" for a negative code
void require_h264(int code, const char* what);

class H264Encoder {
 public:
  /// @param for_file headers apart from the packets, as containers want them; no mark of the library's version
  /// @throws Error(kInternal) without libx264, or when it refuses
  H264Encoder(int width, int height, double fps, int crf, bool for_file = false);

  /// A picture of this size; odd sides are padded by repeating the edge.
  void send(const Image& image);
  void finish();
  /// The next packet into `packet`; false where more pictures are needed first, or none is left.
  [[nodiscard]] bool receive(AVPacket& packet);
  [[nodiscard]] AVCodecContext* context() const { return context_.get(); }

 private:
  int width_, height_;  ///< padded
  std::int64_t sent_ = 0;
  av::CodecContext context_;
  av::Frame frame_;
};

}  // namespace shakedown::media
