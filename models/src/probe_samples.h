#pragma once

#include <optional>

#include "shakedown/core/sample.h"
#include "shakedown/models/manifest.h"

namespace shakedown::models {

/// `sample` with a quarter more steps of padding or silence in every form whose length the manifest leaves open;
/// nothing when all are fixed.
[[nodiscard]] std::optional<Sample> lengthened(const Sample& sample, const Manifest& manifest);

/// True when an input takes the uncorrupted view whole (not only a missing mask).
[[nodiscard]] bool reads_complete_view(const Manifest& manifest);

/// An incomplete sample and two complete ones that differ from it in the same steps and from each other there
/// only, so that a missing mask is the same for both. `donor` gives the forms without steps.
struct CompleteViews {
  Sample incomplete, one, other;
};
[[nodiscard]] CompleteViews two_complete_views(const Sample& sample, const Sample& donor);

}  // namespace shakedown::models
