#pragma once

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

/// Checks what every perturbation promises, on a synthetic corpus: documented; refuses bad values by name;
/// identity; damage monotone in severity; realised dose; nested draws; the same bytes on any number of threads
/// and in any order; independent draws for samples, replicates and parts; untouched input and modalities;
/// degenerate inputs; `at:`. A perturbation is covered by being registered. Never throws on a broken one.
/// @param replicates in which each random dose is drawn; 20 are enough for four standard errors to mean something
/// @param language   of what is said, as synthetic_corpus() takes it
[[nodiscard]] std::vector<PropertyResult> check_properties(const PerturbationSpec& spec, const Registry& registry,
                                                           int replicates = 20, const std::string& language = "en");
[[nodiscard]] std::vector<PropertyResult> check_all(const Registry& registry);

}  // namespace shakedown::perturb
