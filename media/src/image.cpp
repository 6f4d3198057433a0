#include "image.h"

#include <string>

#include <opencv2/imgproc.hpp>

#include "shakedown/core/error.h"
#include "shakedown/media/faces.h"

namespace shakedown::media {

cv::Mat view_of(const Image& image) {
  const auto width = static_cast<std::size_t>(image.width), height = static_cast<std::size_t>(image.height);
  if (image.width < 1 || image.height < 1 || image.pixels.size() != width * height * 3) {
    throw Error(ErrorKind::kInternal, "picture of " + std::to_string(image.width) + " x " +
                                          std::to_string(image.height) + " with " +
                                          std::to_string(image.pixels.size()) + " bytes of pixels");
  }
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data())};
}

Image image_of(const cv::Mat& picture) {
  if (picture.type() != CV_8UC3) throw Error(ErrorKind::kInternal, "picture that is not 8-bit BGR");
  Image image;
  image.width = picture.cols;
  image.height = picture.rows;
  const std::size_t row_bytes = static_cast<std::size_t>(picture.cols) * 3;
  image.pixels.reserve(row_bytes * static_cast<std::size_t>(picture.rows));
  for (int y = 0; y < picture.rows; ++y) {
    image.pixels.insert(image.pixels.end(), picture.ptr<std::uint8_t>(y), picture.ptr<std::uint8_t>(y) + row_bytes);
  }
  return image;
}

cv::Mat resized(const cv::Mat& picture, int width, int height) {
  if (width < 1 || height < 1) {
    throw Error(ErrorKind::kUsage, "picture size " + std::to_string(width) + " x " + std::to_string(height) +
                                       ": positive sizes are accepted");
  }
  const bool shrinks = width <= picture.cols && height <= picture.rows;
  cv::Mat result;
  try {
    cv::resize(picture, result, cv::Size(width, height), 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::kInternal, "OpenCV cannot resize a picture: " + error.err);
  }
  return result;
}

Image resize(const Image& image, int width, int height) {
  return image_of(resized(view_of(image), width, height));
}

}  // namespace shakedown::media
