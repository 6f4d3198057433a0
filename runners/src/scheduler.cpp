#include "scheduler.h"

#include <algorithm>
#include <utility>

namespace shakedown::runners {

namespace {
constexpr std::size_t kActiveBatches = 2;
}

Scheduler::Scheduler(std::deque<std::unique_ptr<Batch>> batches, std::function<bool()> stop)
    : waiting_(std::move(batches)), stop_(std::move(stop)) {}

std::optional<Scheduler::Task> Scheduler::pick() {
  for (const auto& batch : active_) {
    if (batch->loaded == batch->samples.size() && batch->next_cell < batch->cells.size())
      return Task{batch.get(), batch->cells[batch->next_cell++], false};
  }
  for (const auto& batch : active_)
    if (batch->next_load < batch->samples.size()) return Task{batch.get(), batch->next_load++, true};
  if (active_.size() < kActiveBatches && !waiting_.empty()) {
    active_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    return Task{active_.back().get(), active_.back()->next_load++, true};
  }
  return std::nullopt;
}

std::optional<Scheduler::Task> Scheduler::next() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (aborted_ || stop_()) return std::nullopt;
    if (auto task = pick()) return task;
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
