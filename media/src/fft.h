#pragma once

#include <cstddef>
#include <memory>
#include <span>

struct fftwf_plan_s;

namespace shakedown::media {

/// One real transform of n samples, forward or inverse, with its plan and buffers. An object belongs to one
/// thread; objects may be made and used in several threads at once. Not scaled.
class RealFft {
 public:
  enum class Direction { kForward, kInverse };
  /// @throws Error(kUsage) unless 1 <= n <= 2^31 - 1
  RealFft(std::size_t n, Direction direction);

  [[nodiscard]] std::span<float> signal() { return {signal_.get(), n_}; }
  /// n/2 + 1 pairs (re, im). An inverse run destroys them.
  [[nodiscard]] std::span<float> bins() { return {bins_.get(), 2 * (n_ / 2 + 1)}; }
  void run();
  /// Forward: the result goes to `bins`, as many numbers as bins() has, instead of there.
  void run_into(std::span<float> bins);

 private:
  struct Free {
    void operator()(float* buffer) const;
  };
  struct DestroyPlan {
    void operator()(fftwf_plan_s* plan) const;
  };
  std::size_t n_;
  std::unique_ptr<float, Free> signal_, bins_;
  std::unique_ptr<fftwf_plan_s, DestroyPlan> plan_;
};

}  // namespace shakedown::media
