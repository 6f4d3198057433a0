#pragma once

#include <filesystem>
#include <string>

#include "arguments.h"
#include "shakedown/core/results.h"
#include "shakedown/reports/gallery.h"

namespace shakedown::cli {

/// --assets and --budget-mb, which `run` and `report` share.
[[nodiscard]] std::vector<Option> page_options_declared();
[[nodiscard]] reports::PageOptions page_options(const Arguments& arguments);

/// The report of a run folder with its gallery. What of the gallery was refused is warned of, and samples of the data
/// set in the page are told of, a line each. @param file  where the page will be written, for these lines
[[nodiscard]] std::string page_of(const Results& results, const std::filesystem::path& folder,
                                  const std::filesystem::path& file, const reports::PageOptions& options);

/// Scores a run folder and writes results.json and report.html into it.
Results score_folder(const std::filesystem::path& folder, bool partial, const reports::PageOptions& options);

}  // namespace shakedown::cli
