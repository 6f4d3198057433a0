#pragma once

#include <string>
#include <vector>

#include "shakedown/perturb/perturbation.h"

namespace shakedown::perturb {

/// What a text perturbation makes of one passage.
struct WorkedExample {
  double severity = 0;
  std::string text;  ///< "" where nothing came of it
  std::string why;   ///< then: the reason, as a run would give it
};

/// The passage that examples start from.
[[nodiscard]] const std::string& example_passage();

/// `spec` at its defaults run on the passage at a mild and at the greatest severity, with a fixed seed; none for
/// perturbations that are not of text, or need more than words.
[[nodiscard]] std::vector<WorkedExample> worked_examples(const PerturbationSpec& spec);

}  // namespace shakedown::perturb
