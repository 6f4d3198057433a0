#include "shakedown/core/rng.h"

#include <cmath>
#include <numbers>

#include <Random123/philox.h>

#include "shakedown/core/hash.h"

namespace shakedown {
namespace {

// Bits, uniforms and normals of one (index, draw) come from different counters, so that a perturbation
// may use several kinds of draw at one index without correlation.
enum Purpose : std::uint64_t { kBits = 0, kUniform = 1, kBelow = 2, kNormal = 3, kBulkNormal = 4 };

double to_unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

// Box-Muller; 1 - u keeps the logarithm finite.
std::array<double, 2> box_muller(std::uint64_t a, std::uint64_t b) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - to_unit(a)));
  const double angle = 2.0 * std::numbers::pi * to_unit(b);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace

std::array<std::uint64_t, 4> Stream::block(std::uint64_t index, std::uint64_t draw, std::uint64_t purpose) const {
  using Philox = r123::Philox4x64;
  Philox::ctr_type counter = {{index, draw, purpose, 0}};
  const Philox::key_type key = {{key_[0], key_[1]}};
  const auto out = Philox()(counter, key);
  return {out[0], out[1], out[2], out[3]};
}

std::uint64_t Stream::bits(std::uint64_t index, std::uint64_t draw) const {
  return block(index, draw, kBits)[0];
}

double Stream::uniform(std::uint64_t index, std::uint64_t draw) const {
  return to_unit(block(index, draw, kUniform)[0]);
}

std::uint64_t Stream::below(std::uint64_t n, std::uint64_t index, std::uint64_t draw) const {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(block(index, draw, kBelow)[0]) * n) >> 64U);
}

double Stream::normal(std::uint64_t index, std::uint64_t draw) const {
  const auto words = block(index, draw, kNormal);
  return box_muller(words[0], words[1])[0];
}

void Stream::normals(std::uint64_t first, std::span<float> out) const {
  std::array<double, 4> four{};
  std::uint64_t have = ~std::uint64_t{0};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint64_t position = first + i;
    if (position / 4 != have) {
      have = position / 4;
      const auto words = block(have, 0, kBulkNormal);
      const auto low = box_muller(words[0], words[1]), high = box_muller(words[2], words[3]);
      four = {low[0], low[1], high[0], high[1]};
    }
    out[i] = static_cast<float>(four[position % 4]);
  }
}

Stream Rng::stream(std::string_view name) const {
  Hasher hasher;
  hasher.add(key_.suite_seed).add(std::string_view(key_.perturbation)).add(std::int64_t{key_.version});
  hasher.add(std::int64_t{key_.compose_index}).add(name).add(std::string_view(key_.sample_id));
  hasher.add(std::int64_t{key_.replicate});
  const auto digest = hasher.finish();
  return {digest.high, digest.low};
}

}  // namespace shakedown
