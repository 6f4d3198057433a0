#include "shakedown/core/process.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

using ::testing::HasSubstr;

Command shell(const std::string& script) {
  return {{"/bin/sh", "-c", script}, "/", 20};
}

TEST(ProcessTest, WhatAProgramPrintsComesBack) {
  const auto ended = run_command(shell("echo one; echo two; echo three >&2"));
  EXPECT_TRUE(ended.well());
  EXPECT_EQ(ended.out, "one\ntwo\n");
  EXPECT_EQ(ended.error, "three\n");
}

TEST(ProcessTest, WordsArePassedAsTheyAre) {
  const std::string nasty = "a b;touch /tmp/never$(id)`id`'\"\n*";
  const auto ended = run_command({{"/usr/bin/printf", "%s", nasty}, "/", 20});
  EXPECT_EQ(ended.out, nasty);
}

TEST(ProcessTest, ItRunsInItsFolderWithNothingOnStandardInput) {
  EXPECT_EQ(run_command({{"/bin/pwd"}, "/usr", 20}).out, "/usr\n");
  EXPECT_EQ(run_command({{"/bin/cat"}, "/", 20}).out, "");
}

TEST(ProcessTest, NoOtherFileOfThisProcessIsPassedOn) {
  std::ofstream open_here("/dev/null");
  const auto ended = run_command(shell("ls /proc/self/fd | wc -l"));
  EXPECT_EQ(ended.out, "4\n") << "three, and the folder that ls reads";
}

TEST(ProcessTest, ExitCodesAndSignalsAreTold) {
  const auto failed = run_command(shell("echo first >&2; echo 'no model' >&2; exit 3"));
  EXPECT_FALSE(failed.well());
  EXPECT_EQ(failed.describe(shell("")), "ended with exit code 3: no model");
  EXPECT_EQ(run_command(shell("exit 4")).describe(shell("")), "ended with exit code 4 and said nothing");
  const auto killed = run_command(shell("kill -SEGV $$"));
  EXPECT_EQ(killed.how, Ended::How::kSignalled);
  EXPECT_THAT(killed.describe(shell("")), HasSubstr("was ended by signal 11"));
}

TEST(ProcessTest, AProgramThatHangsIsKilledWithItsChildren) {
  auto command = shell("sleep 300 & echo $!; sleep 300");
  command.timeout_s = 0.3;
  const auto start = std::chrono::steady_clock::now();
  const auto ended = run_command(command);
  EXPECT_EQ(ended.how, Ended::How::kTimedOut);
  EXPECT_EQ(ended.describe(command), "took longer than 0.3 s");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  const pid_t grandchild = std::stoi(ended.out);
  for (int i = 0; i < 500 && ::kill(grandchild, 0) == 0; ++i) {
    // Killed, but perhaps not yet buried by init.
    std::ifstream stat("/proc/" + std::to_string(grandchild) + "/stat");
    std::string all((std::istreambuf_iterator<char>(stat)), {});
    if (all.find(") Z") != std::string::npos) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_NE(::kill(grandchild, 0), 0);
}

TEST(ProcessTest, AChildThatKeepsThePipesOpenIsNotWaitedFor) {
  const auto start = std::chrono::steady_clock::now();
  const auto ended = run_command(shell("echo done; sleep 300 & exit 0"));
  EXPECT_TRUE(ended.well());
  EXPECT_EQ(ended.out, "done\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST(ProcessTest, AGigabyteIsNotKept) {
  auto command = shell("head -c 1073741824 /dev/zero");
  command.most_output = 100'000;
  const auto ended = run_command(command);
  EXPECT_EQ(ended.how, Ended::How::kTooMuchOutput);
  EXPECT_EQ(ended.out.size(), 100'000U);
  EXPECT_EQ(ended.describe(command), "printed more than 100000 bytes");
  auto chatty = shell("head -c 10000000 /dev/zero | tr '\\0' x >&2");
  EXPECT_LE(run_command(chatty).error.size(), 4096U);
}

TEST(ProcessTest, WhatCannotBeStartedIsNamed) {
  EXPECT_THROW((void)run_command({{"/usr/bin/no-such-program"}, "/", 20}), Error);
  try {
    (void)run_command({{"/usr/bin/no-such-program"}, "/", 20});
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "/usr/bin/no-such-program cannot be started: No such file or directory");
  }
  EXPECT_THROW((void)run_command({{"/bin/true"}, "/no/such/folder", 20}), Error);
}

TEST(ProcessTest, ManyThreadsRunPrograms) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(8, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string word = std::to_string(t) + "/" + std::to_string(i);
        wrong[t] += run_command({{"/bin/echo", word}, "/", 60}).out == word + "\n" ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST(ProcessTest, ProgramsAreFoundAsAShellFindsThem) {
  EXPECT_TRUE(find_program("sh", "/"));
  EXPECT_FALSE(find_program("no-such-program", "/"));
  EXPECT_FALSE(find_program("", "/"));
  EXPECT_EQ(find_program("./sh", "/bin"), std::filesystem::path("/bin/sh"));
  EXPECT_FALSE(find_program("./passwd", "/etc")) << "a file that cannot be run";
}

}  // namespace
}  // namespace shakedown
