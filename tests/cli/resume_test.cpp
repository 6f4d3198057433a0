#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;

class ResumeTest : public testing::Test {
 protected:
  ResumeTest() {
    write(scratch / "small.yaml", kSmallSuite);
    std::filesystem::copy(clips(), scratch / "data", std::filesystem::copy_options::recursive);
  }

  std::vector<std::string> words(const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> all{"run",
                                 "--model",
                                 reference("plain.pt").string(),
                                 "--data",
                                 (scratch / "data").string(),
                                 "--suite",
                                 (scratch / "small.yaml").string(),
                                 "--batch-size",
                                 "4",
                                 "--out",
                                 (scratch / out).string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  std::size_t units_done(const std::string& out) const {
    const auto json = nlohmann::json::parse(read(scratch / (out + "/progress.json")), nullptr, false);
    return json.is_object() ? json.value("units_done", std::size_t{0}) : 0;
  }

  const std::vector<std::string> kFew{"--limit", "12"};
  Scratch scratch;
};

TEST_F(ResumeTest, AKilledRunGoesOnToTheSameBytes) {
  ASSERT_EQ(shakedown(words("whole")).code, 0);
  const auto whole = shakedown({"dump", (scratch / "whole").string()}).out;
  ASSERT_EQ(shakedown_killed(
                words("cut"), [this] { return units_done("cut") >= 5; }, SIGKILL),
            128 + SIGKILL);
  const auto report = shakedown({"dump", (scratch / "cut").string()});
  EXPECT_EQ(report.code, 4) << "an incomplete run must not pass for a whole one";
  ASSERT_EQ(shakedown(words("cut", {"--resume"})).code, 0);
  EXPECT_EQ(shakedown({"dump", (scratch / "cut").string()}).out, whole);
}

TEST_F(ResumeTest, AnInterruptedRunSaysHowToGoOn) {
  ASSERT_EQ(shakedown_killed(
                words("cut"), [this] { return units_done("cut") >= 3; }, SIGINT),
            4);
  const auto partial = shakedown({"report", (scratch / "cut").string(), "--partial"});
  EXPECT_EQ(partial.code, 4) << partial.error;
  EXPECT_TRUE(std::filesystem::exists(scratch / "cut/report.html"));
  EXPECT_EQ(shakedown(words("cut", {"--resume"})).code, 0);
}

TEST_F(ResumeTest, ChangedInputsAreRefused) {
  ASSERT_EQ(shakedown_killed(
                words("cut"), [this] { return units_done("cut") >= 1; }, SIGKILL),
            128 + SIGKILL);
  const auto other_seed = shakedown(words("cut", {"--resume", "--seed", "8"}));
  EXPECT_EQ(other_seed.code, 2);
  EXPECT_THAT(other_seed.error, HasSubstr("seed"));
  EXPECT_EQ(shakedown(words("cut")).code, 2) << "a second run into the folder needs --resume";
}

TEST_F(ResumeTest, ASecondRunIntoTheFolderIsRefusedAndDisturbsNothing) {
  ASSERT_EQ(shakedown(words("whole")).code, 0);
  Finished anew, resumed, dumped;
  ASSERT_EQ(shakedown_killed(
                words("cut"),
                [&] {
                  if (units_done("cut") < 3) return false;
                  dumped = shakedown({"dump", (scratch / "cut").string(), "--partial"});
                  resumed = shakedown(words("cut", {"--resume"}));
                  anew = shakedown(words("cut"));
                  return true;
                },
                SIGKILL),
            128 + SIGKILL)
      << "the first run ended before the others were tried";
  EXPECT_EQ(anew.code, 2);
  EXPECT_THAT(anew.error, HasSubstr("holds a run already"));
  for (const auto& second : {resumed, dumped}) {
    EXPECT_EQ(second.code, 4);
    EXPECT_THAT(second.error, HasSubstr("in use by another process"));
    EXPECT_EQ(second.error_lines(), 1U) << second.error;
    EXPECT_EQ(second.out, "");
  }
  ASSERT_EQ(shakedown(words("cut", {"--resume"})).code, 0);
  EXPECT_EQ(shakedown({"dump", (scratch / "cut").string()}).out, shakedown({"dump", (scratch / "whole").string()}).out);
}

/// Before run.db is there, while the first one still reads its inputs.
TEST_F(ResumeTest, ASecondRunIsRefusedFromTheStartOfTheFirst) {
  Finished second;
  (void)shakedown_killed(
      words("cut", kFew),
      [&] {
        if (!std::filesystem::exists(scratch / "cut/crash.log")) return false;
        second = shakedown(words("cut", kFew));
        return true;
      },
      SIGKILL);
  EXPECT_NE(second.code, 0);
  EXPECT_THAT(second.error, testing::AnyOf(HasSubstr("in use by another process"), HasSubstr("holds a run already")));
}

TEST_F(ResumeTest, AClockThatJumpsChangesNothing) {
  ASSERT_EQ(shakedown(words("whole", kFew)).code, 0);
  const std::map<std::string, std::string> preload{{"LD_PRELOAD", CLOCK_JUMPS}};
  ASSERT_EQ(shakedown_killed(
                words("cut", kFew), [this] { return units_done("cut") >= 3; }, SIGKILL),
            128 + SIGKILL);
  const auto finished = shakedown(words("cut", {"--resume", "--limit", "12"}), preload);
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_EQ(shakedown({"dump", (scratch / "cut").string()}, preload).out,
            shakedown({"dump", (scratch / "whole").string()}).out);
  const auto progress = nlohmann::json::parse(read(scratch / "cut/progress.json"));
  EXPECT_GE(progress.at("elapsed_s"), 0);
  EXPECT_LT(progress.at("elapsed_s"), 3600) << "a length was taken from the clock of the day";
}

TEST_F(ResumeTest, AClipThatKillsTheDecoderCostsOneResume) {
  std::filesystem::path victim;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch / "data"))
    if (entry.path().extension() == ".mp4" && (victim.empty() || entry.path() < victim)) victim = entry.path();
  const auto fatal = victim.parent_path() / "fatal.mp4";
  std::filesystem::rename(victim, fatal);
  auto table = read(scratch / "data/label.csv");
  const auto row = victim.parent_path().filename().string() + "," + victim.stem().string() + ",";
  const auto at = table.find(row);
  ASSERT_NE(at, std::string::npos);
  table.replace(at, row.size(), victim.parent_path().filename().string() + ",fatal,");
  write(scratch / "data/label.csv", table);

  const std::map<std::string, std::string> preload{{"LD_PRELOAD", FATAL_DECODER}};
  const auto died = shakedown(words("r", {"--max-failures", "5%"}), preload);
  EXPECT_EQ(died.code, 128 + SIGSEGV) << died.error;
  EXPECT_THAT(died.error, HasSubstr("--resume"));
  const auto again = shakedown(words("r", {"--max-failures", "5%", "--resume"}), preload);
  EXPECT_EQ(again.code, 0) << again.error;
  EXPECT_THAT(again.error, HasSubstr("died"));
  const auto json = nlohmann::json::parse(read(scratch / "r/results.json"));
  for (const auto& cell : json.at("cells")) EXPECT_EQ(cell.at("n_failed"), 1);
}

}  // namespace
}  // namespace shakedown::test
