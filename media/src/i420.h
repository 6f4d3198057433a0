#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <libavutil/frame.h>
}
#include <opencv2/core/mat.hpp>

namespace shakedown::media {

/// One of the three planes of a planar 4:2:0 picture.
struct I420Plane {
  std::size_t index;  ///< 0 luma, 1 and 2 chroma
  std::uint8_t* data;
  int width, height;
  [[nodiscard]] std::uint8_t* row(int y) const { return data + static_cast<std::ptrdiff_t>(y) * width; }
};

/// The line of a frame of libav that stands for line `y` of the plane.
[[nodiscard]] inline std::uint8_t* row_of(const AVFrame& frame, const I420Plane& plane, int y) {
  return frame.data[plane.index] + static_cast<std::ptrdiff_t>(y) * frame.linesize[plane.index];
}

/// Of a picture as OpenCV lays it out: one channel, height * 3 / 2 lines, without gaps. Sides are even.
[[nodiscard]] inline std::array<I420Plane, 3> planes_of(cv::Mat& yuv, int width, int height) {
  const auto luma = static_cast<std::ptrdiff_t>(width) * height;
  return {{{0, yuv.data, width, height},
           {1, yuv.data + luma, width / 2, height / 2},
           {2, yuv.data + luma + luma / 4, width / 2, height / 2}}};
}

}  // namespace shakedown::media
