#include "face_detector.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <tuple>

#include <opencv2/imgproc.hpp>

#include "image.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::media {
namespace {

constexpr const char* kCascade = "haarcascade_frontalface_alt2.xml";
// Faces of talking heads are large: a small picture finds them as well and costs a tenth.
constexpr int kDetectionSide = 320;
constexpr double kScaleStep = 1.1, kSmallestFace = 0.1;  // the latter of the picture's shorter side
constexpr int kMinNeighbours = 4, kCascadeWindow = 20;

std::filesystem::path find_cascade() {
  std::vector<std::string> folders;
  if (const char* given = std::getenv("SHAKEDOWN_CASCADE_DIR")) folders.emplace_back(given);
  folders.insert(folders.end(), {"/usr/share/opencv4/haarcascades", "/usr/share/opencv/haarcascades",
                                 "/usr/local/share/opencv4/haarcascades"});
  for (const std::string& folder : folders) {
    std::filesystem::path file = std::filesystem::path(folder) / kCascade;
    std::error_code error;
    if (std::filesystem::is_regular_file(file, error)) return file;
  }
  throw Error(ErrorKind::kData, std::string(kCascade) + " is not in " + join(folders, ", ") +
                                    ": install opencv-data or set SHAKEDOWN_CASCADE_DIR");
}

}  // namespace

FaceDetector::FaceDetector() {
  const std::filesystem::path file = find_cascade();
  bool loaded = false;
  try {
    loaded = cascade_.load(file.string());
  } catch (const cv::Exception&) {  // reported below like any other unreadable file
  }
  if (!loaded) throw Error(ErrorKind::kData, file.string() + ": not a face cascade that OpenCV can read");
}

std::vector<cv::Rect2d> FaceDetector::detect(const Image& image, double min_side) {
  const cv::Mat picture = view_of(image);
  const double scale = std::min(1.0, static_cast<double>(kDetectionSide) / std::max(image.width, image.height));
  const cv::Size size(std::max(1, static_cast<int>(std::lround(image.width * scale))),
                      std::max(1, static_cast<int>(std::lround(image.height * scale))));
  const double floor = std::max<double>(kCascadeWindow, kSmallestFace * std::min(size.width, size.height));
  const auto smallest = static_cast<int>(std::lround(std::max(floor, min_side * scale)));
  std::vector<cv::Rect> found;
  try {
    cv::Mat grey;
    cv::cvtColor(resized(picture, size.width, size.height), grey, cv::COLOR_BGR2GRAY);
    cascade_.detectMultiScale(grey, found, kScaleStep, kMinNeighbours, 0, cv::Size(smallest, smallest));
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::kInternal, "OpenCV cannot look for faces: " + error.err);
  }
  std::sort(found.begin(), found.end(), [](const cv::Rect& a, const cv::Rect& b) {
    return std::tie(a.x, a.y, a.width, a.height) < std::tie(b.x, b.y, b.width, b.height);
  });
  std::vector<cv::Rect2d> faces;
  faces.reserve(found.size());
  const double x = static_cast<double>(image.width) / size.width, y = static_cast<double>(image.height) / size.height;
  for (const cv::Rect& face : found) faces.emplace_back(face.x * x, face.y * y, face.width * x, face.height * y);
  return faces;
}

}  // namespace shakedown::media
