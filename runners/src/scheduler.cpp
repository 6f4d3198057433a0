#include "scheduler.h"

#include <algorithm>
#include <utility>

namespace shakedown::runners {

namespace {
constexpr std::size_t kActiveBatches = 2;
}

Scheduler::Scheduler(std::deque<std::unique_ptr<Batch>> batches, std::function<bool()> stop)
    : waiting_(std::move(batches)), stop_(std::move(stop)) {}

std::optional<Scheduler::Task> Scheduler::pick(std::size_t worker) {
  const auto cell_of = [](Batch& batch) -> std::optional<Task> {
    if (batch.loaded < batch.samples.size() || batch.next_cell == batch.cells.size()) return std::nullopt;
    return Task{&batch, batch.cells[batch.next_cell++], false};
  };
  const auto load_of = [](Batch& batch) -> std::optional<Task> {
    if (batch.next_load == batch.samples.size()) return std::nullopt;
    return Task{&batch, batch.next_load++, true};
  };
  for (const auto& batch : active_) {
    if (batch->owner != worker) continue;
    if (auto task = cell_of(*batch)) return task;
    if (auto task = load_of(*batch)) return task;
  }
  if (active_.size() < kActiveBatches && !waiting_.empty()) {
    active_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    active_.back()->owner = worker;
    return load_of(*active_.back());
  }
  for (const auto& batch : active_) {
    if (auto task = cell_of(*batch)) return task;
  }
  for (const auto& batch : active_) {
    if (auto task = load_of(*batch)) return task;
  }
  return std::nullopt;
}

std::optional<Scheduler::Task> Scheduler::next(std::size_t worker) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (aborted_ || stop_()) return std::nullopt;
    if (auto task = pick(worker)) return task;
    if (active_.empty()) return std::nullopt;
    changed_.wait(lock);
  }
}

void Scheduler::finish(const Task& task) {
  const std::scoped_lock lock(mutex_);
  if (task.load) {
    ++task.batch->loaded;
  } else {
    ++task.batch->finished_cells;
  }
  const auto done = [](const auto& batch) {
    return batch->loaded == batch->samples.size() && batch->finished_cells == batch->cells.size();
  };
  active_.erase(std::remove_if(active_.begin(), active_.end(), done), active_.end());
  changed_.notify_all();
}

void Scheduler::abort() {
  const std::scoped_lock lock(mutex_);
  aborted_ = true;
  changed_.notify_all();
}

}  // namespace shakedown::runners
