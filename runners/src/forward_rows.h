#pragma once

#include <cstddef>
#include <vector>

#include "shakedown/suites/suite.h"

namespace shakedown::runners {

/// One utterance of a row of a forward call.
struct RowPart {
  std::size_t sample = 0;  ///< of the batch
  bool perturbed = true;   ///< else it goes in as it was
  bool wanted = true;      ///< its prediction is read
};
using ForwardRow = std::vector<RowPart>;

/// What became of a sample of a batch before the forward call.
enum class Readiness {
  kReady,
  kFailed,  ///< the perturbation failed: it can stand in a dialogue as it was, its own prediction is not read
  kAbsent   ///< it could not be read
};

/// The rows of one unit, `most` in each forward call; the last call is filled by repeating a row. What failed never
/// moves other samples to another place.
/// @param row_starts first sample of each row of the batch, and the end
/// @returns nothing when no sample can be asked
[[nodiscard]] std::vector<std::vector<ForwardRow>> forward_calls(const std::vector<std::size_t>& row_starts,
                                                                 const std::vector<Readiness>& readiness,
                                                                 bool dialogues, suites::Cell::Scope scope,
                                                                 std::size_t most);

/// Calls of a unit of so many rows and samples.
[[nodiscard]] std::size_t call_count(std::size_t rows, std::size_t samples, suites::Cell::Scope scope,
                                     std::size_t most);

}  // namespace shakedown::runners
