#pragma once

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Forms that are not the same shared object in both samples: replaced, added or removed.
[[nodiscard]] Forms replaced_forms(const Sample& a, const Sample& b);

/// Those of `forms` whose modality `of` has a form in.
[[nodiscard]] Forms of_same_modalities(Forms forms, Forms of);

/// Length of the clip in seconds by sound, else picture, else word times; 0 when nothing tells.
[[nodiscard]] double clip_seconds(const Sample& sample);

}  // namespace shakedown::perturb
