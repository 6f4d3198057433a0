#pragma once

#include <filesystem>
#include <string>

#include "shakedown/core/run_data.h"

namespace shakedown::store {

/// What a gate needs to know of a run, as a small file to be committed (shakedown.baseline/1, docs/formats.md): hashes,
/// cells, ids, groups, labels, states, and predictions in steps of 1e-5. The same bytes for the same run: no times, no
/// host, no sample content. @throws Error(kUsage) for a run made with --limit, Error(kIncomplete) for an incomplete
/// one, Error(kData) for a prediction that is no number of steps
[[nodiscard]] std::string baseline_text(const RunData& run);

/// The run of such a file, with `digests` instead of those of samples, predictions on whole steps, without doses,
/// measures and metadata. @throws Error(kData) "FILE: why" when it is absent, damaged or no baseline
[[nodiscard]] RunData read_baseline(const std::filesystem::path& file);

/// True for a file; runs are folders.
[[nodiscard]] bool is_baseline_file(const std::filesystem::path& path);

}  // namespace shakedown::store
