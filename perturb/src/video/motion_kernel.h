#pragma once

#include <span>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

struct Point {
  double x = 0, y = 0;  ///< y points down
};

/// A point-spread function on the pixel grid: taps with weights that sum to 1.
struct Kernel {
  struct Tap {
    int dx = 0, dy = 0;
    float weight = 0;
  };
  std::vector<Tap> taps;
  int radius = 0;  ///< largest |dx| or |dy|
};

/// A straight path through the origin, `angle` degrees from the x axis, clockwise on the screen.
[[nodiscard]] std::vector<Point> line_path(double angle_degrees);

/// The smooth curve (uniform cubic B-spline) that a camera takes whose speed changes at random: `steps`
/// are its moves from one control point to the next, in any unit.
[[nodiscard]] std::vector<Point> shake_path(std::span<const Point> steps);

/// What a point becomes while it moves along `path` at an even pace. The path is centred on its mean, so that
/// nothing is displaced, and scaled so that the second moment of the kernel, bilinear sub-pixel placement
/// included, is that of a straight line of `length` pixels: length^2 / 12. Continuous in `length`; 0 gives
/// the identity.
[[nodiscard]] Kernel motion_kernel(std::span<const Point> path, double length);

/// `image` convolved with `kernel` in linear light, borders replicated.
[[nodiscard]] Image convolve(const Image& image, const Kernel& kernel);

}  // namespace shakedown::perturb
