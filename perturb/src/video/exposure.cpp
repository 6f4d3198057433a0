#include "exposure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "linear_light.h"

namespace shakedown::perturb {
namespace {

// Integral from -inf to x of the triangle that linear interpolation gives each frame.
double triangle_integral(double x) {
  const double t = std::clamp(x, -1.0, 1.0);
  return t < 0 ? 0.5 * (1 + t) * (1 + t) : 1 - 0.5 * (1 - t) * (1 - t);
}

// Share of each frame in the exposure around `index`, frames beyond the ends counted to the end frames.
std::map<std::size_t, double> shares(std::size_t frames, std::size_t index, double exposure) {
  std::map<std::size_t, double> share;
  const auto reach = static_cast<std::int64_t>(std::ceil(exposure / 2 + 1));
  const auto last = static_cast<std::int64_t>(frames) - 1;
  for (std::int64_t step = -reach; step <= reach; ++step) {
    const double at = static_cast<double>(step);
    const double weight = (triangle_integral(exposure / 2 - at) - triangle_integral(-exposure / 2 - at)) / exposure;
    const auto frame = std::clamp(static_cast<std::int64_t>(index) + step, std::int64_t{0}, last);
    if (weight > 0) share[static_cast<std::size_t>(frame)] += weight;
  }
  return share;
}

}  // namespace

Image exposed_frame(const Clip& clip, std::size_t index, double exposure) {
  const Image& self = *clip.frames.at(index);
  if (!(exposure > 0)) return self;
  std::vector<std::pair<const Image*, double>> parts;  // in the order of time: sums of floats depend on it
  for (const auto& [frame, share] : shares(clip.frames.size(), index, exposure)) {
    const Image& there = *clip.frames[frame];
    const bool fits = there.pixels.size() == self.pixels.size() && there.width == self.width;
    const Image* image = fits ? &there : &self;
    if (!parts.empty() && parts.back().first == image) {
      parts.back().second += share;  // a frame that is held is decoded once
    } else {
      parts.emplace_back(image, share);
    }
  }
  if (parts.size() == 1) return self;
  std::vector<float> light(self.pixels.size(), 0.0F);
  for (const auto& [image, share] : parts) {
    std::array<float, 256> part = linear_table();
    for (float& value : part) value *= static_cast<float>(share);
    for (std::size_t i = 0; i < light.size(); ++i) light[i] += part[image->pixels[i]];
  }
  Image out{self.width, self.height, std::vector<std::uint8_t>(light.size())};
  const Encoder& encode = encoder();
  std::transform(light.begin(), light.end(), out.pixels.begin(), [&](float value) { return encode(value); });
  return out;
}

}  // namespace shakedown::perturb
