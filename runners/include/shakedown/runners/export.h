#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/run_data.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::runners {

struct ExportOptions {
  std::filesystem::path data, out;
  std::string suite, split = "test";
  std::optional<std::uint64_t> seed;
  std::vector<std::string> only;
  bool strict = false;
  std::size_t memory_bytes = std::size_t{4} << 30;
  std::function<void(const std::string&)> on_message;  ///< a line for each file
};

struct ExportReport {
  std::size_t samples = 0;              ///< of the split
  std::vector<std::string> unreadable;  ///< clips that could not be read: in no cell
  std::vector<std::string> cells;       ///< ids, in order
  std::vector<NotTested> not_written;
};

/// Writes every cell of a suite as a data set of the format that the data came in, without a model: OUT holds a feature
/// pickle a cell, or a folder of clips as datasets::MediaFolderWriter makes it; dose.json (what was done to each, with
/// the dose measured on all samples); and suite.yaml, whose `external` cells read them back. Samples that could not be
/// perturbed are written as they were, and counted.
/// @throws Error(kUsage) for data of another format than mmsa, media and meld, and when OUT holds an export already
ExportReport export_suite(const ExportOptions& options, const perturb::Registry& registry);

}  // namespace shakedown::runners
