#pragma once

#include <vector>

#include <opencv2/core/types.hpp>
#include <opencv2/objdetect.hpp>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// OpenCV's frontal-face cascade. An object belongs to one thread.
class FaceDetector {
 public:
  /// Looks for the cascade in $SHAKEDOWN_CASCADE_DIR, then where opencv-data installs it.
  /// @throws Error(kData) when it is not there
  FaceDetector();

  /// Faces of one picture in its pixels, at least `min_side` wide (and a tenth of the picture's shorter side), sorted
  /// by position: the same on any number of OpenCV threads.
  [[nodiscard]] std::vector<cv::Rect2d> detect(const Image& image, double min_side);

 private:
  cv::CascadeClassifier cascade_;
};

}  // namespace shakedown::media
