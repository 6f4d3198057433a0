#pragma once

#include <cstddef>

#include "shakedown/perturb/apply.h"

namespace shakedown::perturb {

/// Bytes of two transcripts, from their beginnings.
struct ReadBytes {
  std::size_t before = 0, after = 0;
};
/// Up to the last word of `before` and its counterpart in `after`, by word alignment, that the model reads in both.
[[nodiscard]] ReadBytes read_in_both(const Transcript& before, const Transcript& after, const Readable& readable);

/// The first `bytes` of `whole`, with the words that lie in them.
[[nodiscard]] Shared<Transcript> beginning_of(const Shared<Transcript>& whole, std::size_t bytes);

/// Of the units that `effect` decided on, in order, those among the first `units`: the others lie beyond what the
/// model reads.
[[nodiscard]] std::vector<std::size_t> decided_among(const Effect& effect, std::size_t units);

}  // namespace shakedown::perturb
