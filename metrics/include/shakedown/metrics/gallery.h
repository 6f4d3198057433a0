#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "shakedown/core/gallery.h"

namespace shakedown::metrics {

/// Items that each of the three rules may choose.
inline constexpr std::size_t kGalleryItemsOfARule = 4;

/// Chooses what a report shows of a complete run, by its stored outcomes alone: worst flips, typical samples,
/// surprising survivals, in this order. Only cells that are invariant or unknowable, valid and not vacuous, and in them
/// only samples that were really changed. Spread over modalities and perturbations; no sample and no cell stands twice.
/// Ties go by cell id, then by position of the sample: a pure function of its arguments.
/// @param leave_out  ids of cells that cannot be shown sample by sample
/// @throws Error(kData) as scoring does, for labels that are missing or unknown
[[nodiscard]] std::vector<GalleryChoice> choose_gallery(const RunData& run, const std::set<std::string>& leave_out,
                                                        std::size_t items_of_a_rule = kGalleryItemsOfARule);

}  // namespace shakedown::metrics
