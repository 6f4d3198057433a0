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
  std::array<std::size_t, 3> begin = {};    ///< of each modality in `lost`
  BitTable lost;                            ///< samples x padded of each; what is protected may be among it

  /// Calls `visit` with each of the first `steps` steps of a sample that is lost, ascending.
  template <class Visit>
  void visit_lost(std::size_t modality, std::size_t sample, std::size_t steps, Visit&& visit) const {
    const std::size_t first = begin[modality] + sample * padded[modality];
    lost.visit_set(first, first + std::min(steps, padded[modality]), [&](std::size_t bit) { visit(bit - first); });
  }
};

inline constexpr std::array<Form, 3> kProtocolForms = {Form::kTokens, Form::kAudioFeatures, Form::kVisionFeatures};

/// @param seeds  of the replicate; several where blocks pile up
[[nodiscard]] SplitMasks draw_split(const Protocol& protocol, const std::array<double, 3>& rates,
                                    const std::vector<MaskSeeds>& seeds, Shared<std::vector<SampleShape>> shapes);

}  // namespace shakedown::perturb
