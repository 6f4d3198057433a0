#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {

/// One property of one perturbation, checked on this machine.
struct PropertyResult {
  std::string perturbation;
  std::string property;  ///< a claim: "damage grows with severity"
  bool passed = true;
  std::string detail;  ///< why it failed; "" when it passed
};

/// On how much the properties are checked.
struct PropertyExtent {
  std::size_t samples = 12;  ///< of the synthetic corpus; at least 4, so that each of its speakers is there
  int replicates = 20;       ///< draws of a random dose: enough for four standard errors to mean something
};

/// Checks what every perturbation promises, on a synthetic corpus: documented; refuses bad values by name;
/// identity; damage monotone in severity; realised dose; nested draws; the same bytes on any number of threads
/// and in any order; independent draws for samples, replicates and parts; untouched input and modalities;
/// degenerate inputs; `at:`. A perturbation is covered by being registered. Never throws on a broken one.
[[nodiscard]] std::vector<PropertyResult> check_properties(const PerturbationSpec& spec, const Registry& registry,
                                                           const PropertyExtent& extent = {});
[[nodiscard]] std::vector<PropertyResult> check_all(const Registry& registry);

}  // namespace shakedown::perturb
