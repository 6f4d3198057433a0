#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "shakedown/core/recogniser.h"
#include "shakedown/core/yaml.h"

namespace shakedown::perturb {

/// PocketSphinx by continuous recognition with a trigram language model. One decoder a thread that is at work; each
/// utterance starts a stream of its own and is processed whole, so that no answer depends on what was heard before.
struct PocketSphinxModel {
  std::filesystem::path acoustic_model, language_model, dictionary;
  /// US English as Debian's pocketsphinx-en-us installs it.
  static PocketSphinxModel installed();
};
/// @throws Error(kUsage) naming a file that is not there, or when PocketSphinx refuses the model
[[nodiscard]] std::unique_ptr<const Recogniser> make_pocketsphinx(const PocketSphinxModel& model);

/// The recogniser that `pocketsphinx:`, `command:` or `transcripts:` of a manifest describes (docs/formats.md).
/// @param kind     that key
/// @param section  its value; relative paths start at `folder`
/// @throws Error(kUsage) with file:line, Error(kData) for a transcript file that cannot be read
[[nodiscard]] std::unique_ptr<const Recogniser> open_recogniser(const std::string& kind, const Yaml& section,
                                                                const std::filesystem::path& folder);

/// `recogniser` asked once for each sound, whoever asks first; others wait for the answer. Answers of about `bytes` are
/// kept, those asked for last; failures are answers too.
[[nodiscard]] std::unique_ptr<const Recogniser> make_cached(Shared<Recogniser> recogniser, std::size_t bytes);

}  // namespace shakedown::perturb
