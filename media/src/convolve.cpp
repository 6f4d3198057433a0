#include <algorithm>
#include <bit>
#include <vector>

#include "fft.h"
#include "shakedown/core/clones.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

// a = b * c over n complex pairs, and a += b * c.
SHAKEDOWN_CLONES void multiply(float* a, const float* b, const float* c, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const float br = b[2 * i], bi = b[2 * i + 1], cr = c[2 * i], ci = c[2 * i + 1];
    a[2 * i] = br * cr - bi * ci;
    a[2 * i + 1] = br * ci + bi * cr;
  }
}

SHAKEDOWN_CLONES void multiply_add(float* a, const float* b, const float* c, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const float br = b[2 * i], bi = b[2 * i + 1], cr = c[2 * i], ci = c[2 * i + 1];
    a[2 * i] += br * cr - bi * ci;
    a[2 * i + 1] += br * ci + bi * cr;
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
  // Into `bins`, which keeps its memory; what the piece does not cover is zero.
  const auto transform = [&](std::span<const float> piece, std::size_t at, std::vector<float>& bins) {
    const auto to = forward.signal().begin() + static_cast<std::ptrdiff_t>(at);
    std::fill(forward.signal().begin(), to, 0.0F);
    std::fill(std::copy(piece.begin(), piece.end(), to), forward.signal().end(), 0.0F);
    forward.run();
    bins.assign(forward.bins().begin(), forward.bins().end());
  };
  const float scale = 1 / static_cast<float>(2 * block);
  std::vector<std::vector<float>> filter;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t begin = part * block;
    transform(response.subspan(begin, std::min(block, response.size() - begin)), 0, filter.emplace_back());
    for (float& value : filter.back()) value *= scale;
  }
  std::vector<std::vector<float>> past(parts);  // spectra of the last blocks, a ring
  for (std::size_t k = 0; k * block < frames; ++k) {
    const std::size_t begin = k * block, from = k == 0 ? 0 : begin - block;
    const std::size_t end = std::min(begin + block, x.size());
    auto& newest = past[k % parts];
    newest.clear();
    if (from < end) transform(x.subspan(from, end - from), k == 0 ? block : 0, newest);
    bool first = true;
    for (std::size_t part = 0; part < std::min(parts, k + 1); ++part) {
      const auto& block_spectrum = past[(k - part) % parts];
      if (block_spectrum.empty()) continue;
      (first ? multiply : multiply_add)(inverse.bins().data(), block_spectrum.data(), filter[part].data(), block + 1);
      first = false;
    }
    if (first) break;  // the sound and what rings after it have ended
    inverse.run();
    const auto tail = inverse.signal().subspan(block, std::min(block, frames - begin));
    std::copy(tail.begin(), tail.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return out;
}

}  // namespace shakedown::media
