#include <algorithm>
#include <bit>
#include <vector>

#include "fft.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

// a += b * c over complex pairs.
void multiply_add(std::span<float> a, std::span<const float> b, std::span<const float> c) {
  for (std::size_t i = 0; i + 1 < a.size(); i += 2) {
    a[i] += b[i] * c[i] - b[i + 1] * c[i + 1];
    a[i + 1] += b[i] * c[i + 1] + b[i + 1] * c[i];
  }
}

}  // namespace

// Uniformly partitioned overlap-save: the response in parts of one block, the input in blocks that overlap by one.
std::vector<float> convolve(std::span<const float> x, std::span<const float> response, std::size_t frames) {
  std::vector<float> out(frames, 0.0F);
  if (x.empty() || response.empty() || frames == 0) return out;
  constexpr std::size_t kSmallest = 256, kLargest = 8192;  // larger transforms leave the processor's cache
  const std::size_t block = std::clamp(std::bit_ceil(std::min(response.size(), frames)), kSmallest, kLargest);
  const std::size_t parts = (response.size() + block - 1) / block;
  RealFft forward(2 * block, RealFft::Direction::kForward), inverse(2 * block, RealFft::Direction::kInverse);
  const auto spectrum = [&](std::span<const float> piece, std::size_t at) {
    std::fill(forward.signal().begin(), forward.signal().end(), 0.0F);
    std::copy(piece.begin(), piece.end(), forward.signal().begin() + static_cast<std::ptrdiff_t>(at));
    forward.run();
    return std::vector<float>(forward.bins().begin(), forward.bins().end());
  };
  const float scale = 1 / static_cast<float>(2 * block);
  std::vector<std::vector<float>> filter;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t begin = part * block;
    filter.push_back(spectrum(response.subspan(begin, std::min(block, response.size() - begin)), 0));
    for (float& value : filter.back()) value *= scale;
  }
  std::vector<std::vector<float>> past(parts);  // spectra of the last blocks, a ring
  for (std::size_t k = 0; k * block < frames; ++k) {
    const std::size_t begin = k * block, from = k == 0 ? 0 : begin - block;
    const std::size_t end = std::min(begin + block, x.size());
    past[k % parts] = from < end ? spectrum(x.subspan(from, end - from), k == 0 ? block : 0) : std::vector<float>();
    std::fill(inverse.bins().begin(), inverse.bins().end(), 0.0F);
    for (std::size_t part = 0; part < std::min(parts, k + 1); ++part) {
      const auto& block_spectrum = past[(k - part) % parts];
      if (!block_spectrum.empty()) multiply_add(inverse.bins(), block_spectrum, filter[part]);
    }
    inverse.run();
    const auto tail = inverse.signal().subspan(block, std::min(block, frames - begin));
    std::copy(tail.begin(), tail.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return out;
}

}  // namespace shakedown::media
