#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class RunTest : public testing::Test {
 protected:
  RunTest() { write(scratch / "small.yaml", kSmallSuite); }

  std::vector<std::string> run_words(const std::string& out, const std::vector<std::string>& more = {}) const {
    return test::run_words(scratch / "small.yaml", scratch / out, more);
  }

  std::string dump(const std::string& run) const {
    const auto finished = shakedown({"dump", (scratch / run).string()});
    EXPECT_EQ(finished.code, 0) << finished.error;
    return finished.out;
  }

  Scratch scratch;
};

TEST_F(RunTest, LeavesAReportJsonAndEveryPrediction) {
  const auto finished = shakedown(run_words("r"));
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(finished.out, HasSubstr("report: "));
  const auto json = nlohmann::json::parse(read(scratch / "r/results.json"));
  EXPECT_EQ(json.at("schema"), "shakedown.results/1");
  EXPECT_EQ(json.at("cells").size(), 5U);
  for (const auto& cell : json.at("cells")) EXPECT_EQ(cell.at("n_failed"), 0) << cell.at("id");
  EXPECT_THAT(read(scratch / "r/report.html"), HasSubstr("Content-Security-Policy"));
  EXPECT_THAT(dump("r"), HasSubstr("clean#0,"));
  double stages = 0;
  for (const char* stage : {"decode_s", "perturb_s", "digest_s", "prepare_s", "forward_s", "measure_s", "store_s"}) {
    EXPECT_GT(json.at("timing").at(stage).get<double>(), 0) << stage;
    if (stage != std::string("decode_s"))
      stages += json.at("timing").at(stage).get<double>();  // begins before the clock
  }
  const auto workers = std::stod(json.at("settings").at("jobs").get<std::string>());
  EXPECT_LE(stages, workers * json.at("timing").at("wall_s").get<double>());
}

TEST_F(RunTest, TheNumberOfWorkersChangesNoByte) {
  ASSERT_EQ(shakedown(run_words("one", {"--jobs", "1", "--batch-size", "8"})).code, 0);
  ASSERT_EQ(shakedown(run_words("two", {"--jobs", "2", "--batch-size", "8"})).code, 0);
  ASSERT_EQ(shakedown(run_words("five", {"--jobs", "5", "--batch-size", "8"})).code, 0);
  EXPECT_EQ(dump("one"), dump("two"));
  EXPECT_EQ(dump("one"), dump("five"));
}

TEST_F(RunTest, ShardsTogetherHoldTheRowsOfTheWhole) {
  ASSERT_EQ(shakedown(run_words("whole", {"--batch-size", "8"})).code, 0);
  std::multiset<std::string> whole, parts;
  const auto add_lines = [](const std::string& text, std::multiset<std::string>& lines) {
    std::istringstream stream(text);
    std::string line;
    std::getline(stream, line);
    while (std::getline(stream, line)) lines.insert(line);
  };
  add_lines(dump("whole"), whole);
  for (const char* shard : {"0/2", "1/2"}) {
    const std::string out = std::string("s") + shard[0];
    ASSERT_EQ(shakedown(run_words(out, {"--batch-size", "8", "--shard", shard})).code, 0);
    add_lines(dump(out), parts);
  }
  EXPECT_EQ(whole, parts);
}

TEST_F(RunTest, LimitChangesNoRowThatItKeeps) {
  ASSERT_EQ(shakedown(run_words("whole", {"--batch-size", "8"})).code, 0);
  ASSERT_EQ(shakedown(run_words("few", {"--batch-size", "8", "--limit", "16"})).code, 0);
  const auto whole = dump("whole"), few = dump("few");
  std::istringstream stream(few);
  for (std::string line; std::getline(stream, line);) EXPECT_THAT(whole, HasSubstr(line + "\n"));
}

TEST_F(RunTest, TwoModelsShareTheCorruptedInputs) {
  ASSERT_EQ(shakedown(run_words("r", {"--model", reference("robust.pt").string()})).code, 0);
  const auto plain = shakedown({"dump", (scratch / "r/plain").string()}),
             robust = shakedown({"dump", (scratch / "r/robust").string()});
  EXPECT_EQ(plain.code, 0);
  EXPECT_NE(plain.out, robust.out);
  const auto compared = shakedown({"compare", (scratch / "r/plain").string(), (scratch / "r/robust").string()});
  EXPECT_EQ(compared.code, 0) << compared.error;
  ASSERT_EQ(shakedown(run_words("alone")).code, 0);
  EXPECT_EQ(plain.out, dump("alone"));
}

