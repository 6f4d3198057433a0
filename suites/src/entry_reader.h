#pragma once

#include <filesystem>
#include <vector>

#include "cell_builder.h"
#include "shakedown/core/yaml.h"

namespace shakedown::suites {

/// The cells of one entry under `cells:`: every level and replicate of a perturbation, a composition or an
/// external data set. Relative paths are taken from `folder`.
/// @throws Error(kUsage) with file:line
[[nodiscard]] std::vector<Cell> read_entry(const Yaml& entry, const perturb::Registry& registry,
                                           const std::filesystem::path& folder);

/// A single cell of `name` with the parameters of the map `options`, which may also hold severity and at.
[[nodiscard]] Cell read_single(const std::string& name, const Yaml& options, const perturb::Registry& registry);

/// The same where the options say how strong; else a cell for each severity 1 to 5 of its ladder.
[[nodiscard]] std::vector<Cell> read_severities(const std::string& name, const Yaml& options,
                                                const perturb::Registry& registry);

/// {start, end} in seconds, {from, to} as fractions, {words: [first, last]}, {random: share, name: text}.
[[nodiscard]] perturb::At read_at(const Yaml& yaml);

}  // namespace shakedown::suites
