#pragma once

#include <cstdint>

#include <torch/script.h>

namespace training {

/// The network of the reference checkpoints, initialised from torch's generator and in training mode: an encoder for
/// each modality (embeddings; two convolutions over the log-mel spectrogram; a small convolutional network a face), a
/// transformer layer over each one's steps, and a transformer layer over what they say, as MulT (Tsai et al., ACL 2019)
/// and EMT (Sun et al., IEEE TAC 2023) do at a larger scale. All methods are TorchScript; what is trained is what is
/// saved.
///
///   forward(text [B,3,T], mel [B,S,M], mel_lengths [B], faces [B,F,3,H,W] in 0..1, face_lengths [B]) -> [B]
///   views(...) -> (prediction [B], prediction of each modality alone [B,3], what they say together [B,D])
///
/// @param mel_mean, mel_deviation  [M], of the train split's valid steps
[[nodiscard]] torch::jit::Module make_network(std::int64_t vocabulary, const torch::Tensor& mel_mean,
                                              const torch::Tensor& mel_deviation);

inline constexpr std::int64_t kWidth = 64;

}  // namespace training
