#include "crash_log.h"

#include <csignal>
#include <filesystem>
#include <memory>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "shakedown/core/error.h"

#ifdef __SANITIZE_ADDRESS__
// The address sanitizer would take the signals that these tests are about.
extern "C" __attribute__((visibility("default"), used)) const char* __asan_default_options() {
  return "handle_segv=0:handle_sigfpe=0:handle_abort=0";
}
#endif

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
  EXPECT_TRUE(next.fatal(37));
  EXPECT_FALSE(next.fatal(36));
  EXPECT_THROW((void)next.enter(37), Error);
  EXPECT_NE(next.enter(38), nullptr);
}

TEST_F(CrashLogTest, ASecondProcessIsKeptOutAndLeavesTheFileAlone) {
  int ready[2], go[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(go), 0);
  const pid_t first = fork();
  if (first == 0) {
    const auto log = std::make_unique<CrashLog>(folder);
    char byte = 0;
    const bool told = write(ready[1], &byte, 1) == 1 && read(go[0], &byte, 1) == 1;
    _exit(told ? 0 : 1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  try {
    const CrashLog second(folder);
    ADD_FAILURE() << "two runs in one folder";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIncomplete);
    EXPECT_NE(std::string(error.what()).find("in use by another process"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "crash.log"));
  ASSERT_EQ(write(go[1], &byte, 1), 1);
  int status = 0;
  EXPECT_EQ(waitpid(first, &status, 0), first);
  EXPECT_EQ(status, 0);
  for (const int descriptor : {ready[0], ready[1], go[0], go[1]}) close(descriptor);
  const CrashLog third(folder);  // the lock went with its process
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
  const CrashLog next(folder);
  EXPECT_FALSE(next.fatal(1));
  EXPECT_FALSE(next.fatal(2));
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
  const CrashLog next(folder);
  EXPECT_TRUE(next.fatal(3));
  EXPECT_FALSE(next.fatal(1));
}

TEST_F(CrashLogDeathTest, APerturbationThatDiesCostsTheSampleInItsOwnCellOnly) {
  const std::string cell(32, 'a'), other(32, 'b');
  EXPECT_EXIT(
      {
        const CrashLog log(folder);
        const CrashLog::Scope scope(5, cell);
        { const auto donor = log.enter(6); }
        raise(SIGFPE);
      },
      testing::KilledBySignal(SIGFPE), "");
  const CrashLog next(folder);
  EXPECT_TRUE(next.fatal(5, cell));
  EXPECT_FALSE(next.fatal(5, other));
  EXPECT_FALSE(next.fatal(5));
  EXPECT_FALSE(next.fatal(6));
  EXPECT_NE(next.enter(5), nullptr);
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
