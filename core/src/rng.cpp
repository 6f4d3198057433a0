#include "shakedown/core/rng.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>

#include <Random123/philox.h>

#include "shakedown/core/clones.h"
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

constexpr std::size_t kPairs = 512;

// box_muller() of pairs side by side, to some 1e-15, which a float does not see: out[2 i] and out[2 i + 1].
SHAKEDOWN_CLONES void box_muller_pairs(const double* of_radius, const double* of_angle, float* out, std::size_t pairs) {
  for (std::size_t i = 0; i < pairs; ++i) {
    // log x = e log 2 + 2 atanh((m - 1) / (m + 1)), x = m 2^e with m between sqrt(1/2) and sqrt(2).
    constexpr std::uint64_t kHalfRoot = 0x3FE6A09E667F3BCD, kMantissa = 0x000FFFFFFFFFFFFF;
    const auto bits = std::bit_cast<std::uint64_t>(1.0 - of_radius[i]) - kHalfRoot + 0x3FF0000000000000;
    const double m = std::bit_cast<double>((bits & kMantissa) + kHalfRoot);
    const double e = std::bit_cast<double>((bits >> 52U) | 0x4330000000000000) - (0x1p52 + 1023);
    const double s = (m - 1) / (m + 1), s2 = s * s;
    const double series =
        1 + s2 * (1.0 / 3 +
                  s2 * (1.0 / 5 +
                        s2 * (1.0 / 7 +
                              s2 * (1.0 / 9 + s2 * (1.0 / 11 + s2 * (1.0 / 13 + s2 * (1.0 / 15 + s2 * (1.0 / 17))))))));
    const double radius = std::sqrt(-2 * (e * std::numbers::ln2 + 2 * s * series));
    // Sine and cosine of half the angle turned by half a turn, within a quarter of a turn of 0: Taylor's series.
    const double half = std::numbers::pi * (of_angle[i] - 0.5), h2 = half * half;
    const double sine =
        half *
        (1 -
         h2 * (1.0 / 6) *
             (1 -
              h2 * (1.0 / 20) *
                  (1 - h2 * (1.0 / 42) *
                           (1 - h2 * (1.0 / 72) *
                                    (1 - h2 * (1.0 / 110) *
                                             (1 - h2 * (1.0 / 156) *
                                                      (1 - h2 * (1.0 / 210) *
                                                               (1 - h2 * (1.0 / 272) * (1 - h2 * (1.0 / 342))))))))));
    const double cosine =
        1 - h2 * (1.0 / 2) *
                (1 - h2 * (1.0 / 12) *
                         (1 - h2 * (1.0 / 30) *
                                  (1 - h2 * (1.0 / 56) *
                                           (1 - h2 * (1.0 / 90) *
                                                    (1 - h2 * (1.0 / 132) *
                                                             (1 - h2 * (1.0 / 182) *
                                                                      (1 - h2 * (1.0 / 240) *
                                                                               (1 - h2 * (1.0 / 306) *
                                                                                        (1 - h2 * (1.0 / 380))))))))));
    out[2 * i] = static_cast<float>(radius * (2 * sine * sine - 1));
    out[2 * i + 1] = static_cast<float>(radius * (-2 * sine * cosine));
  }
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
  std::array<double, 2 * kPairs> uniforms{};  // of the radius, then of the angle
  std::array<float, 2 * kPairs> normals{};
  constexpr std::size_t kChunk = 2 * kPairs;
  const auto lead = static_cast<std::size_t>(first % 4);
  for (std::size_t done = 0; done < out.size();) {
    const std::uint64_t begin = first + done - (done == 0 ? lead : 0);
    const std::size_t skipped = done == 0 ? lead : 0, wanted = std::min(kChunk - skipped, out.size() - done);
    const std::size_t blocks = (skipped + wanted + 3) / 4;
    for (std::size_t i = 0; i < blocks; ++i) {
      const auto words = block(begin / 4 + i, 0, kBulkNormal);
      uniforms[2 * i] = to_unit(words[0]), uniforms[kPairs + 2 * i] = to_unit(words[1]);
      uniforms[2 * i + 1] = to_unit(words[2]), uniforms[kPairs + 2 * i + 1] = to_unit(words[3]);
    }
    box_muller_pairs(uniforms.data(), uniforms.data() + kPairs, normals.data(), 2 * blocks);
    std::copy_n(normals.data() + skipped, wanted, out.data() + done);
    done += wanted;
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
