#pragma once

#include <vector>

#include "head_proxy.h"
#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// The head seen after a rotation: for each place of a square of head units around its centre, where the picture
/// shows what is seen there. Made once, laid over every frame.
class HeadView {
 public:
  /// @param resolution places a head unit, at least 1
  HeadView(const Rotation& rotation, int resolution);

  /// `image` with the head in `frame` turned: what was behind the head comes into view as a smooth continuation of
  /// its surroundings, the seam is soft, and pixels beyond the old and the new outline stay as they are. Parts
  /// outside the picture are left out.
  [[nodiscard]] Image over(const Image& image, const HeadFrame& frame) const;

  static constexpr double kExtent = 0.95;  ///< of the square, from the centre to a side; some background included

 private:
  int side_;
  std::vector<float> source_;  // side x side x (x, y, how unknown), head units
  std::vector<float> cover_;   // side x side: 1 on the turned head, falling to 0 at its outline
  std::vector<float> left_;    // side x side: 1 where the head was and background has to be made up, falling to 0
  double outline_;             // of the part that turns, relative to the head's own
};

}  // namespace shakedown::perturb
