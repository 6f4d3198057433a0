#include <algorithm>

#include <opencv2/core/hal/intrin.hpp>

#include "linear_light.h"
#include "motion_kernel.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kChannels = 3;
constexpr std::size_t kLanes = 4;           // of the vectors that every x86-64 and ARMv8 has
constexpr std::size_t kBlock = 4 * kLanes;  // values of a row that are summed in registers

// A frame in linear light with a border of `radius` pixels all round, replicated, and rows padded so that whole
// blocks may be read.
class Bordered {
 public:
  Bordered(const Image& image, std::size_t radius)
      : stride_((static_cast<std::size_t>(image.width) + 2 * radius) * kChannels + kBlock), radius_(radius) {
    const auto width = static_cast<std::size_t>(image.width), height = static_cast<std::size_t>(image.height);
    values_.resize(stride_ * (height + 2 * radius));
    for (std::size_t y = 0; y < height; ++y)
      decode(image.pixels.data() + y * width * kChannels, width, row(y + radius));
    for (std::size_t y = 0; y < radius; ++y) {
      std::copy_n(row(radius), stride_, row(y));
      std::copy_n(row(radius + height - 1), stride_, row(radius + height + y));
    }
  }

  [[nodiscard]] const float* at(std::size_t y) const {
    return values_.data() + (y + radius_) * stride_ + radius_ * kChannels;
  }
  [[nodiscard]] std::ptrdiff_t offset(const Kernel::Tap& tap) const {
    return -(static_cast<std::ptrdiff_t>(stride_) * tap.dy + static_cast<std::ptrdiff_t>(kChannels) * tap.dx);
  }

 private:
  float* row(std::size_t y) { return values_.data() + y * stride_; }

  void decode(const std::uint8_t* codes, std::size_t width, float* out) const {
    const auto& linear = linear_table();
    float* inner = out + radius_ * kChannels;
    for (std::size_t i = 0; i < width * kChannels; ++i) inner[i] = linear[codes[i]];
    const float* last = inner + (width - 1) * kChannels;
    for (std::size_t x = 0; x < radius_; ++x) {
      std::copy_n(inner, kChannels, out + x * kChannels);
      std::copy_n(last, kChannels, inner + (width + x) * kChannels);
    }
  }

  std::size_t stride_, radius_;
  std::vector<float> values_;
};

// Sums all taps for kBlock neighbouring values before any is stored: a kernel of n taps costs n loads a value.
void sum_block(const float* source, const std::vector<std::ptrdiff_t>& offsets, const std::vector<float>& weights,
               float* out) {
  cv::v_float32x4 sum0 = cv::v_setzero_f32(), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  for (std::size_t tap = 0; tap < offsets.size(); ++tap) {
    const float* from = source + offsets[tap];
    const cv::v_float32x4 weight = cv::v_setall_f32(weights[tap]);
    sum0 = cv::v_muladd(weight, cv::v_load(from), sum0);
    sum1 = cv::v_muladd(weight, cv::v_load(from + kLanes), sum1);
    sum2 = cv::v_muladd(weight, cv::v_load(from + 2 * kLanes), sum2);
    sum3 = cv::v_muladd(weight, cv::v_load(from + 3 * kLanes), sum3);
  }
  cv::v_store(out, sum0);
  cv::v_store(out + kLanes, sum1);
  cv::v_store(out + 2 * kLanes, sum2);
  cv::v_store(out + 3 * kLanes, sum3);
}

}  // namespace

Image convolve(const Image& image, const Kernel& kernel) {
  Image out{image.width, image.height, std::vector<std::uint8_t>(image.pixels.size())};
  if (image.pixels.empty()) return out;
  const Bordered source(image, static_cast<std::size_t>(kernel.radius));
  std::vector<std::ptrdiff_t> offsets;
  std::vector<float> weights;
  for (const auto& tap : kernel.taps) {
    offsets.push_back(source.offset(tap));
    weights.push_back(tap.weight);
  }
  const Encoder& encode = encoder();
  const std::size_t row_values = static_cast<std::size_t>(image.width) * kChannels;
  std::uint8_t* codes = out.pixels.data();
  float block[kBlock];
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    for (std::size_t i = 0; i < row_values; i += kBlock) {
      sum_block(source.at(y) + i, offsets, weights, block);
      const std::size_t count = std::min(kBlock, row_values - i);
      for (std::size_t j = 0; j < count; ++j) *codes++ = encode(block[j]);
    }
  }
  return out;
}

}  // namespace shakedown::perturb
