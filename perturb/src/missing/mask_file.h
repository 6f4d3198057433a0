#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Lost steps of one sample, ascending, by modality.
using GivenMask = std::map<Modality, std::vector<std::size_t>>;

/// Masks made elsewhere, by sample id. YAML or JSON:
///
///     schema: shakedown.masks/1
///     masks:
///       video_1$_$3: {text: "2-4,7", audio: "0-99"}      # lost positions, ranges inclusive; "" for none
///
/// @throws Error(kData) when it cannot be read, Error(kUsage) with file:line for what is not of this form
[[nodiscard]] std::map<std::string, GivenMask> read_masks(const std::filesystem::path& file);

}  // namespace shakedown::perturb
