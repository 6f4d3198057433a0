#pragma once

#include <string>
#include <vector>

#include "shakedown/models/manifest.h"

namespace training {

/// What the reference networks read; the manifest that goes into the checkpoint says the same.
inline constexpr int kTokens = 32;     ///< [CLS] and [SEP] among them
inline constexpr int kMels = 64;       ///< bands
inline constexpr int kMelSteps = 180;  ///< 20 ms each: 3.6 s
inline constexpr int kFaces = 28;      ///< at 8 frames per second: 3.5 s
inline constexpr int kSide = 48;       ///< pixels of a face crop

/// The text of shakedown/model.yaml for a checkpoint of that name.
[[nodiscard]] std::string manifest_text(const std::string& name, const std::vector<std::string>& trained_with);

/// The inputs of that manifest, with the vocabulary's content filled in.
[[nodiscard]] std::vector<shakedown::models::InputSpec> input_specs(const std::string& vocabulary);

}  // namespace training
