#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_run.h"
#include "shakedown/core/error.h"
#include "shakedown/metrics/compare.h"

namespace shakedown::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RunMaker;

RunMaker run_with_noise(double factor = 2) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(factor));
  return maker;
}

using Change = std::function<void(RunData&)>;

std::string refusal(const Change& change, ErrorKind kind = ErrorKind::kUsage, bool common = false) {
  RunMaker baseline = run_with_noise(), candidate = run_with_noise();
  change(candidate.run());
  try {
    static_cast<void>(compare(baseline.run(), candidate.run(), common));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "accepted";
}

TEST(PairingTest, RunAgainstItselfDiffersByNothing) {
  RunMaker run = run_with_noise();
  const Comparison comparison = compare(run.run(), run.run(), false);
  ASSERT_GE(comparison.rules.size(), 2U);
  for (const RuleResult& rule : comparison.rules) {
    EXPECT_EQ(rule.difference, 0.0) << rule.name;
    EXPECT_EQ(rule.verdict, Verdict::kPass) << rule.name;
    EXPECT_EQ(rule.note, "no difference");
  }
  EXPECT_FALSE(comparison.verdict);
}

TEST(PairingTest, DifferenceIsPositiveWhereTheCandidateIsBetter) {
  RunMaker worse = run_with_noise(2), better = run_with_noise(1);
  const Comparison comparison = compare(worse.run(), better.run(), false);
  const RuleResult& rule = comparison.rules.at(1);
  EXPECT_EQ(rule.name, "audio.a@severity=1#0");
  EXPECT_EQ(rule.metric, "mae");
  EXPECT_GT(*rule.difference, 0);
  EXPECT_NEAR(*rule.difference, *rule.baseline - *rule.candidate, 1e-12);
  EXPECT_LT(*rule.low, *rule.difference);
  EXPECT_EQ(rule.note, "detectably better");
  EXPECT_EQ(rule.n, 60U);
  EXPECT_EQ(rule.groups, 10U);
}

TEST(PairingTest, RunsOnOtherInputsAreRefusedByName) {
  EXPECT_THAT(refusal([](RunData& run) { run.header.inputs[0].sha256 = "d2"; }), HasSubstr("data"));
  EXPECT_THAT(refusal([](RunData& run) { run.header.inputs[1].sha256 = "s2"; }), HasSubstr("suite"));
  EXPECT_THAT(refusal([](RunData& run) {
                run.header.inputs.push_back({"text.sentiment_replace.wordnet", "auto", "w2"});
              }),
              HasSubstr("text.sentiment_replace.wordnet: the contents differ"));
  EXPECT_THAT(refusal([](RunData& run) {
                run.header.inputs.push_back({"text.asr_error.pinyin", "a", "b"});
              }),
              HasSubstr("text.asr_error.pinyin: the contents differ"));
  EXPECT_THAT(refusal([](RunData& run) { run.header.seed = 1; }), HasSubstr("seed: 1111 in the baseline, 1"));
  EXPECT_THAT(refusal([](RunData& run) { run.header.split = "valid"; }), HasSubstr("split"));
  EXPECT_THAT(refusal([](RunData& run) { run.header.settings["limit"] = "50"; }), HasSubstr("limit"));
  EXPECT_THAT(refusal([](RunData& run) { run.header.task.convention = "sims"; }), HasSubstr("conventions"));
  EXPECT_THAT(refusal([](RunData& run) {
                run.cells[1].parts[0].version = 2;
                run.cells[1].definition = "other";
              }),
              HasSubstr("audio.a is version 1 in the baseline and 2 in the candidate"));
  EXPECT_THAT(refusal([](RunData& run) { run.samples[0].labels["regression"].value += 1; }), HasSubstr("label"));
  EXPECT_THAT(refusal([](RunData& run) { run.outcomes[1][4].decisions = {7, 7}; }), HasSubstr("decided differently"));
  EXPECT_THAT(refusal([](RunData& run) { run.outcomes[1].clear(); }, ErrorKind::kIncomplete), HasSubstr("--resume"));
}

TEST(PairingTest, CommonComparesWhatBothHave) {
  RunMaker baseline = run_with_noise(), candidate = run_with_noise();
  baseline.add("audio.b", Modality::kAudio, 1, baseline.shifted(0));
  candidate.add("audio.c", Modality::kAudio, 1, candidate.shifted(0));
  candidate.run().header.seed = 1;
  candidate.run().outcomes[1][4].decisions = {7, 7};
  const Comparison comparison = compare(baseline.run(), candidate.run(), true);
  EXPECT_THAT(comparison.missing_in_candidate, ElementsAre("audio.b@severity=1#0"));
  EXPECT_THAT(comparison.missing_in_baseline, ElementsAre("audio.c@severity=1#0"));
  EXPECT_EQ(comparison.rules.at(1).n, 59U);
  EXPECT_THAT(comparison.notes, ::testing::Contains(HasSubstr("seed")));
}

TEST(PairingTest, SamplesArePairedById) {
  RunMaker baseline = run_with_noise(), candidate = run_with_noise();
  RunData& run = candidate.run();
  std::rotate(run.samples.begin(), run.samples.begin() + 7, run.samples.end());
  for (auto& outcomes : run.outcomes) std::rotate(outcomes.begin(), outcomes.begin() + 7, outcomes.end());
  for (const RuleResult& rule : compare(baseline.run(), run, false).rules) EXPECT_EQ(rule.difference, 0.0);
}

TEST(PairingTest, OtherBytesAreAnErrorOnEqualMachinesAndCountedOnOthers) {
  const auto change = [](RunData& run) { run.outcomes[1][4].media = {7, 7}; };
  EXPECT_THAT(refusal(change), HasSubstr("although CPU type and library versions are equal"));
  RunMaker baseline = run_with_noise(), candidate = run_with_noise();
  change(candidate.run());
  candidate.run().header.environment["opencv"] = "4.10";
  candidate.run().header.environment["revision"] = "abc";
  const Comparison comparison = compare(baseline.run(), candidate.run(), false);
  EXPECT_EQ(comparison.inputs_equal_to_rounding, 1U);
  EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("1 of 120; changed: opencv 4.6 -> 4.10")));
}

TEST(PairingTest, FailedSamplesAreLeftOutAndCounted) {
  RunMaker baseline = run_with_noise(), candidate = run_with_noise();
  Outcome failed;
  failed.state = State::kFailed;
  candidate.outcomes(1)[0] = failed;
  const Comparison comparison = compare(baseline.run(), candidate.run(), false);
  EXPECT_EQ(comparison.rules.at(1).n, 59U);
  EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("1 prediction left out")));
}

}  // namespace
}  // namespace shakedown::metrics
