#pragma once

#include <filesystem>

#include "pool.h"

namespace training {

struct PrepareOptions {
  std::filesystem::path data;
  std::filesystem::path suite;  ///< cells to be seen in training
  int corrupted_rows = 6;       ///< a clip and modality
  int jobs = 2;
};

/// Decodes the train and valid splits and passes every clip, clean and corrupted, through the front ends, just as
/// `shakedown run` does. Each corrupted row is one cell of the suite that writes the modality, drawn by the clip's id.
/// The result does not depend on `jobs`. @throws shakedown::Error as run() does, for suites with compositions, and
/// for cells that cannot be done on a clip
[[nodiscard]] Pool prepare(const PrepareOptions& options);

}  // namespace training
