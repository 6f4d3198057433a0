#include <algorithm>
#include <bit>
#include <memory>
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

// Plans and memory of one block size. A thread keeps those that it used last: fresh pages for every clip would cost a
// fifth of the time.
struct Workspace {
  explicit Workspace(std::size_t size)
      : block(size), forward(2 * size, RealFft::Direction::kForward), inverse(2 * size, RealFft::Direction::kInverse) {}

  std::size_t block;
  RealFft forward, inverse;
  std::vector<float> filter, past;  // spectra of the parts of the response; of the last blocks, a ring

  static Workspace& of(std::size_t block) {
    thread_local std::unique_ptr<Workspace> kept;
    if (!kept || kept->block != block) kept = std::make_unique<Workspace>(block);
    return *kept;
  }
};

}  // namespace

// Uniformly partitioned overlap-save: the response in parts of one block, the input in blocks that overlap by one.
std::vector<float> convolve(std::span<const float> x, std::span<const float> response, std::size_t frames) {
  std::vector<float> out(frames, 0.0F);
  if (x.empty() || response.empty() || frames == 0) return out;
  constexpr std::size_t kSmallest = 256, kLargest = 8192;  // larger transforms leave the processor's cache
  const std::size_t block = std::clamp(std::bit_ceil(std::min(response.size(), frames)), kSmallest, kLargest);
  const std::size_t parts = (response.size() + block - 1) / block;
  const std::size_t numbers =
      2 * block + 16;  // of one spectrum; whole cache lines, so that all are aligned as the first
  Workspace& space = Workspace::of(block);
  space.filter.resize(parts * numbers);
  space.past.resize(parts * numbers);
  // What the piece does not cover is zero.
  const auto transform = [&](std::span<const float> piece, std::size_t at, float* bins, float scale) {
    const auto signal = space.forward.signal();
    const auto to = signal.begin() + static_cast<std::ptrdiff_t>(at);
    std::fill(signal.begin(), to, 0.0F);
    const auto end = std::transform(piece.begin(), piece.end(), to, [&](float value) { return scale * value; });
    std::fill(end, signal.end(), 0.0F);
    space.forward.run_into({bins, 2 * (block + 1)});
  };
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t begin = part * block;
    transform(response.subspan(begin, std::min(block, response.size() - begin)), 0, &space.filter[part * numbers],
              1 / static_cast<float>(2 * block));
  }
  const auto start_of = [&](std::size_t k) { return k == 0 ? 0 : (k - 1) * block; };
  for (std::size_t k = 0; k * block < frames; ++k) {
    const std::size_t begin = k * block, from = start_of(k), end = std::min(begin + block, x.size());
    if (from < end) {
      transform(x.subspan(from, end - from), k == 0 ? block : 0, &space.past[k % parts * numbers], 1);
    }
    // A stretch of all products at a time, so that their sum stays in the first cache.
    constexpr std::size_t kStretch = 512;
    bool any = false;
    for (std::size_t pair = 0; pair <= block; pair += kStretch) {
      bool first = true;
      for (std::size_t part = 0; part < std::min(parts, k + 1); ++part) {
        if (start_of(k - part) >= x.size()) continue;  // that block came after the end
        (first ? multiply : multiply_add)(
            &space.inverse.bins()[2 * pair], &space.past[(k - part) % parts * numbers + 2 * pair],
            &space.filter[part * numbers + 2 * pair], std::min(kStretch, block + 1 - pair));
        first = false, any = true;
      }
    }
    if (!any) break;  // the sound and what rings after it have ended
    space.inverse.run();
    const auto tail = space.inverse.signal().subspan(block, std::min(block, frames - begin));
    std::copy(tail.begin(), tail.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return out;
}

}  // namespace shakedown::media
