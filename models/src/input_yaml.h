#pragma once

#include <filesystem>

#include "shakedown/core/yaml.h"
#include "shakedown/models/manifest.h"

namespace shakedown::models {

/// One entry of `inputs:`; defaults filled in. @param dialogues rows are dialogues: layouts have U
/// @throws Error(kUsage) with file:line
[[nodiscard]] InputSpec parse_input(const Yaml& yaml, const std::filesystem::path& folder, bool dialogues);

/// What can only be seen with all inputs known: audio.lengths needs an audio input. @throws Error(kUsage)
void check_references(const std::vector<InputSpec>& inputs, const Yaml& yaml);

/// `task:`. @throws Error(kUsage) with file:line
[[nodiscard]] Task parse_task(const Yaml& yaml);

}  // namespace shakedown::models
