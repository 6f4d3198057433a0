#pragma once

#include <filesystem>
#include <memory>

#include "shakedown/core/recogniser.h"
#include "shakedown/core/yaml.h"
#include "shakedown/models/model.h"

namespace shakedown::models {

/// A CTC acoustic model in TorchScript with our own decoding, as `ctc:` of a recogniser's manifest describes it
/// (docs/formats.md): sound in at its rate, label scores out for each frame. It is tried at once on a second of noise.
/// Sound shorter than 0.1 s is padded with zeros to that, empty sound has no words, sound longer than `max_s` fails.
/// @param section  the value of `ctc:`; relative paths start at `folder`
/// @throws Error(kUsage) with file:line, Error(kModel) when the file is no TorchScript or does not answer as the
/// manifest says
[[nodiscard]] std::unique_ptr<const Recogniser> open_ctc(const Yaml& section, const std::filesystem::path& folder,
                                                         const LoadOptions& options);

}  // namespace shakedown::models
