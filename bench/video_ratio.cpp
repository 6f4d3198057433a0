// How fast video perturbations are beside the OpenCV calls that do the bare work, in one run, one thread, 224 x 224 x
// 3:
//   video_ratio [REPEATS]
// Frames per second of ours (without and with the measurement of the dose) and of OpenCV, medians of REPEATS (5) rounds
// in which they take turns; the ratios and what they should reach. Exit status 1 when one does not.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "nobody.h"
#include "shakedown/core/error.h"
#include "shakedown/media/runtime.h"
#include "shakedown/perturb/registry.h"
#include "video/motion_kernel.h"

namespace {

using namespace shakedown;
using namespace shakedown::perturb;

constexpr int kSide = 224, kFace = 75, kFrames = 75;

// A moving pattern with the spread of tones of a room, its face box a third of the width.
Sample film() {
  Clip clip;
  clip.fps = 25;
  FaceTrack track;
  for (int frame = 0; frame < kFrames; ++frame) {
    Image image{kSide, kSide, {}};
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < 3 * kSide; ++x) {
        const double wave = std::sin((x + 3 * frame) / 17.0) * std::cos(y / 11.0) + std::sin(x * y / 2000.0);
        image.pixels.push_back(static_cast<std::uint8_t>(std::lround(110 + 60 * wave)));
      }
    }
    clip.frames.push_back(std::make_shared<const Image>(std::move(image)));
    track.boxes.push_back(FaceTrack::Box{kFace, kFace, kFace, kFace, false});
  }
  Sample sample;
  sample.id = "film";
  sample.clip = std::make_shared<const Clip>(std::move(clip));
  sample.faces = std::make_shared<const FaceTrack>(std::move(track));
  return sample;
}

// One frame through OpenCV, into a picture of its own as ours is.
using Peer = std::function<cv::Mat(const cv::Mat&)>;

// One table for all channels, or one for each.
Peer through_tables(int channels) {
  cv::Mat table(1, 256, CV_8UC(channels));
  for (int i = 0; i < 256 * channels; ++i) table.data[i] = static_cast<std::uint8_t>(255 - i / channels);
  return [table](const cv::Mat& frame) {
    cv::Mat out;
    cv::LUT(frame, table, out);
    return out;
  };
}

Peer filter(const cv::Mat& kernel) {
  return [kernel](const cv::Mat& frame) {
    cv::Mat out;
    cv::filter2D(frame, out, -1, kernel, cv::Point(-1, -1), 0, cv::BORDER_REPLICATE);
    return out;
  };
}

// What video.motion_blur draws is a line at some angle; this one has the same length.
Peer line_filter(double length) {
  const Kernel kernel = motion_kernel(line_path(30), length * kFace);
  cv::Mat taps(2 * kernel.radius + 1, 2 * kernel.radius + 1, CV_32F, cv::Scalar(0));
  for (const auto& tap : kernel.taps) taps.at<float>(kernel.radius + tap.dy, kernel.radius + tap.dx) = tap.weight;
  return filter(taps);
}

Peer disc_filter(double radius) {
  const int reach = static_cast<int>(std::ceil(radius * kFace));
  cv::Mat taps(2 * reach + 1, 2 * reach + 1, CV_32F, cv::Scalar(0));
  cv::circle(taps, {reach, reach}, static_cast<int>(std::lround(radius * kFace)), cv::Scalar(1), cv::FILLED);
  return filter(taps / cv::sum(taps)[0]);
}

cv::Mat warped_face(const cv::Mat& frame) {
  const std::vector<cv::Point2f> from = {{0, 0}, {kFace, 0}, {kFace, kFace}, {0, kFace}},
                                 to = {{10, 8}, {kFace, 0}, {kFace, kFace}, {10, kFace - 8}};
  static const cv::Mat kMap = cv::getPerspectiveTransform(from, to);
  cv::Mat out = frame.clone();
  cv::Mat face = out(cv::Rect(kFace, kFace, kFace, kFace)), turned;
  cv::warpPerspective(face, turned, kMap, face.size(), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  turned.copyTo(face);
  return out;
}

Peer down_and_up(double scale) {
  return [scale](const cv::Mat& frame) {
    cv::Mat small, out;
    cv::resize(frame, small, {}, scale, scale, cv::INTER_AREA);
    cv::resize(small, out, frame.size(), 0, 0, cv::INTER_LINEAR);
    return out;
  };
}

cv::Mat through_jpeg(const cv::Mat& frame) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", frame, bytes, {cv::IMWRITE_JPEG_QUALITY, 15});
  return cv::imdecode(bytes, cv::IMREAD_COLOR);
}

