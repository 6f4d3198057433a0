#pragma once

#include <opencv2/core/mat.hpp>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// A view of the pixels, for reading only; `image` must outlive it.
/// @throws Error(kInternal) when its size and its pixels disagree
[[nodiscard]] cv::Mat view_of(const Image& image);

/// A copy of an 8-bit BGR picture. @throws Error(kInternal) for another kind of picture
[[nodiscard]] Image image_of(const cv::Mat& picture);

/// Resized by area averaging where both sides shrink, else bilinearly.
[[nodiscard]] cv::Mat resized(const cv::Mat& picture, int width, int height);

}  // namespace shakedown::media
