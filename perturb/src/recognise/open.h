#pragma once

#include <filesystem>
#include <memory>

#include "shakedown/core/recogniser.h"
#include "shakedown/core/yaml.h"

namespace shakedown::perturb {

[[nodiscard]] std::unique_ptr<const Recogniser> open_command(const Yaml& section, const std::filesystem::path& folder);
[[nodiscard]] std::unique_ptr<const Recogniser> open_transcripts(const Yaml& section,
                                                                 const std::filesystem::path& folder);
[[nodiscard]] std::unique_ptr<const Recogniser> open_pocketsphinx(const Yaml& section,
                                                                  const std::filesystem::path& folder);

/// The path that `value` names, from `folder` on. @throws Error(kUsage) with file:line when nothing is there
[[nodiscard]] std::filesystem::path existing(const Yaml& value, const std::filesystem::path& folder);

}  // namespace shakedown::perturb
