#pragma once

#include "shakedown/models/manifest.h"
#include "shakedown/perturb/apply.h"

namespace shakedown::runners {

/// How much of a transcript reaches a model through its tokenizers; null where nothing limits it.
/// @throws Error(kData) when a vocabulary cannot be read
[[nodiscard]] perturb::Readable readable_by(const models::Manifest& manifest);

}  // namespace shakedown::runners
