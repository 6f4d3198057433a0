#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/preview.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::runners {

struct PreviewOptions {
  std::filesystem::path data;
  std::string sample;  ///< id; "" for the first of the split
  std::string split = "test";
  std::vector<std::string> perturb;  ///< cells as suites::parse_severities reads them
  std::string suite;                 ///< or a suite; with neither, every perturbation at every severity
  std::vector<std::string> only;     ///< globs over cell ids
  std::optional<std::uint64_t> seed;
  std::size_t memory_bytes = std::size_t{4} << 30;
};

/// Perturbs one sample in every cell, with the draws that a run with this seed makes (1111 without a suite), and hands
/// each result on before the next is made. Cells that the data cannot serve are listed, except those named by
/// `perturb`, which are refused.
/// @throws Error(kUsage) for an unknown id, naming near ones, and as suites::load; Error(kData) when it cannot be read
Preview preview(const PreviewOptions& options, const perturb::Registry& registry,
                const std::function<void(const Preview&)>& begin, const std::function<void(const PreviewCell&)>& add);

}  // namespace shakedown::runners
