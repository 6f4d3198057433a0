#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::runners {

/// A decoded sample, or why there is none.
struct Loaded {
  std::optional<Sample> sample;
  std::string failure;
};

/// The samples of one batch while its cells are in work.
struct Batch {
  std::size_t index = 0, first_sample = 0;
  std::vector<std::size_t> row_starts;  ///< first sample of each row of a forward call, and the end
  std::vector<Loaded> samples;
  std::vector<std::size_t> cells;  ///< still to do

  std::size_t owner = 0, next_load = 0, loaded = 0, next_cell = 0, finished_cells = 0;  ///< the scheduler's
};

/// Hands out work in the order of design.md 2: batches are the outer loop and cells the inner one, so
/// that a clip is decoded once for all its cells. No more than two batches are in memory. Two workers have one each,
/// so that they do not take turns in counting the owners of the same samples; a worker without one of its own helps
/// with the others' cells, or decodes. Thread-safe.
class Scheduler {
 public:
  /// `batches` come without samples; `stop` is asked before each task.
  Scheduler(std::deque<std::unique_ptr<Batch>> batches, std::function<bool()> stop);

  struct Task {
    Batch* batch = nullptr;
    std::size_t number = 0;  ///< position in the batch's samples (load) or a cell index
    bool load = false;
  };
  /// The next task of worker number `worker`; waits for one when all are in other hands; nothing when done, stopped or
  /// aborted.
  [[nodiscard]] std::optional<Task> next(std::size_t worker);
  void finish(const Task& task);
  /// Wakes all that wait: a worker has failed.
  void abort();

 private:
  [[nodiscard]] std::optional<Task> pick(std::size_t worker);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Batch>> waiting_, active_;
  std::function<bool()> stop_;
  bool aborted_ = false;
};

}  // namespace shakedown::runners
