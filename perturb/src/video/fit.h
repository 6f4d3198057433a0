#pragma once

#include <functional>
#include <optional>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// A rectangle of a picture.
struct Crop {
  int x = 0, y = 0, width = 0, height = 0;

  [[nodiscard]] Image of(const Image& image) const;
  /// Larger by `margin` on all sides, as far as the picture goes.
  [[nodiscard]] Crop grown(int margin, const Image& image) const;
  [[nodiscard]] Crop relative_to(const Crop& outer) const;
};

/// The scale s for which blur(crop, s) comes nearest (least squares in linear light) to `blurred`, looked for
/// between 0 and twice the `expected` one in the middle of the picture: from the best of so many evenly spaced
/// `candidates` on, where the distance may have several minima. Nothing when the scale makes no
/// difference there: a blank wall does not show a blur.
[[nodiscard]] std::optional<double> fit_scale(const Image& sharp, const Image& blurred, double expected,
                                              const std::function<Image(const Crop&, double)>& blur,
                                              int candidates = 0);

}  // namespace shakedown::perturb
