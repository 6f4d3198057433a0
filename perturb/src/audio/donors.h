#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/rng.h"
#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// A clip of another speaker.
struct Donor {
  std::size_t index = 0;    ///< in the split's file order
  std::uint64_t place = 0;  ///< in id order: what draws are keyed by
  int sign = 0;             ///< which way its label points; 0 where labels have no sign
};

/// All clips of other speakers than the sample's, in an order of the sample's own.
[[nodiscard]] std::vector<Donor> ranked_donors(const Sample& sample, const Corpus& corpus, const Stream& stream);

/// The sound of clip `index` at `sample_rate_hz`, mono; nothing when it has none or cannot be decoded.
[[nodiscard]] std::optional<std::vector<float>> load_voice(const Corpus& corpus, std::size_t index, int sample_rate_hz);

}  // namespace shakedown::perturb
