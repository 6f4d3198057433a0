#pragma once

#include <string>
#include <vector>

#include "backend.h"
#include "shakedown/models/manifest.h"

namespace shakedown::models {

/// The source that an argument's name and type stand for; an empty `from` where none is known.
[[nodiscard]] InputSpec match_argument(const Argument& argument);

/// A manifest for a file that brings none, from forward()'s argument names.
/// @throws Error(kUsage) naming the argument that is not recognised, with the manifest to start from
[[nodiscard]] Manifest match_arguments(const Signature& signature, const std::filesystem::path& file);

/// YAML to start from: recognised arguments filled in, the others marked.
[[nodiscard]] std::string propose_manifest(const Signature& signature, const std::filesystem::path& file);

/// Names the inputs after forward()'s arguments. @throws Error(kUsage) when their number or nesting cannot fit
void name_arguments(std::vector<InputSpec>& inputs, const Signature& signature);

/// "text: Tensor, audio: Tuple[Tensor, Tensor]".
[[nodiscard]] std::string describe(const Signature& signature);

}  // namespace shakedown::models
