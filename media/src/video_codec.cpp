#include "shakedown/media/video_codec.h"

#include <cmath>
#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
}

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "image.h"
#include "shakedown/core/error.h"

namespace shakedown::media {
namespace {

struct Free {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void check(int result, const char* what) {
  if (result >= 0) return;
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(result, text, sizeof(text));
  throw Error(ErrorKind::kInternal, std::string("libavcodec cannot ") + what + ": " + text);
}

// Planes of 4:2:0 in one block, as OpenCV lays them out, to and from a frame of libavcodec.
cv::Mat planes_of(const Image& image) {
  cv::Mat padded, planes;
  cv::copyMakeBorder(view_of(image), padded, 0, image.height % 2, 0, image.width % 2, cv::BORDER_REPLICATE);
  cv::cvtColor(padded, planes, cv::COLOR_BGR2YUV_I420);
  return planes;
}

Image picture_of(const AVFrame& frame, int width, int height) {
  cv::Mat planes(frame.height * 3 / 2, frame.width, CV_8U), picture;
  check(av_image_copy_to_buffer(planes.data, static_cast<int>(planes.total()), frame.data, frame.linesize,
                                AV_PIX_FMT_YUV420P, frame.width, frame.height, 1),
        "hand over a picture");
  cv::cvtColor(planes, picture, cv::COLOR_YUV2BGR_I420);
  return image_of(picture(cv::Rect(0, 0, width, height)));
}

Owned<AVCodecContext> encoder_for(const AVCodec& codec, const Image& image, double fps, int crf) {
  Owned<AVCodecContext> context(avcodec_alloc_context3(&codec));
  context->width = image.width + image.width % 2;
  context->height = image.height + image.height % 2;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->time_base = {1, 1000};
  context->framerate = av_d2q(fps > 0 ? fps : 25, 100000);
  context->thread_count = 1;
  av_opt_set(context->priv_data, "preset", "medium", 0);
  av_opt_set_double(context->priv_data, "crf", crf, 0);
  av_opt_set(context->priv_data, "x264-params", "log-level=error", 0);
  check(avcodec_open2(context.get(), &codec, nullptr), "start an H.264 encoder");
  return context;
}

// Sends `frame` (null: the end) to one side and hands what comes out on to the other, until all is decoded.
class Loop {
 public:
  Loop(AVCodecContext& encoder, AVCodecContext& decoder, const Image& like)
      : encoder_(encoder), decoder_(decoder), width_(like.width), height_(like.height) {}

  void send(const AVFrame* frame, RoundTrip& out) {
    check(avcodec_send_frame(&encoder_, frame), "encode a frame");
    while (receive(avcodec_receive_packet(&encoder_, packet_.get()))) {
      out.bytes += static_cast<std::size_t>(packet_->size);
      check(avcodec_send_packet(&decoder_, packet_.get()), "decode its own stream");
      av_packet_unref(packet_.get());
      collect(out);
    }
    if (frame != nullptr) return;
    check(avcodec_send_packet(&decoder_, nullptr), "end the stream");
    collect(out);
  }

 private:
  static bool receive(int result) {
    if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return false;
    check(result, "code a clip");
    return true;
  }

  void collect(RoundTrip& out) {
    while (receive(avcodec_receive_frame(&decoder_, frame_.get())))
      out.clip.frames.push_back(std::make_shared<const Image>(picture_of(*frame_, width_, height_)));
  }

  AVCodecContext& encoder_;
  AVCodecContext& decoder_;
  int width_, height_;
  Owned<AVPacket> packet_{av_packet_alloc()};
  Owned<AVFrame> frame_{av_frame_alloc()};
};

}  // namespace

Image decode_jpeg(const std::vector<std::uint8_t>& bytes) {
  const cv::Mat picture = cv::imdecode(bytes, cv::IMREAD_COLOR);
  if (picture.empty()) throw Error(ErrorKind::kInternal, "OpenCV cannot decode a JPEG that it encoded");
  return image_of(picture);
}

RoundTrip h264_round_trip(const Clip& clip, int crf) {
  constexpr int kSmallest = 16;
  RoundTrip out;
  out.clip.fps = clip.fps;
  if (clip.frames.empty()) return out;
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  const AVCodec* decoder_codec = avcodec_find_decoder(AV_CODEC_ID_H264);
  if (codec == nullptr || decoder_codec == nullptr) {
    out.reason = "this libavcodec has no H.264 encoder with a rate factor (libx264)";
    return out;
  }
  const Image& first = *clip.frames.front();
  for (const auto& frame : clip.frames) {
    if (frame->width != first.width || frame->height != first.height) {
      out.reason = "H.264 needs frames of one size";
      return out;
    }
  }
  if (first.width < kSmallest || first.height < kSmallest) {
    out.reason = "frames of fewer than 16 pixels a side are too small for H.264";
    return out;
  }
  const auto encoder = encoder_for(*codec, first, clip.fps, crf);
  const Owned<AVCodecContext> decoder(avcodec_alloc_context3(decoder_codec));
  decoder->thread_count = 1;
  check(avcodec_open2(decoder.get(), decoder_codec, nullptr), "start an H.264 decoder");
  Loop loop(*encoder, *decoder, first);
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    const cv::Mat planes = planes_of(*clip.frames[i]);
    const Owned<AVFrame> frame(av_frame_alloc());
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = encoder->width;
    frame->height = encoder->height;
    frame->pts = std::llround(1000.0 * static_cast<double>(i) / (clip.fps > 0 ? clip.fps : 25));
    check(av_frame_get_buffer(frame.get(), 0), "get a frame");
    const std::uint8_t* data[4] = {};
    int stride[4] = {};
    check(av_image_fill_arrays(const_cast<std::uint8_t**>(data), stride, planes.data, AV_PIX_FMT_YUV420P, frame->width,
                               frame->height, 1),
          "read a picture");
    av_image_copy(frame->data, frame->linesize, data, stride, AV_PIX_FMT_YUV420P, frame->width, frame->height);
    loop.send(frame.get(), out);
  }
  loop.send(nullptr, out);
  if (out.clip.frames.size() != clip.frames.size())
    throw Error(ErrorKind::kInternal, "H.264 gave another number of frames");
  return out;
}

}  // namespace shakedown::media
