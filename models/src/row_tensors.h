#pragma once

#include <functional>
#include <vector>

#include "backend.h"
#include "front_end.h"
#include "grid.h"
#include "kept_tensors.h"

namespace shakedown::models {

using Rows = std::vector<Row>;

// Rows of one batch, a request each, as one tensor of `steps` steps, with the layout, type and normalisation of `spec`,
// placed by `grid`. What a row lacks stays 0. @throws Error(kData, kUsage) where rows do not fit each other or the
// manifest.
/// `kept` is a tensor of this input whose rows are known: what is in it already is not written again.
[[nodiscard]] Value bind_sequences(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid,
                                   std::size_t steps, KeptTensor* kept = nullptr);
/// Whether sequences go into the tensor number by number, so that it may be kept.
[[nodiscard]] bool go_in_as_they_are(const InputSpec& spec);
[[nodiscard]] Value bind_waveforms(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid,
                                   std::size_t steps);
/// R, G, B; 0..1 before the normalisation, 0..255 as uint8.
[[nodiscard]] Value bind_frames(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid,
                                std::size_t steps);
/// text.bert: [B,3,T]; text.tokens: one part, or a tuple of the three.
[[nodiscard]] Value bind_tokens(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid,
                                std::size_t steps);

/// One number a step of the padded axis: 1 where `on(row, step)`, the other way round where `spec.inverted`.
[[nodiscard]] Value bind_steps(const InputSpec& spec, DType dtype, const Grid& grid, std::size_t steps,
                               const std::function<bool(std::size_t, std::size_t)>& on);
/// dialogue.lengths, .mask or .speakers. `speakers` are those of the requests.
/// @throws Error(kData) for a speaker that the manifest leaves no place for
[[nodiscard]] Value bind_dialogue(const InputSpec& spec, DType dtype, const Grid& grid,
                                  const std::vector<std::string>& speakers);
/// Valid steps of each row, at most `steps`.
[[nodiscard]] Value bind_lengths(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid,
                                 std::size_t steps);

}  // namespace shakedown::models
