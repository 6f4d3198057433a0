#pragma once

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// `image` averaged over a disc of `radius` >= 0 pixels around each pixel, in linear light, borders replicated. The
/// disc is cut into rows of pixels whose ends have a fraction of the weight; the weights sum to 1. The cost of a pixel
/// grows with the radius, not with its square.
[[nodiscard]] Image disc_blur(const Image& image, double radius);

}  // namespace shakedown::perturb
