#pragma once

#include <filesystem>

#include "shakedown/core/results.h"

namespace shakedown::cli {

/// Scores a run folder and writes its results.json and report.html.
Results score_folder(const std::filesystem::path& folder, bool partial);

}  // namespace shakedown::cli
