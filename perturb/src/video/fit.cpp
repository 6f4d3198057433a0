#include "fit.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "linear_light.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kChannels = 3;
constexpr int kLargestSide = 160;  // enough texture to tell lengths apart, small beside the clip

double squared_distance(const Image& a, const Image& b) {
  const auto& linear = linear_table();
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const double difference = linear[a.pixels[i]] - linear[b.pixels[i]];
    sum += difference * difference;
  }
  return sum;
}

}  // namespace

Image Crop::of(const Image& image) const {
  Image out{width, height, {}};
  out.pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * kChannels);
  for (int row = y; row < y + height; ++row) {
    const auto first =
        (static_cast<std::size_t>(row) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x)) *
        kChannels;
    const auto begin = image.pixels.begin() + static_cast<std::ptrdiff_t>(first);
    out.pixels.insert(out.pixels.end(), begin,
                      begin + static_cast<std::ptrdiff_t>(width) * static_cast<std::ptrdiff_t>(kChannels));
  }
  return out;
}

Crop Crop::grown(int margin, const Image& image) const {
  const int left = std::max(0, x - margin), top = std::max(0, y - margin);
  return {left, top, std::min(image.width, x + width + margin) - left,
          std::min(image.height, y + height + margin) - top};
}

Crop Crop::relative_to(const Crop& outer) const {
  return {x - outer.x, y - outer.y, width, height};
}

std::optional<double> fit_scale(const Image& sharp, const Image& blurred, double expected,
                                const std::function<Image(const Crop&, double)>& blur, int candidates) {
  if (sharp.pixels.empty() || sharp.pixels.size() != blurred.pixels.size()) return std::nullopt;
  const int width = std::min(sharp.width, kLargestSide), height = std::min(sharp.height, kLargestSide);
  const Crop crop{(sharp.width - width) / 2, (sharp.height - height) / 2, width, height};
  const Image target = crop.of(blurred);
  const auto distance = [&](double scale) { return squared_distance(blur(crop, scale), target); };

  // One code in every hundredth value at least, or rounding decides.
  const double smallest = 1e-2 * static_cast<double>(target.pixels.size()) * linear_of(1) * linear_of(1);
  if (squared_distance(crop.of(sharp), target) < smallest) return std::nullopt;

  // Golden-section search; the distance has one minimum unless the picture is periodic.
  double low = 0, high = 2 * expected;
  if (candidates > 1) {
    const double step = 2 * expected / candidates;
    int best = 1;
    double least = distance(step);
    for (int i = 2; i < candidates; ++i) {
      const double here = distance(i * step);
      if (here < least) best = i, least = here;
    }
    low = (best - 1) * step, high = (best + 1) * step;
  }
  const double ratio = 1 / std::numbers::phi;
  double a = high - ratio * (high - low), b = low + ratio * (high - low);
  double at_a = distance(a), at_b = distance(b);
  while (high - low > 0.005 * expected) {
    if (at_a < at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - ratio * (high - low);
      at_a = distance(a);
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + ratio * (high - low);
      at_b = distance(b);
    }
  }
  return 0.5 * (low + high);
}

}  // namespace shakedown::perturb
