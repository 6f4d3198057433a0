#include "shakedown/runners/executor.h"

#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

namespace shakedown::runners {
namespace {

/// Keeps the first exception of several workers.
class FirstException {
 public:
  template <class Function>
  void guard(Function&& function) {
    try {
      function();
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      if (!first_) first_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr first_;
};

class TbbExecutor final : public Executor {
 public:
  void run(std::size_t workers, const std::function<void(std::size_t)>& work) override {
    FirstException first;
    // Workers wait for each other (bounded queues), so all must run side by side, also when there are more of
    // them than cores: TBB alone would start one thread a core.
    const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, workers);
    tbb::task_arena arena(static_cast<int>(workers), 1);
    arena.execute([&] {
      tbb::task_group group;
      for (std::size_t i = 1; i < workers; ++i) group.run([&, i] { first.guard([&] { work(i); }); });
      first.guard([&] { work(0); });
      group.wait();
    });
    first.rethrow();
  }
};

class ThreadExecutor final : public Executor {
 public:
  void run(std::size_t workers, const std::function<void(std::size_t)>& work) override {
    FirstException first;
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers; ++i) threads.emplace_back([&, i] { first.guard([&] { work(i); }); });
    first.guard([&] { work(0); });
    for (auto& thread : threads) thread.join();
    first.rethrow();
  }
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor() {
  return std::make_unique<ThreadExecutor>();
}

std::unique_ptr<Executor> make_executor() {
#if defined(__SANITIZE_THREAD__)
  return make_thread_executor();
#else
  return std::make_unique<TbbExecutor>();
#endif
}

}  // namespace shakedown::runners
