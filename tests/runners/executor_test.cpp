#include "shakedown/runners/executor.h"

#include <atomic>
#include <latch>
#include <stdexcept>

#include <gtest/gtest.h>

namespace shakedown::runners {
namespace {

class ExecutorTest : public testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<Executor> executor = GetParam() ? make_executor() : make_thread_executor();
};

TEST_P(ExecutorTest, AllWorkersRunSideBySide) {
  // Each worker waits for all the others: fewer threads than workers would hang here.
  std::latch together(5);
  std::atomic<int> ran = 0;
  executor->run(5, [&](std::size_t) {
    together.arrive_and_wait();
    ++ran;
  });
  EXPECT_EQ(ran, 5);
}

TEST_P(ExecutorTest, AnExceptionReachesTheCallerAfterAllHaveFinished) {
  std::atomic<int> finished = 0;
  EXPECT_THROW(executor->run(3,
                             [&](std::size_t worker) {
                               if (worker == 1) throw std::runtime_error("x");
                               ++finished;
                             }),
               std::runtime_error);
  EXPECT_EQ(finished, 2);
}

INSTANTIATE_TEST_SUITE_P(Both, ExecutorTest, testing::Bool());

}  // namespace
}  // namespace shakedown::runners
