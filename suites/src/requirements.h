#pragma once

#include <optional>
#include <string>

#include "shakedown/suites/suite.h"

namespace shakedown::suites {

/// The forms that a part may write at its parameters: those of the modalities that its `modality:` or
/// `keep:` selects, else all that it declares.
[[nodiscard]] Forms written_by(const perturb::Part& part);

/// What a cell lacks, and what would provide it.
struct Unmet {
  std::string reason, enable;
};

/// What applying a cell to this data leaves for this model.
struct Fit {
  std::optional<Unmet> unmet;
  bool retokenised = false;  ///< stored tokens are made stale and made again from the transcript
};
[[nodiscard]] Fit fit(const Cell& cell, const Facts& facts);

}  // namespace shakedown::suites
