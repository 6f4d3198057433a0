#include "tones.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

#include "linear_light.h"

namespace shakedown::perturb {

Codes codes_of(const std::function<double(double code)>& curve) {
  Codes codes{};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    codes[i] = static_cast<std::uint8_t>(std::lround(std::clamp(curve(static_cast<double>(i)), 0.0, 255.0)));
  }
  return codes;
}

Codes codes_of_light(const std::function<double(double light)>& curve) {
  Codes codes{};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    codes[i] = encoder()(static_cast<float>(curve(linear_of(static_cast<double>(i)))));
  }
  return codes;
}

Image with_tones(const Image& image, const ToneCurves& curves) {
  Image out{image.width, image.height, std::vector<std::uint8_t>(image.pixels.size())};
  if (image.pixels.empty()) return out;
  const bool alike = curves[0] == curves[1] && curves[1] == curves[2];
  const int channels = alike ? 1 : 3, columns = image.width * 3 / channels;
  cv::Mat table(1, 256, CV_8UC(channels));
  for (std::size_t code = 0; code < 256; ++code) {
    for (int c = 0; c < channels; ++c) {
      table.data[code * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c)] =
          curves[static_cast<std::size_t>(c)][code];
    }
  }
  const cv::Mat from(image.height, columns, CV_8UC(channels), const_cast<std::uint8_t*>(image.pixels.data()));
  cv::Mat to(image.height, columns, CV_8UC(channels), out.pixels.data());
  cv::LUT(from, table, to);
  return out;
}

Image lit(const Image& image, const std::function<float(int x, int y)>& gain) {
  Image out = image;
  const auto& linear = linear_table();
  const Encoder& encode = encoder();
  std::size_t at = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x, at += 3) {
      const float factor = gain(x, y);
      if (factor == 1) continue;
      for (std::size_t c = at; c < at + 3; ++c) out.pixels[c] = encode(factor * linear[image.pixels[c]]);
    }
  }
  return out;
}

Response response(const Clip& before, const Clip& after) {
  constexpr std::size_t kFrames = 8;
  Response sums;
  const std::size_t count = std::min(before.frames.size(), after.frames.size());
  const auto& linear = linear_table();
  for (std::size_t i = 0; i < count; i += std::max<std::size_t>(1, count / kFrames)) {
    const auto &a = before.frames[i]->pixels, &b = after.frames[i]->pixels;
    for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k) {
      Response::Tone& tone = sums.channels[k % 3][a[k]];
      tone.count += 1;
      tone.code += b[k];
      tone.light += linear[b[k]];
    }
  }
  for (auto& channel : sums.channels) {
    for (auto& tone : channel) {
      if (tone.count > 0) tone.code /= tone.count, tone.light /= tone.count;
    }
  }
  return sums;
}

}  // namespace shakedown::perturb
