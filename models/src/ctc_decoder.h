#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace shakedown::models {

/// Log-probabilities of labels by frame: steps x labels, row-major; -inf is allowed.
struct CtcFrames {
  std::span<const double> log_probs;
  std::size_t steps = 0, labels = 0;
  [[nodiscard]] double at(std::size_t step, std::size_t label) const { return log_probs[step * labels + label]; }
};

/// The labels of the best path: the likeliest label of each frame (of equals the first), repetitions joined, blanks
/// left out. Graves et al., ICML 2006, 3.2.1.
[[nodiscard]] std::vector<std::size_t> decode_greedy(const CtcFrames& frames, std::size_t blank);

/// The likeliest labelling, all paths to it summed, among those that a beam of `width` prefixes keeps; the true one
/// where nothing was pruned. Of equals the one whose prefix was met first. Hannun et al., arXiv:1408.2873, without a
/// language model. @param width  at least 1
[[nodiscard]] std::vector<std::size_t> decode_beam(const CtcFrames& frames, std::size_t blank, std::size_t width);

}  // namespace shakedown::models
