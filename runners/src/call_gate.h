#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "shakedown/models/model.h"

namespace shakedown::runners {

/// Lets forward calls run side by side until one of them gets no memory; from then on one at a time, that one again
/// first. Results do not depend on it: a call is the same rows on the same thread setting. Thread-safe.
class CallGate {
 public:
  /// @param on_narrowed  called once, when calls come to be made one at a time
  explicit CallGate(std::function<void()> on_narrowed) : on_narrowed_(std::move(on_narrowed)) {}

  /// What `call` gives. @throws models::OutOfMemory when it gets no memory with no other call beside it
  template <class Call>
  auto pass(const Call& call) {
    if (!narrow_) {
      const std::shared_lock beside_others(mutex_);
      try {
        if (!narrow_) return call();
      } catch (const models::OutOfMemory&) {  // once more below, when those beside it have ended
      }
    }
    const bool first = !narrow_.exchange(true);  // before the lock, so that no others come in and it is got at all
    const std::unique_lock alone(mutex_);
    if (first && on_narrowed_) on_narrowed_();
    return call();
  }

  [[nodiscard]] bool narrow() const { return narrow_; }

 private:
  std::function<void()> on_narrowed_;
  std::atomic<bool> narrow_ = false;
  std::shared_mutex mutex_;
};

}  // namespace shakedown::runners
