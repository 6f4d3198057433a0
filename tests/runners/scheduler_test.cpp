#include "scheduler.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace shakedown::runners {
namespace {

std::deque<std::unique_ptr<Batch>> batches(std::size_t count, std::size_t samples, std::size_t cells) {
  std::deque<std::unique_ptr<Batch>> made;
  for (std::size_t b = 0; b < count; ++b) {
    auto batch = std::make_unique<Batch>();
    batch->index = b;
    batch->samples.resize(samples);
    for (std::size_t c = 0; c < cells; ++c) batch->cells.push_back(c);
    made.push_back(std::move(batch));
  }
  return made;
}

const auto kNever = [] { return false; };

TEST(SchedulerTest, EverySampleIsLoadedOnceAndEveryCellRunOnceAfterIt) {
  Scheduler scheduler(batches(7, 3, 5), kNever);
  std::mutex mutex;
  std::map<std::size_t, std::set<std::size_t>> loaded, run;
  std::set<std::size_t> alive;
  std::size_t most_alive = 0, early = 0;
  const auto work = [&](std::size_t worker) {
    while (const auto task = scheduler.next(worker)) {
      {
        const std::scoped_lock lock(mutex);
        const auto b = task->batch->index;
        alive.insert(b);
        most_alive = std::max(most_alive, alive.size());
        EXPECT_TRUE((task->load ? loaded : run)[b].insert(task->number).second);
        if (!task->load && loaded[b].size() != 3) ++early;
        if (run[b].size() == 5) alive.erase(b);
      }
      std::this_thread::yield();
      scheduler.finish(*task);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(loaded.size(), 7U);
  EXPECT_EQ(run.size(), 7U);
  for (const auto& [batch, cells] : run) EXPECT_EQ(cells.size(), 5U) << batch;
  EXPECT_EQ(early, 0U) << "a cell ran before its batch was loaded";
  EXPECT_LE(most_alive, 3U) << "two batches in memory, and one whose last cell is being handed in";
}

TEST(SchedulerTest, TwoWorkersHaveABatchEachAndHelpAtTheEnd) {
  Scheduler scheduler(batches(3, 1, 2), kNever);
  const auto take = [&](std::size_t worker) {
    const auto task = scheduler.next(worker);
    EXPECT_TRUE(task);
    if (!task) return std::pair(std::size_t{99}, false);
    const std::pair taken(task->batch->index, task->load);
    scheduler.finish(*task);  // which may take the batch away
    return taken;
  };
  EXPECT_EQ(take(0), std::pair(std::size_t{0}, true));
  EXPECT_EQ(take(1), std::pair(std::size_t{1}, true));
  EXPECT_EQ(take(0), std::pair(std::size_t{0}, false));
  EXPECT_EQ(take(1), std::pair(std::size_t{1}, false));
  const auto last = scheduler.next(1);  // keeps batch 1 in memory
  EXPECT_EQ(take(0), std::pair(std::size_t{0}, false));
  EXPECT_EQ(take(0), std::pair(std::size_t{2}, true));
  scheduler.finish(*last);
  EXPECT_EQ(take(1), std::pair(std::size_t{2}, false)) << "it helps";
  EXPECT_EQ(take(0), std::pair(std::size_t{2}, false));
  EXPECT_FALSE(scheduler.next(0));
}

TEST(SchedulerTest, StopsHandingOutWhenAsked) {
  std::atomic<bool> stop = false;
  Scheduler scheduler(batches(1, 1, 4), [&] { return stop.load(); });
  auto task = scheduler.next(0);
  ASSERT_TRUE(task && task->load);
  scheduler.finish(*task);
  stop = true;
  EXPECT_FALSE(scheduler.next(0));
}

TEST(SchedulerTest, AbortWakesWorkersThatWait) {
  Scheduler scheduler(batches(1, 1, 1), kNever);
  const auto task = scheduler.next(0);  // the only sample: everybody else has to wait for it
  std::thread waiting([&] { EXPECT_FALSE(scheduler.next(1)); });
  scheduler.abort();
  waiting.join();
  EXPECT_TRUE(task);
}

TEST(SchedulerTest, NothingToDoIsTheEnd) {
  Scheduler scheduler({}, kNever);
  EXPECT_FALSE(scheduler.next(0));
}

}  // namespace
}  // namespace shakedown::runners
