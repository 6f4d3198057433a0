#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "shakedown/core/preview.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::runners {

struct CatalogueOptions {
  std::filesystem::path data;  ///< clips or features to show perturbations on; "" for the built-in samples alone
  std::string sample;          ///< id; "" for the first that each perturbation does something to
  std::string split = "test";
  std::uint64_t seed = 1111;
  std::size_t memory_bytes = std::size_t{4} << 30;
};

/// One perturbation on one sample.
struct CataloguePage {
  const perturb::PerturbationSpec* spec = nullptr;
  Preview preview;        ///< the sample that it is shown on; not_shown: why it cannot be, and what would show it
  bool built_in = false;  ///< the sample is one of the program's own, made by arithmetic
  std::vector<PreviewCell> cells;  ///< severities 1 to 5 for each of its doses, else its cells of suite `full`
};

/// Hands on every registered perturbation by name, each before the next is made. A perturbation is shown on the data if
/// this can serve it, else on the built-in samples (perturb::synthetic_corpus: one with words, sound and frames, one
/// with tokens and features); where neither can, its page has no cells and says why. Same bytes for the same arguments.
/// @throws Error(kUsage) for an unknown sample or split, Error(kData) when the data cannot be read
void catalogue(const CatalogueOptions& options, const perturb::Registry& registry,
               const std::function<void(const CataloguePage&)>& add);

}  // namespace shakedown::runners
