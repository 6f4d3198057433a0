#pragma once

#include <memory>

#include "manifest.h"
#include "shakedown/datasets/dataset.h"

namespace shakedown::datasets {

// One function a format. All throw as open() says.
[[nodiscard]] std::unique_ptr<Dataset> open_mmsa(Manifest manifest, const OpenOptions& options);
[[nodiscard]] std::unique_ptr<Dataset> open_media(Manifest manifest, const OpenOptions& options);
[[nodiscard]] std::unique_ptr<Dataset> open_meld(Manifest manifest, const OpenOptions& options);

}  // namespace shakedown::datasets
