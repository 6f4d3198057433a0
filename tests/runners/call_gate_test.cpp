#include "call_gate.h"

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace shakedown::runners {
namespace {

/// A model whose calls need one unit of memory each, of `memory` that there are.
struct Memory {
  int memory;
  std::atomic<int> used = 0, most = 0, calls = 0, refused = 0;
  int call() {
    ++calls;
    const int now = ++used;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    --used;
    if (now <= memory) return 1;
    ++refused;
    throw models::OutOfMemory("no memory");
  }
};

TEST(CallGateTest, CallsGoSideBySideWhileThereIsMemory) {
  CallGate gate([] { FAIL() << "narrowed"; });
  std::latch together(3);  // hangs where calls are kept apart
  std::vector<std::jthread> workers;
  for (int i = 0; i < 3; ++i) {
    workers.emplace_back([&] {
      EXPECT_EQ(gate.pass([&] {
        together.arrive_and_wait();
        return 7;
      }),
                7);
    });
  }
  workers.clear();
  EXPECT_FALSE(gate.narrow());
}

TEST(CallGateTest, ACallThatGetsNoMemoryIsMadeAgainAloneAndSoAreAllAfterIt) {
  int told = 0;
  CallGate gate([&] { ++told; });
  Memory model{1};
  std::atomic<int> answers = 0;
  {
    std::latch together(4);
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&] {
        bool first = true;
        for (int n = 0; n < 50; ++n) {
          answers += gate.pass([&] {
            if (std::exchange(first, false)) together.arrive_and_wait();  // all four want memory at once
            return model.call();
          });
        }
      });
    }
  }
  EXPECT_EQ(answers, 200) << "every call has its answer";
  EXPECT_TRUE(gate.narrow());
  EXPECT_EQ(told, 1);
  EXPECT_GE(model.refused, 1);
  EXPECT_LE(model.refused, 4) << "only calls that had begun when the first was refused";
  EXPECT_EQ(model.calls, 200 + model.refused);
  const int before = model.most;
  model.most = 0;
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i)
      workers.emplace_back([&] {
        for (int n = 0; n < 20; ++n) (void)gate.pass([&] { return model.call(); });
      });
  }
  EXPECT_GT(before, 1);
  EXPECT_EQ(model.most, 1);
}

TEST(CallGateTest, ACallThatGetsNoMemoryAloneFails) {
  CallGate gate({});
  Memory model{0};
  EXPECT_THROW((void)gate.pass([&] { return model.call(); }), models::OutOfMemory);
  EXPECT_EQ(model.calls, 2);
  EXPECT_THROW((void)gate.pass([&] { return model.call(); }), models::OutOfMemory);
  EXPECT_EQ(model.calls, 3) << "not tried side by side any more";
}

TEST(CallGateTest, OtherErrorsPassOnce) {
  CallGate gate({});
  int calls = 0;
  EXPECT_THROW(gate.pass([&]() -> int {
    ++calls;
    throw Error(ErrorKind::kModel, "other");
  }),
               Error);
  EXPECT_EQ(calls, 1);
  EXPECT_FALSE(gate.narrow());
}

}  // namespace
}  // namespace shakedown::runners
