#pragma once

#include <array>
#include <span>
#include <vector>

namespace shakedown::perturb {

/// A causal Butterworth filter: second-order sections by the bilinear transform, warped so that the response at
/// `cutoff_hz` is -3.01 dB exactly.
class Butterworth {
 public:
  enum class Kind { kLowPass, kHighPass };
  /// @param order even, 2 or more @param cutoff_hz above 0, below half the sample rate
  Butterworth(Kind kind, int order, double cutoff_hz, int sample_rate_hz);

  /// From rest, in place.
  void run(std::span<float> mono) const;

 private:
  struct Section {
    double b0, b1, b2, a1, a2;
  };
  std::vector<Section> sections_;
};

}  // namespace shakedown::perturb
