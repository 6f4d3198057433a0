#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <torch/types.h>

namespace training {

inline constexpr int kModalities = 3;  ///< text, audio, video: the order of every axis of three

/// One split as forward() reads it: of each clip and modality several rows, the clean one first, then corrupted
/// ones, the absent one (missing.modality keep=none) last.
struct Split {
  torch::Tensor text;                   ///< [N, R, 3, T] float
  torch::Tensor mel, mel_lengths;       ///< [N, R, S, M] float, [N, R]
  torch::Tensor faces, face_lengths;    ///< [N, R, F, 3, side, side] uint8, [N, R]
  torch::Tensor label, modality_label;  ///< [N], [N, 3] float; NaN in the latter where there is none

  [[nodiscard]] std::int64_t size() const { return text.size(0); }
  [[nodiscard]] std::int64_t rows() const { return text.size(1); }
};

/// forward()'s arguments.
struct Batch {
  torch::Tensor text, mel, mel_lengths, faces, face_lengths;
};

/// Clip `clips[b]` with row `rows[b][m]` of modality m; both int64, [B] and [B, 3].
[[nodiscard]] Batch gather(const Split& split, const torch::Tensor& clips, const torch::Tensor& rows);
[[nodiscard]] Batch join(const Batch& first, const Batch& second);

/// Everything that fit() reads.
struct Pool {
  Split train, valid;
  torch::Tensor absent;  ///< [C, 3] bool: what each missing.modality cell of the suite takes away
  std::string vocabulary;
  std::vector<std::string> trained_with;

  void save(const std::filesystem::path& file) const;
  static Pool load(const std::filesystem::path& file);
};

}  // namespace training
