#include <algorithm>
#include <cmath>
#include <string>

#include <opencv2/core.hpp>

#include "image.h"
#include "shakedown/core/error.h"
#include "shakedown/media/faces.h"

namespace shakedown::media {
namespace {

/// For each frame the frame whose box it uses: its own, else the last before, else the first after.
std::vector<std::size_t> box_sources(const FaceTrack& track) {
  const std::size_t count = track.boxes.size();
  const auto has_box = [](const auto& box) { return box.has_value(); };
  const auto first = std::find_if(track.boxes.begin(), track.boxes.end(), has_box) - track.boxes.begin();
  std::vector<std::size_t> sources(count, static_cast<std::size_t>(first));  // `count` when there is no box at all
  for (std::size_t i = static_cast<std::size_t>(first); i < count; ++i) {
    sources[i] = track.boxes[i] ? i : sources[i - 1];
  }
  return sources;
}

cv::Rect square_around(const FaceTrack::Box& box, double margin) {
  const double side = std::max(1.0, std::nearbyint(std::max(box.width, box.height) * (1 + 2 * margin)));
  const double x = std::nearbyint(box.x + (box.width - side) / 2), y = std::nearbyint(box.y + (box.height - side) / 2);
  return {static_cast<int>(x), static_cast<int>(y), static_cast<int>(side), static_cast<int>(side)};
}

cv::Rect centre_square(cv::Size size) {
  const int side = std::min(size.width, size.height);
  return {(size.width - side) / 2, (size.height - side) / 2, side, side};
}

/// The part of the picture under `square`; what lies outside repeats the picture's edge.
cv::Mat cut(const cv::Mat& picture, const cv::Rect& square) {
  const cv::Rect whole({0, 0}, picture.size());
  cv::Rect inside = square & whole;
  if (inside.empty()) {
    throw Error(ErrorKind::kInternal, "face box beyond the picture");
  }
  cv::Mat result;
  cv::copyMakeBorder(picture(inside), result, inside.y - square.y, square.br().y - inside.br().y, inside.x - square.x,
                     square.br().x - inside.br().x, cv::BORDER_REPLICATE | cv::BORDER_ISOLATED);
  return result;
}

}  // namespace

FaceCrops face_crops(const Clip& clip, const FaceTrack& track, int side, double margin) {
  if (side < 1 || side > 4096) {
    throw Error(ErrorKind::kUsage, "face crop of " + std::to_string(side) + " pixels: 1 to 4096 are accepted");
  }
  if (!(margin >= 0 && margin <= 10)) {
    throw Error(ErrorKind::kUsage, "face margin " + std::to_string(margin) + ": 0 to 10 is accepted");
  }
  if (track.boxes.size() != clip.frames.size()) {
    throw Error(ErrorKind::kInternal, "face track of " + std::to_string(track.boxes.size()) + " frames for a clip of " +
                                          std::to_string(clip.frames.size()));
  }
  const std::vector<std::size_t> sources = box_sources(track);
  FaceCrops result;
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    const cv::Mat picture = view_of(*clip.frames[i]);
    const bool any = sources[i] < sources.size();
    const cv::Rect square = any ? square_around(*track.boxes[sources[i]], margin) : centre_square(picture.size());
    result.crops.push_back(image_of(resized(cut(picture, square), side, side)));
    if (sources[i] != i) ++result.without_face;
  }
  return result;
}

}  // namespace shakedown::media
