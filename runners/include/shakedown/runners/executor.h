#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace shakedown::runners {

/// Runs a fixed number of workers side by side and waits for all; the first exception is rethrown.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void run(std::size_t workers, const std::function<void(std::size_t worker)>& work) = 0;
};

/// oneTBB; a std::thread one under the thread sanitizer, where Debian's oneTBB itself raises warnings.
[[nodiscard]] std::unique_ptr<Executor> make_executor();
[[nodiscard]] std::unique_ptr<Executor> make_thread_executor();

}  // namespace shakedown::runners
