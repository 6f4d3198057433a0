#include "head_view.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace shakedown::perturb {
namespace {

constexpr double kSeam = 0.05;  // head units from the outline to full cover
constexpr double kHalo = 0.04;  // head units beyond the outline that belong to a head
constexpr double kHair = 1.15;  // outline with hair: what tilts in the plane of the picture needs no depth
constexpr int kCoarse = 40;     // places of a blurred copy along a side of the square

double smooth_step(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

// The pixels of `image` where `hidden` is above 0 replaced by a smooth continuation of the others: averages of known
// pixels at ever coarser scales, each filling what the finer one leaves open (push-pull; Gortler et al., 1996).
cv::Mat continued(const cv::Mat& image, const cv::Mat& hidden) {
  cv::Mat weight, colour;
  cv::threshold(hidden, weight, 0, 1, cv::THRESH_BINARY_INV);
  image.convertTo(colour, CV_32FC3);
  const auto times = [](cv::Mat& values, const cv::Mat& factor) {
    cv::Mat three;
    cv::merge(std::vector<cv::Mat>(3, factor), three);
    values = values.mul(three);
  };
  times(colour, weight);
  std::vector<cv::Mat> colours = {colour}, weights = {weight};
  while (std::max(colours.back().cols, colours.back().rows) > 1) {
    const cv::Size half((colours.back().cols + 1) / 2, (colours.back().rows + 1) / 2);
    cv::Mat c, w;
    cv::resize(colours.back(), c, half, 0, 0, cv::INTER_AREA);
    cv::resize(weights.back(), w, half, 0, 0, cv::INTER_AREA);
    colours.push_back(c);
    weights.push_back(w);
  }
  cv::Mat filled;  // of the level below, colour not multiplied by weight
  for (std::size_t level = colours.size(); level-- > 0;) {
    cv::Mat c = colours[level].clone();
    const cv::Mat& w = weights[level];
    cv::Mat coarse;
    if (!filled.empty()) cv::resize(filled, coarse, c.size(), 0, 0, cv::INTER_LINEAR);
    for (int y = 0; y < c.rows; ++y) {
      for (int x = 0; x < c.cols; ++x) {
        const float known = w.at<float>(y, x);
        cv::Vec3f& value = c.at<cv::Vec3f>(y, x);
        if (!coarse.empty()) {
          value += (1 - known) * coarse.at<cv::Vec3f>(y, x);
        } else if (known > 0) {
          value /= known;
        }
      }
    }
    filled = c;
  }
  return filled;
}

// The head in `part` as seen through half-closed eyes, kCoarse wide and high: nothing of what is outside `outline`.
cv::Mat blurred_head(const cv::Mat& part, const cv::Rect2d& square, double outline) {
  cv::Mat colour, weight(kCoarse, kCoarse, CV_32F), both;
  const double x_scale = square.width / kCoarse, y_scale = square.height / kCoarse;
  const cv::Matx23d to_part(x_scale, 0, square.x + 0.5 * x_scale - 0.5, 0, y_scale, square.y + 0.5 * y_scale - 0.5);
  cv::Mat smooth;
  const int window = std::max(1, static_cast<int>(x_scale)) | 1;
  cv::blur(part, smooth, cv::Size(window, window));
  cv::warpAffine(smooth, colour, to_part, weight.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  colour.convertTo(colour, CV_32FC3);
  for (int y = 0; y < kCoarse; ++y) {
    for (int x = 0; x < kCoarse; ++x) {
      const auto place = [](int i) { return HeadView::kExtent * (2 * (i + 0.5) / kCoarse - 1); };
      const double e = head::eccentricity(head::kCentre.x + place(x), head::kCentre.y + place(y));
      weight.at<float>(y, x) = static_cast<float>(std::clamp((outline - e) / 0.1, 1e-3, 1.0));
      colour.at<cv::Vec3f>(y, x) *= weight.at<float>(y, x);
    }
  }
  cv::GaussianBlur(colour, colour, cv::Size(7, 7), 1.6);
  cv::GaussianBlur(weight, weight, cv::Size(7, 7), 1.6);
  for (int y = 0; y < kCoarse; ++y)
    for (int x = 0; x < kCoarse; ++x) colour.at<cv::Vec3f>(y, x) /= weight.at<float>(y, x);
  return colour;
}

}  // namespace

HeadView::HeadView(const Rotation& rotation, int resolution)
    : side_(static_cast<int>(std::ceil(2 * kExtent * resolution)) + 1), outline_(rotation.in_plane() ? kHair : 1) {
  const auto places = static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_);
  source_.resize(3 * places);
  cover_.resize(places);
  left_.resize(places);
  cv::Mat after(side_, side_, CV_8U, cv::Scalar(0)), before(side_, side_, CV_8U, cv::Scalar(0));
  std::size_t at = 0;
  for (int row = 0; row < side_; ++row) {
    for (int column = 0; column < side_; ++column, ++at) {
      const auto place = [this](int i) { return kExtent * (2.0 * i / (side_ - 1) - 1); };
      const double x = head::kCentre.x + place(column), y = head::kCentre.y + place(row);
      head::Texture texture{x, y, 0};
      bool covered = false;
      if (rotation.in_plane()) {
        const Vector3 point = rotation.turned_back({x, y, 0});
        covered = head::eccentricity(point.x, point.y) <= outline_;
        texture = {point.x, point.y, 0};
      } else if (const auto point = head::seen_at(x, y, rotation)) {
        covered = true;
        texture = head::texture_of(*point, rotation);
      }
      source_[3 * at] = static_cast<float>(texture.x);
      source_[3 * at + 1] = static_cast<float>(texture.y);
      source_[3 * at + 2] = static_cast<float>(texture.unknown);
      if (covered) after.at<std::uint8_t>(row, column) = 255;
      if (head::eccentricity(x, y) <= outline_) before.at<std::uint8_t>(row, column) = 255;
    }
  }
  const auto distance = [&](const cv::Mat& to_where_not) {
    cv::Mat pixels;
    cv::distanceTransform(to_where_not, pixels, cv::DIST_L2, cv::DIST_MASK_PRECISE);
    return cv::Mat(pixels / resolution);
  };
  const cv::Mat in_after = distance(after), in_before = distance(before);
  const cv::Mat off_after = distance(255 - after), off_before = distance(255 - before);
  for (std::size_t i = 0; i < places; ++i) {
    const int row = static_cast<int>(i) / side_, column = static_cast<int>(i) % side_;
    const auto of = [&](const cv::Mat& values) { return double{values.at<float>(row, column)}; };
    cover_[i] = static_cast<float>(smooth_step(of(in_after) / kSeam));
    // Where old and new outline coincide, the picture itself is the best background of the seam.
    const double beyond = 1 - smooth_step((of(off_before) - kHalo) / kSeam);
    left_[i] = static_cast<float>(std::max(smooth_step(of(in_before) / kSeam - 0.5),
                                           beyond * smooth_step((of(off_after) - of(off_before)) / kHalo)));
  }
}

Image HeadView::over(const Image& image, const HeadFrame& frame) const {
  // The part of the picture that the square covers.
  const double centre_x = frame.x + head::kCentre.x * frame.unit, centre_y = frame.y + head::kCentre.y * frame.unit;
  const auto clipped = [](double value, int size) { return static_cast<int>(std::clamp(value, 0.0, double(size))); };
  const double reach = kExtent * frame.unit;
  const int left = clipped(std::floor(centre_x - reach), image.width);
  const int top = clipped(std::floor(centre_y - reach), image.height);
  const int width = clipped(std::ceil(centre_x + reach), image.width) - left;
  const int height = clipped(std::ceil(centre_y + reach), image.height) - top;
  if (width < 2 || height < 2) return image;

  // From a pixel of that part (pixel centres at half numbers) to a place of the square.
  const double scale = (side_ - 1) / (2 * reach);
  const cv::Matx23d to_place(scale, 0, (left + 0.5 - centre_x + reach) * scale,  //
                             0, scale, (top + 0.5 - centre_y + reach) * scale);
  const auto laid = [&](const std::vector<float>& values, int channels) {
    const cv::Mat square(side_, side_, CV_32FC(channels), const_cast<float*>(values.data()));  // only read
    cv::Mat out;
    cv::warpAffine(square, out, to_place, cv::Size(width, height), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_CONSTANT, cv::Scalar::all(0));
    return out;
  };
  const cv::Mat source = laid(source_, 3), cover = laid(cover_, 1), was_head = laid(left_, 1);
  cv::Mat sharp_at(height, width, CV_32FC2), blurred_at(height, width, CV_32FC2);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto& from = source.at<cv::Vec3f>(y, x);
      const auto coarse = [](double v) { return static_cast<float>((v / kExtent + 1) / 2 * kCoarse - 0.5); };
      sharp_at.at<cv::Vec2f>(y, x) = {static_cast<float>(frame.x + frame.unit * from[0] - 0.5),
                                      static_cast<float>(frame.y + frame.unit * from[1] - 0.5)};
      blurred_at.at<cv::Vec2f>(y, x) = {coarse(from[0] - head::kCentre.x), coarse(from[1] - head::kCentre.y)};
    }
  }

  Image out = image;
  const cv::Mat whole(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
  const cv::Rect part(left, top, width, height);
  const cv::Rect2d square(centre_x - reach - left, centre_y - reach - top, 2 * reach, 2 * reach);
  cv::Mat sharp, blurred;
  cv::remap(whole, sharp, sharp_at, cv::noArray(), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  cv::remap(blurred_head(whole(part), square, outline_), blurred, blurred_at, cv::noArray(), cv::INTER_LINEAR,
            cv::BORDER_REPLICATE);
  const cv::Mat behind = continued(whole(part), was_head);
  cv::Mat target = cv::Mat(image.height, image.width, CV_8UC3, out.pixels.data())(part);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const float c = cover.at<float>(y, x), w = was_head.at<float>(y, x), u = source.at<cv::Vec3f>(y, x)[2];
      if (c == 0 && w == 0) continue;
      auto& pixel = target.at<cv::Vec3b>(y, x);
      const cv::Vec3f back = w * behind.at<cv::Vec3f>(y, x) + (1 - w) * cv::Vec3f(pixel);
      const cv::Vec3f front = u * blurred.at<cv::Vec3f>(y, x) + (1 - u) * cv::Vec3f(sharp.at<cv::Vec3b>(y, x));
      pixel = cv::Vec3f(c * front + (1 - c) * back);
    }
  }
  return out;
}

}  // namespace shakedown::perturb
