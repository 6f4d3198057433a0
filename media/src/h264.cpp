#include "h264.h"

#include <algorithm>
#include <string>

extern "C" {
#include <libavutil/opt.h>
}
#include <opencv2/imgproc.hpp>

#include "i420.h"
#include "image.h"
#include "shakedown/core/error.h"
#include "shakedown/media/runtime.h"
#include "shakedown/media/video_codec.h"

namespace shakedown::media {
namespace {

constexpr const char* kEncoder = "libx264";
constexpr int kKeyFrames = 250;  // x264's own default
constexpr int kSmallest = 16;    // a macroblock

}  // namespace

int padded_side(int side) {
  return std::max(kSmallest, (side + 1) / 2 * 2);
}

void require_h264(int code, const char* what) {
  if (code < 0) throw Error(ErrorKind::kInternal, std::string("H.264: ") + what + ": " + av::reason(code));
}

bool can_encode_h264() {
  return avcodec_find_encoder_by_name(kEncoder) != nullptr;
}

H264Encoder::H264Encoder(int width, int height, double fps, int crf, bool for_file)
    : width_(padded_side(width)), height_(padded_side(height)) {
  silence_libraries();
  const AVCodec* codec = avcodec_find_encoder_by_name(kEncoder);
  if (codec == nullptr) throw Error(ErrorKind::kInternal, "H.264: this libavcodec has no libx264");
  context_.reset(av::allocated(avcodec_alloc_context3(codec)));
  context_->width = width_;
  context_->height = height_;
  context_->pix_fmt = AV_PIX_FMT_YUV420P;
  context_->framerate = av_d2q(fps, 100000);
  context_->time_base = av_inv_q(context_->framerate);
  context_->gop_size = kKeyFrames;
  context_->thread_count = 1;
  if (for_file) context_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
  require_h264(av_opt_set(context_->priv_data, "preset", "medium", 0), "preset");
  require_h264(av_opt_set(context_->priv_data, "tune", "zerolatency", 0), "tune");
  require_h264(av_opt_set_double(context_->priv_data, "crf", crf, 0), "crf");
  require_h264(avcodec_open2(context_.get(), codec, nullptr), "the encoder does not open");
  frame_.reset(av::allocated(av_frame_alloc()));
  frame_->format = context_->pix_fmt;
  frame_->width = width_;
  frame_->height = height_;
  require_h264(av_frame_get_buffer(frame_.get(), 0), "no memory for a picture");
}

void H264Encoder::send(const Image& image) {
  cv::Mat bgr, yuv;
  cv::copyMakeBorder(view_of(image), bgr, 0, height_ - image.height, 0, width_ - image.width, cv::BORDER_REPLICATE);
  cv::cvtColor(bgr, yuv, cv::COLOR_BGR2YUV_I420);
  require_h264(av_frame_make_writable(frame_.get()), "no memory for a picture");
  for (const I420Plane& plane : planes_of(yuv, width_, height_)) {
    for (int y = 0; y < plane.height; ++y) std::copy_n(plane.row(y), plane.width, row_of(*frame_, plane, y));
  }
  frame_->pts = sent_++;
  require_h264(avcodec_send_frame(context_.get(), frame_.get()), "a picture is refused");
}

void H264Encoder::finish() {
  require_h264(avcodec_send_frame(context_.get(), nullptr), "the end is refused");
}

bool H264Encoder::receive(AVPacket& packet) {
  const int code = avcodec_receive_packet(context_.get(), &packet);
  if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return false;
  require_h264(code, "a picture cannot be encoded");
  return true;
}

}  // namespace shakedown::media