cv::Mat with_noise(const cv::Mat& frame) {
  cv::Mat noise(frame.size(), CV_16SC3), out;
  cv::randn(noise, cv::Scalar::all(0), cv::Scalar::all(0.08 * 255));
  cv::add(frame, noise, out, cv::noArray(), CV_8U);
  return out;
}

struct Case {
  std::string name;
  ParamMap params;
  std::string call;
  Peer peer;
  double least = 0.9, least_measured = 0;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const char* name : {"video.over_exposure", "video.gamma"})
    all.push_back({name, {}, "LUT, one table", through_tables(1), 0.8, 0.3});
  for (const char* name : {"video.contrast", "video.color_cast"})
    all.push_back({name, {}, "LUT, three tables", through_tables(3), 0.8, 0.3});
  for (const double length : {.05, .2, .5}) {
    all.push_back({"video.motion_blur",
                   {{"length", std::to_string(length).substr(0, 4)}},
                   "filter2D, same kernel",
                   line_filter(length)});
  }
  for (const double radius : {.02, .07, .2}) {
    all.push_back(
        {"video.defocus", {{"radius", std::to_string(radius).substr(0, 4)}}, "filter2D, disc", disc_filter(radius)});
  }
  all.push_back({"video.head_pose", {}, "warpPerspective of the face box", warped_face});
  all.push_back({"video.low_resolution", {{"scale", "0.25"}}, "resize down and up", down_and_up(0.25)});
  all.push_back({"video.low_resolution", {{"ladder", "imagenet-c"}}, "resize down and up", down_and_up(0.35)});
  all.push_back({"video.compression", {{"quality", "15"}}, "imencode, imdecode", through_jpeg});
  all.push_back({"video.noise", {{"amount", "0.08"}}, "randn, add", with_noise, 0});  // no limit: another generator
  return all;
}

// By processor time: one thread does all the work, and others may want the machine.
double frames_per_second(const std::function<void()>& clip) {
  const std::clock_t start = std::clock();
  clip();
  return kFrames * double{CLOCKS_PER_SEC} / static_cast<double>(std::max<std::clock_t>(1, std::clock() - start));
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return x[x.size() / 2];
}

bool run(const Case& which, const Sample& before, const Registry& registry, int repeats) {
  const auto perturbation = registry.create(which.name, which.params);
  const Nobody corpus;
  const Rng rng({.suite_seed = 1,
                 .perturbation = which.name,
                 .version = 1,
                 .compose_index = 0,
                 .sample_id = before.id,
                 .replicate = 0});
  const auto ours = [&](bool measured) {
    Sample after = before;
    const Effect effect = perturbation->apply(after, corpus, rng);
    if (effect.state != State::kApplied) throw Error(ErrorKind::kInternal, which.name + ": " + effect.reason);
    if (measured) (void)perturbation->measure(before, after, effect);
  };
  const auto theirs = [&] {
    std::vector<cv::Mat> out;
    for (const auto& frame : before.clip->frames)
      out.push_back(which.peer(cv::Mat(kSide, kSide, CV_8UC3, const_cast<std::uint8_t*>(frame->pixels.data()))));
  };
  std::vector<double> plain, measured, peer;
  for (int i = -1; i < repeats; ++i) {  // the first round warms up
    const double a = frames_per_second([&] { ours(false); }), b = frames_per_second([&] { ours(true); });
    const double c = frames_per_second(theirs);
    if (i >= 0) plain.push_back(a), measured.push_back(b), peer.push_back(c);
  }
  const double ratio = median(plain) / median(peer), ratio_measured = median(measured) / median(peer);
  const bool met = ratio >= which.least && ratio_measured >= which.least_measured;
  std::string name = which.name;
  for (const auto& [param, value] : which.params) name += " " + param + "=" + value;
  std::printf("| %s | %.0f | %.0f | %s | %.0f | %.2f | %.2f | %.1f | %.1f | %s |\n", name.c_str(), median(plain),
              median(measured), which.call.c_str(), median(peer), ratio, ratio_measured, which.least,
              which.least_measured, met ? "yes" : "NO");
  std::fflush(stdout);
  return met;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    media::configure_opencv_single_thread();
    Registry registry;
    register_builtins(registry);
    const Sample before = film();
    const int repeats = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
    std::printf(
        "| perturbation | frames/s | measured | OpenCV | frames/s | ratio | measured | at least | measured | met |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    bool met = true;
    for (const Case& which : cases()) met = run(which, before, registry, repeats) && met;
    return met ? 0 : 1;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
