#include <algorithm>
#include <cmath>
#include <memory>

#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

#include "checks.h"
#include "container.h"
#include "image.h"
#include "shakedown/core/text.h"
#include "shakedown/media/decode.h"
#include "shakedown/media/runtime.h"

namespace shakedown::media {
namespace {

constexpr double kInstantTolerance = 1e-6;  // of an output period: 3 s at 10 fps are 30 frames, not 31

/// The size after scaling the longer side down to `max_side`.
cv::Size scaled_size(cv::Size size, int max_side) {
  const int longer = std::max(size.width, size.height);
  if (max_side == 0 || longer <= max_side) return size;
  const auto side = [&](int pixels) {
    return std::max(1, static_cast<int>(std::nearbyint(static_cast<double>(pixels) * max_side / longer)));
  };
  return {side(size.width), side(size.height)};
}

/// Collects frames, at their own rate or at the instants k / fps, each showing the frame nearest in time.
class FrameCollector {
 public:
  FrameCollector(const std::filesystem::path& file, const DecodeLimits& limits, double source_fps)
      : file_(file), limits_(limits), source_fps_(source_fps) {
    clip_.fps = limits.fps > 0 ? limits.fps : source_fps;
  }

  /// `seconds` is the frame's own time stamp; where stamps do not grow, the rate stands in.
  void add(const cv::Mat& frame, double seconds) {
    if (latest_.empty()) {
      size_ = frame.size();
      require_picture_size(file_, size_.width, size_.height);
      first_stamp_ = seconds;
    } else if (frame.size() != size_) {
      throw refusal(file_, "its picture size changes in the middle: one size is accepted");
    }
    const double relative = seconds - first_stamp_;
    const double time = latest_.empty() ? 0 : relative > time_ ? relative : time_ + 1 / source_fps_;
    require_duration(file_, time, limits_);
    if (!latest_.empty()) show_until((time_ + time) / 2);
    frame.copyTo(latest_);
    time_ = time;
  }

  /// The whole clip: every instant before its end, where the last frame lasts one period of the source.
  [[nodiscard]] Clip finish() {
    if (latest_.empty()) throw refusal(file_, "no frame of its video can be decoded");
    const auto total = static_cast<std::size_t>(std::ceil(seconds() * limits_.fps - kInstantTolerance));
    show(limits_.fps == 0 ? 1 : std::max<std::size_t>(1, total) - clip_.frames.size());
    return std::move(clip_);
  }

  [[nodiscard]] double seconds() const { return time_ + 1 / source_fps_; }

 private:
  void show_until(double end) {
    if (limits_.fps == 0) return show(1);
    std::size_t count = 0;
    while (static_cast<double>(clip_.frames.size() + count) / limits_.fps <= end) ++count;
    show(count);
  }

  /// Appends the latest frame `count` times, sharing its pixels.
  void show(std::size_t count) {
    if (count == 0) return;
    const cv::Size target = scaled_size(size_, limits_.max_side);
    bytes_ += 3 * static_cast<std::size_t>(target.area());
    if (bytes_ > limits_.max_bytes) {
      throw refusal(file_, "its frames fill more than " + std::to_string(limits_.max_bytes) +
                               " bytes: no more are accepted (lower fps or max_side)");
    }
    const auto image = std::make_shared<const Image>(
        image_of(target == size_ ? latest_ : resized(latest_, target.width, target.height)));
    clip_.frames.insert(clip_.frames.end(), count, image);
  }

  const std::filesystem::path& file_;
  const DecodeLimits& limits_;
  double source_fps_;
  cv::Mat latest_;
  cv::Size size_;
  double first_stamp_ = 0, time_ = 0;
  std::size_t bytes_ = 0;
  Clip clip_;
};

cv::VideoCapture open_video(const std::filesystem::path& file) {
  cv::VideoCapture video(std::filesystem::absolute(file).string(), cv::CAP_FFMPEG);
  if (!video.isOpened()) throw refusal(file, "its video cannot be decoded");
  video.set(cv::CAP_PROP_ORIENTATION_AUTO, 1);
  return video;
}

}  // namespace

VideoProperties video_properties(const std::filesystem::path& file) {
  silence_libraries();
  try {
    cv::VideoCapture video = open_video(file);
    cv::Mat first;
    if (!video.read(first)) throw refusal(file, "no frame of its video can be decoded");
    const ContainerInfo info = probe_container(file);
    const double fps = info.video_fps > 0 ? info.video_fps : video.get(cv::CAP_PROP_FPS);
    if (!(fps > 0)) throw refusal(file, "its frame rate is unknown");
    return {first.cols, first.rows, fps};
  } catch (const cv::Exception& error) {
    throw refusal(file, "its video cannot be decoded: " + error.err);
  }
}

Clip decode_video(const std::filesystem::path& file, const DecodeLimits& limits) {
  validate(limits);
  silence_libraries();
  const ContainerInfo info = probe_container(file);
  if (!info.has_video) throw refusal(file, "has no video stream: a file with a video is accepted");
  require_picture_size(file, info.width, info.height);
  require_duration(file, info.video_seconds, limits);
  try {
    cv::VideoCapture video = open_video(file);
    const double fps = info.video_fps > 0 ? info.video_fps : video.get(cv::CAP_PROP_FPS);
    if (!(fps > 0 && fps <= 1000)) {
      throw refusal(file, "frame rate " + format_number(fps) + ": above 0 to 1000 frames a second are accepted");
    }
    FrameCollector collector(file, limits, fps);
    for (cv::Mat frame; video.read(frame);) collector.add(frame, video.get(cv::CAP_PROP_POS_MSEC) / 1000);
    const double seconds = collector.seconds();
    Clip clip = collector.finish();
    if (seconds < 0.9 * info.video_seconds - 0.25) {
      throw refusal(file, "truncated: " + format_number(seconds) + " s of video where " +
                              format_number(info.video_seconds) + " s are announced");
    }
    return clip;
  } catch (const cv::Exception& error) {
    throw refusal(file, "its video cannot be decoded: " + error.err);
  }
}

}  // namespace shakedown::media
