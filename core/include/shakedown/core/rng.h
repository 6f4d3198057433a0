#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace shakedown {

/// What a random stream belongs to. Level and parameters are left out on purpose: all levels of a
/// perturbation and all compared checkpoints share their draws, so that damage is nested.
struct StreamKey {
  std::uint64_t suite_seed = 0;
  std::string perturbation;  ///< registered name
  int version = 1;           ///< of the perturbation
  int compose_index = 0;     ///< position within a compose, so that its parts draw independently
  std::string sample_id;     ///< "" for draws that the whole cell shares
  int replicate = 0;
  /// Id of the cell that the parts in front make: no part of the key, draws do not depend on it.
  std::string cell = {};
};

/// A counter-based random sequence (Philox4x64-10; Salmon et al., SC 2011). The arguments say what is
/// decided (word index, frame index, ...) and which draw of it; the same arguments always give the
/// same value, whatever was asked before. Copyable, thread-safe, without state.
class Stream {
 public:
  Stream(std::uint64_t key_high, std::uint64_t key_low) : key_{key_high, key_low} {}

  /// 64 random bits.
  [[nodiscard]] std::uint64_t bits(std::uint64_t index, std::uint64_t draw = 0) const;
  /// Uniform in [0, 1), 53 bits.
  [[nodiscard]] double uniform(std::uint64_t index, std::uint64_t draw = 0) const;
  /// Uniform integer in [0, n); n >= 1. Unbiased to 2^-64 (multiply-shift on 64 bits).
  [[nodiscard]] std::uint64_t below(std::uint64_t n, std::uint64_t index, std::uint64_t draw = 0) const;
  /// Standard normal (Box-Muller on two draws of its own).
  [[nodiscard]] double normal(std::uint64_t index, std::uint64_t draw = 0) const;
  /// Fills `out` with standard normals; out[i] depends only on first + i. Four per Philox block.
  void normals(std::uint64_t first, std::span<float> out) const;

 private:
  [[nodiscard]] std::array<std::uint64_t, 4> block(std::uint64_t index, std::uint64_t draw,
                                                   std::uint64_t purpose) const;
  std::array<std::uint64_t, 2> key_;
};

/// All the randomness that one application of a perturbation may use: named streams of one key.
class Rng {
 public:
  explicit Rng(StreamKey key) : key_(std::move(key)) {}
  [[nodiscard]] Stream stream(std::string_view name) const;
  [[nodiscard]] const StreamKey& key() const { return key_; }

 private:
  StreamKey key_;
};

}  // namespace shakedown
