#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "missing/bit_table.h"
#include "missing/protocols.h"
#include "shakedown/core/corpus.h"

namespace shakedown::perturb {

/// The masks of a whole split, drawn at once as the authors' scripts do: NumPy's stream runs over all samples
/// in file order and over their padding. One bit a step.
struct SplitMasks {
  Shared<std::vector<SampleShape>> shapes;  ///< what they were drawn for
  std::array<std::size_t, 3> padded = {};   ///< of tokens, audio and vision
  std::array<BitTable, 3> lost;             ///< samples x padded; what is protected may be among it

  /// The first `steps` steps of a sample that are lost, ascending.
  [[nodiscard]] std::vector<std::size_t> lost_steps(std::size_t modality, std::size_t sample, std::size_t steps) const {
    std::vector<std::size_t> found;
    const std::size_t first = sample * padded[modality];
    lost[modality].visit_set(first, first + std::min(steps, padded[modality]),
                             [&](std::size_t bit) { found.push_back(bit - first); });
    return found;
  }
};

inline constexpr std::array<Form, 3> kProtocolForms = {Form::kTokens, Form::kAudioFeatures, Form::kVisionFeatures};

/// @param seeds  of the replicate; several where blocks pile up
[[nodiscard]] SplitMasks draw_split(const Protocol& protocol, const std::array<double, 3>& rates,
                                    const std::vector<MaskSeeds>& seeds, Shared<std::vector<SampleShape>> shapes);

}  // namespace shakedown::perturb
