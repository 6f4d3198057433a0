#include "shakedown/media/video_codec.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
}
#include <opencv2/imgproc.hpp>

#include "h264.h"
#include "i420.h"
#include "image.h"
#include "shakedown/core/error.h"

namespace shakedown::media {
namespace {

class Decoder {
 public:
  Decoder(int width, int height) : width_(width), height_(height) {
    const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_H264);
    if (codec == nullptr) throw Error(ErrorKind::kInternal, "H.264: this libavcodec has no decoder");
    context_.reset(av::allocated(avcodec_alloc_context3(codec)));
    context_->thread_count = 1;
    require_h264(avcodec_open2(context_.get(), codec, nullptr), "the decoder does not open");
    frame_.reset(av::allocated(av_frame_alloc()));
  }

  /// @param packet null at the end
  void decode(const AVPacket* packet, std::vector<Image>& into) {
    require_h264(avcodec_send_packet(context_.get(), packet), "what was encoded is refused");
    int code = 0;
    while ((code = avcodec_receive_frame(context_.get(), frame_.get())) >= 0) into.push_back(picture());
    if (code != AVERROR(EAGAIN) && code != AVERROR_EOF) require_h264(code, "what was encoded cannot be decoded");
  }

 private:
  Image picture() {
    const int width = padded_side(width_), height = padded_side(height_);
    if (frame_->width != width || frame_->height != height || frame_->format != AV_PIX_FMT_YUV420P)
      throw Error(ErrorKind::kInternal, "H.264: the decoder gave a picture of another kind");
    cv::Mat yuv(height * 3 / 2, width, CV_8UC1), bgr;
    for (const I420Plane& plane : planes_of(yuv, width, height)) {
      for (int y = 0; y < plane.height; ++y) std::copy_n(row_of(*frame_, plane, y), plane.width, plane.row(y));
    }
    cv::cvtColor(yuv, bgr, cv::COLOR_YUV2BGR_I420);
    return image_of(bgr(cv::Rect(0, 0, width_, height_)));
  }

  int width_, height_;
  av::CodecContext context_;
  av::Frame frame_;
};

/// Bytes of a packet (ITU-T H.264, annex B) without supplemental information: x264 signs its first picture with some
/// 600 bytes, which would be a third of a short clip at a low rate.
std::size_t picture_bytes(std::span<const std::uint8_t> packet) {
  constexpr std::uint8_t kType = 0x1F, kSupplemental = 6;
  std::size_t bytes = 0;
  bool counted = true;
  for (std::size_t at = 0; at < packet.size(); ++at) {
    const bool start = at + 3 < packet.size() && packet[at] == 0 && packet[at + 1] == 0 && packet[at + 2] == 1;
    if (start) counted = (packet[at + 3] & kType) != kSupplemental;
    bytes += counted ? 1 : 0;
  }
  return bytes;
}

}  // namespace

CodedFrames code_h264(std::span<const Shared<Image>> frames, double fps, int crf) {
  if (frames.empty()) return {};
  const int width = frames.front()->width, height = frames.front()->height;
  if (width < 1 || height < 1 || std::any_of(frames.begin(), frames.end(), [&](const auto& frame) {
        return frame->width != width || frame->height != height;
      }))
    throw Error(ErrorKind::kInternal, "H.264: frames without pixels, or of several sizes");
  H264Encoder encoder(width, height, fps, crf);
  Decoder decoder(width, height);
  const av::Packet packet(av::allocated(av_packet_alloc()));
  CodedFrames coded;
  const auto pass_on = [&] {
    while (encoder.receive(*packet)) {
      coded.bytes += picture_bytes({packet->data, static_cast<std::size_t>(packet->size)});
      decoder.decode(packet.get(), coded.frames);
      av_packet_unref(packet.get());
    }
  };
  for (const auto& frame : frames) {
    encoder.send(*frame);
    pass_on();
  }
  encoder.finish();
  pass_on();
  decoder.decode(nullptr, coded.frames);
  if (coded.frames.size() != frames.size()) {
    throw Error(ErrorKind::kInternal, "H.264: " + std::to_string(coded.frames.size()) + " pictures came out of " +
                                          std::to_string(frames.size()));
  }
  return coded;
}

}  // namespace shakedown::media
