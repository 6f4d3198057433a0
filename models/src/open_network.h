#pragma once

#include <filesystem>
#include <memory>

#include "backend.h"
#include "shakedown/models/model.h"

namespace shakedown::models {

/// The TorchScript module in `file`. @throws Error(kUsage) when no file is there, Error(kModel) with what is wrong with
/// it; the file's name in front
[[nodiscard]] std::unique_ptr<Network> open_network(const std::filesystem::path& file, const LoadOptions& options);

}  // namespace shakedown::models
