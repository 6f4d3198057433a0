#include "crash_log.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown::runners {
namespace {

class CrashLogTest : public testing::Test {
 protected:
  CrashLogTest()
      : folder(std::filesystem::path(testing::TempDir()) /
               testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~CrashLogTest() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
};
using CrashLogDeathTest = CrashLogTest;

TEST_F(CrashLogDeathTest, AFatalSignalNamesTheSampleForTheNextAttempt) {
  EXPECT_EXIT(
      {
        const CrashLog log(folder);
        const CrashLog::Scope scope(37);
        raise(SIGSEGV);
      },
      testing::KilledBySignal(SIGSEGV), "--resume");
  const CrashLog next(folder);
  ASSERT_EQ(next.fatal().size(), 1U);
  EXPECT_EQ(next.fatal().begin()->first, 37U);
  EXPECT_THROW((void)next.enter(37), Error);
  EXPECT_NE(next.enter(38), nullptr);
}

TEST_F(CrashLogDeathTest, AKillOrASignalOutsideAnySampleBlamesNobody) {
  EXPECT_EXIT(
      {
        const CrashLog log(folder);
        const CrashLog::Scope scope(1);
        raise(SIGKILL);
      },
      testing::KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(
      {
        const CrashLog log(folder);
        { const CrashLog::Scope scope(2); }
        raise(SIGABRT);
      },
      testing::KilledBySignal(SIGABRT), "");
  EXPECT_TRUE(CrashLog(folder).fatal().empty());
}

TEST_F(CrashLogDeathTest, ADonorIsBlamedAndNotTheSampleThatAskedForIt) {
  EXPECT_EXIT(
      {
        const CrashLog log(folder);
        const auto asking = log.enter(1);
        { const auto other = log.enter(2); }
        const auto donor = log.enter(3);
        raise(SIGSEGV);
      },
      testing::KilledBySignal(SIGSEGV), "");
  EXPECT_EQ(CrashLog(folder).fatal().begin()->first, 3U);
}

TEST_F(CrashLogTest, AnAttemptWithoutACrashLeavesNoFile) {
  { const CrashLog log(folder); }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(CrashLogTest, AFolderThatCannotBeWrittenIsAnError) {
  EXPECT_THROW(CrashLog("/nonexistent/folder"), Error);
}

}  // namespace
}  // namespace shakedown::runners