TEST_F(RunTest, OneUnreadableClipIsALineAndACount) {
  std::filesystem::copy(clips(), scratch / "data", std::filesystem::copy_options::recursive);
  auto words = run_words("r");
  words[4] = (scratch / "data").string();
  std::filesystem::path victim;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch / "data"))
    if (entry.path().extension() == ".mp4" && (victim.empty() || entry.path() > victim)) victim = entry.path();
  std::filesystem::remove(victim);
  const auto strict = shakedown(words);
  EXPECT_EQ(strict.code, 4) << strict.error;
  EXPECT_THAT(strict.error, HasSubstr(victim.filename().string()));
  EXPECT_THAT(strict.error, HasSubstr("--max-failures"));
  words.insert(words.end(), {"--resume", "--max-failures", "5%"});
  const auto lenient = shakedown(words);
  EXPECT_EQ(lenient.code, 0) << lenient.error;
  const auto json = nlohmann::json::parse(read(scratch / "r/results.json"));
  for (const auto& cell : json.at("cells")) EXPECT_EQ(cell.at("n_failed"), 1);
}

TEST_F(RunTest, WordDropReachesTheModelThroughItsVocabulary) {
  ASSERT_EQ(shakedown(run_words("r", {"--only", "text.*"})).code, 0);
  const auto json = nlohmann::json::parse(read(scratch / "r/results.json"));
  EXPECT_GT(json.at("cells").at(1).at("flips").at("mean_shift").at("value").get<double>(), 0.01);
}

TEST_F(RunTest, ABudgetThatCannotHoldIsRefusedBeforeAnyWork) {
  const auto refused = shakedown(run_words("r", {"--budget", "0.001s", "--batch-size", "8"}));
  EXPECT_EQ(refused.code, 2) << refused.error;
  EXPECT_THAT(refused.error, HasSubstr("--budget"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "r"));
}

TEST_F(RunTest, FitAppliesTheFirstLineThatFitsAndRecordsItAsIfTyped) {
  // How much fits depends on the machine; what is left must be the same rows as when it is asked for by name.
  const auto fitted = shakedown(run_words("fitted", {"--budget", "1s", "--fit", "--batch-size", "8"}));
  if (fitted.code == 2) {
    EXPECT_THAT(fitted.error, HasSubstr("not even one batch fits"));
    return;
  }
  ASSERT_EQ(fitted.code, 0) << fitted.error;
  const auto settings = nlohmann::json::parse(read(scratch / "fitted/results.json")).at("settings");
  auto words = run_words("named", {"--batch-size", "8", "--limit", settings.at("limit").get<std::string>()});
  std::istringstream globs(settings.at("only").get<std::string>());
  for (std::string glob; globs >> glob;) words.insert(words.end(), {"--only", glob});
  ASSERT_EQ(shakedown(words).code, 0);
  EXPECT_EQ(dump("fitted"), dump("named"));
}

TEST_F(RunTest, AMistypedGlobAmongSeveralIsRefused) {
  const auto refused = shakedown(run_words("r", {"--only", "text.*", "--only", "audoi.*"}));
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.error, HasSubstr("--only audoi.*"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "r"));
}

TEST_F(RunTest, WhatInspectPrintsIsAManifest) {
  const auto inspected = shakedown({"inspect", reference("plain.pt").string()});
  ASSERT_EQ(inspected.code, 0) << inspected.error;
  std::filesystem::copy(reference("plain.pt"), scratch / "plain.pt");
  write(scratch / "model.yaml", inspected.out);
  auto words = run_words("r", {"--limit", "4"});
  words[2] = (scratch / "model.yaml").string();
  const auto finished = shakedown(words);
  EXPECT_EQ(finished.code, 0) << finished.error;
}

TEST_F(RunTest, APluginAddsPerturbationsAndAnotherAbiIsRefused) {
  const auto listed = shakedown({"list", "perturbations", "--plugin", PLUGIN});
  EXPECT_EQ(listed.code, 0) << listed.error;
  EXPECT_NE(listed.out, shakedown({"list", "perturbations"}).out);
  const auto refused = shakedown({"list", "perturbations", "--plugin", OTHER_ABI_PLUGIN});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.error, HasSubstr("ABI"));
}

TEST_F(RunTest, AnEarlyListNeverLoadsLibTorch) {
  const auto finished = shakedown({"list", "perturbations"}, {{"LD_DEBUG", "libs"}});
  EXPECT_EQ(finished.code, 0);
  EXPECT_THAT(finished.error, Not(HasSubstr("libtorch")));
}

TEST_F(RunTest, CheckRunsNothingAndNamesEveryCell) {
  auto words = run_words("r");
  words[0] = "check";
  words.resize(words.size() - 2);
  const auto finished = shakedown(words);
  EXPECT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(finished.out, HasSubstr("audio.background_noise[noise=babble]@snr_db=0#0"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "r"));
}

}  // namespace
}  // namespace shakedown::test
