#include "shakedown/media/video_codec.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
}
#include <opencv2/imgproc.hpp>

#include "av.h"
#include "image.h"
#include "shakedown/core/error.h"
#include "shakedown/media/runtime.h"

namespace shakedown::media {
namespace {

constexpr const char* kEncoder = "libx264";
constexpr int kKeyFrames = 250;  // x264's own default
constexpr int kSmallest = 16;    // a macroblock: smaller pictures are padded to it

void require(int code, const char* what) {
  if (code < 0) throw Error(ErrorKind::kInternal, std::string("H.264: ") + what + ": " + av::reason(code));
}

/// Chroma has half the resolution: sides are even.
int padded(int side) {
  return std::max(kSmallest, (side + 1) / 2 * 2);
}

struct Plane {
  std::uint8_t* data;
  int stride, width, height;
};

/// The three planes of a contiguous I420 picture.
std::array<Plane, 3> planes_of(cv::Mat& yuv, int width, int height) {
  const auto luma = static_cast<std::ptrdiff_t>(width) * height;
  return {{{yuv.data, width, width, height},
           {yuv.data + luma, width / 2, width / 2, height / 2},
           {yuv.data + luma + luma / 4, width / 2, width / 2, height / 2}}};
}

class Encoder {
 public:
  Encoder(int width, int height, double fps, int crf) : width_(width), height_(height) {
    const AVCodec* codec = avcodec_find_encoder_by_name(kEncoder);
    if (codec == nullptr) throw Error(ErrorKind::kInternal, "H.264: this libavcodec has no libx264");
    context_.reset(av::allocated(avcodec_alloc_context3(codec)));
    context_->width = width;
    context_->height = height;
    context_->pix_fmt = AV_PIX_FMT_YUV420P;
    context_->framerate = av_d2q(fps, 100000);
    context_->time_base = av_inv_q(context_->framerate);
    context_->gop_size = kKeyFrames;
    context_->thread_count = 1;
    require(av_opt_set(context_->priv_data, "preset", "medium", 0), "preset");
    require(av_opt_set(context_->priv_data, "tune", "zerolatency", 0), "tune");
    require(av_opt_set_double(context_->priv_data, "crf", crf, 0), "crf");
    require(avcodec_open2(context_.get(), codec, nullptr), "the encoder does not open");
    frame_.reset(av::allocated(av_frame_alloc()));
    frame_->format = context_->pix_fmt;
    frame_->width = width;
    frame_->height = height;
    require(av_frame_get_buffer(frame_.get(), 0), "no memory for a picture");
  }

  [[nodiscard]] AVCodecContext* get() const { return context_.get(); }

  void send(const Image& image) {
    cv::Mat bgr, yuv;
    cv::copyMakeBorder(view_of(image), bgr, 0, height_ - image.height, 0, width_ - image.width, cv::BORDER_REPLICATE);
    cv::cvtColor(bgr, yuv, cv::COLOR_BGR2YUV_I420);
    require(av_frame_make_writable(frame_.get()), "no memory for a picture");
    const auto planes = planes_of(yuv, width_, height_);
    for (std::size_t p = 0; p < planes.size(); ++p) {
      for (int row = 0; row < planes[p].height; ++row) {
        std::copy_n(planes[p].data + static_cast<std::ptrdiff_t>(row) * planes[p].stride, planes[p].width,
                    frame_->data[p] + static_cast<std::ptrdiff_t>(row) * frame_->linesize[p]);
      }
    }
    frame_->pts = sent_++;
    require(avcodec_send_frame(context_.get(), frame_.get()), "a picture is refused");
  }
  void finish() { require(avcodec_send_frame(context_.get(), nullptr), "the end is refused"); }

 private:
  int width_, height_;
  std::int64_t sent_ = 0;
  av::CodecContext context_;
  av::Frame frame_;
};

class Decoder {
 public:
  Decoder(int width, int height, int padded_width, int padded_height)
      : width_(width), height_(height), padded_width_(padded_width), padded_height_(padded_height) {
    const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_H264);
    if (codec == nullptr) throw Error(ErrorKind::kInternal, "H.264: this libavcodec has no decoder");
    context_.reset(av::allocated(avcodec_alloc_context3(codec)));
    context_->thread_count = 1;
    require(avcodec_open2(context_.get(), codec, nullptr), "the decoder does not open");
    frame_.reset(av::allocated(av_frame_alloc()));
  }

  /// @param packet null at the end
  void decode(const AVPacket* packet, std::vector<Image>& into) {
    require(avcodec_send_packet(context_.get(), packet), "what was encoded is refused");
    int code = 0;
    while ((code = avcodec_receive_frame(context_.get(), frame_.get())) >= 0) into.push_back(picture());
    if (code != AVERROR(EAGAIN) && code != AVERROR_EOF) require(code, "what was encoded cannot be decoded");
  }

 private:
  Image picture() {
    if (frame_->width != padded_width_ || frame_->height != padded_height_ || frame_->format != AV_PIX_FMT_YUV420P)
      throw Error(ErrorKind::kInternal, "H.264: the decoder gave a picture of another kind");
    cv::Mat yuv(padded_height_ * 3 / 2, padded_width_, CV_8UC1), bgr;
    const auto planes = planes_of(yuv, padded_width_, padded_height_);
    for (std::size_t p = 0; p < planes.size(); ++p) {
      for (int row = 0; row < planes[p].height; ++row) {
        std::copy_n(frame_->data[p] + static_cast<std::ptrdiff_t>(row) * frame_->linesize[p], planes[p].width,
                    planes[p].data + static_cast<std::ptrdiff_t>(row) * planes[p].stride);
      }
    }
    cv::cvtColor(yuv, bgr, cv::COLOR_YUV2BGR_I420);
    return image_of(bgr(cv::Rect(0, 0, width_, height_)));
  }

  int width_, height_, padded_width_, padded_height_;
  av::CodecContext context_;
  av::Frame frame_;
};

}  // namespace

bool can_encode_h264() {
  return avcodec_find_encoder_by_name(kEncoder) != nullptr;
}

CodedFrames code_h264(std::span<const Shared<Image>> frames, double fps, int crf) {
  if (frames.empty()) return {};
  const int width = frames.front()->width, height = frames.front()->height;
  if (width < 1 || height < 1 || std::any_of(frames.begin(), frames.end(), [&](const auto& frame) {
        return frame->width != width || frame->height != height;
      }))
    throw Error(ErrorKind::kInternal, "H.264: frames without pixels, or of several sizes");
  silence_libraries();
  Encoder encoder(padded(width), padded(height), fps, crf);
  Decoder decoder(width, height, padded(width), padded(height));
  const av::Packet packet(av::allocated(av_packet_alloc()));
  CodedFrames coded;
  const auto pass_on = [&] {
    int code = 0;
    while ((code = avcodec_receive_packet(encoder.get(), packet.get())) >= 0) {
      coded.bytes += static_cast<std::size_t>(packet->size);
      decoder.decode(packet.get(), coded.frames);
      av_packet_unref(packet.get());
    }
    if (code != AVERROR(EAGAIN) && code != AVERROR_EOF) require(code, "a picture cannot be encoded");
  };
  for (const auto& frame : frames) {
    encoder.send(*frame);
    pass_on();
  }
  encoder.finish();
  pass_on();
  decoder.decode(nullptr, coded.frames);
  if (coded.frames.size() != frames.size())
    throw Error(ErrorKind::kInternal, "H.264: " + std::to_string(coded.frames.size()) + " pictures came out of " +
                                          std::to_string(frames.size()));
  return coded;
}

}  // namespace shakedown::media
