#pragma once

#include <chrono>

namespace shakedown::runners {

/// Where the time of a run goes, in seconds of all workers together.
struct StageTimes {
  double decode = 0, perturb = 0, digest = 0, prepare = 0, forward = 0, measure = 0, store = 0;

  StageTimes& operator+=(const StageTimes& other) {
    decode += other.decode;
    perturb += other.perturb;
    digest += other.digest;
    prepare += other.prepare;
    forward += other.forward;
    measure += other.measure;
    store += other.store;
    return *this;
  }
};

/// Adds the time from its making to its end to `stage`.
class Stopwatch {
 public:
  explicit Stopwatch(double& stage) : stage_(stage) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { stage_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  double& stage_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// What `function` gives, its time added to `stage`.
template <class Function>
decltype(auto) timed(double& stage, Function&& function) {
  const Stopwatch watch(stage);
  return function();
}

}  // namespace shakedown::runners
