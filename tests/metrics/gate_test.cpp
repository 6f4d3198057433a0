#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_run.h"
#include "shakedown/core/error.h"
#include "shakedown/metrics/compare.h"

namespace shakedown::metrics {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::RunMaker;

Rule rule(const std::string& name, const std::string& cells, double margin, bool guard = false) {
  Rule result;
  result.name = name;
  result.cells = cells;
  result.margin = margin;
  result.guard = guard;
  result.where = "policy.yaml:4";
  return result;
}

Rule mean_rule(const std::string& aggregate, double margin) {
  Rule result = rule(aggregate, "*", margin);
  result.aggregate = aggregate;
  return result;
}

Policy policy(std::vector<Rule> rules) {
  Policy result;
  result.rules = std::move(rules);
  return result;
}

/// Three audio cells and a video cell; the candidate's error in audio.b is `factor` times the baseline's.
RunMaker run_of(double factor = 2, std::size_t groups = 12) {
  RunMaker maker(groups);
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(2));
  maker.add("audio.b", Modality::kAudio, 1, maker.scaled_error(factor));
  maker.add("audio.c", Modality::kAudio, 1, maker.scaled_error(2));
  maker.add("video.d", Modality::kVideo, 1, maker.scaled_error(2));
  return maker;
}

Comparison decide(RunMaker& baseline, RunMaker& candidate, std::vector<Rule> rules) {
  return gate(baseline.run(), candidate.run(), policy(std::move(rules)));
}

std::string refusal(RunMaker& baseline, RunMaker& candidate, std::vector<Rule> rules) {
  try {
    static_cast<void>(decide(baseline, candidate, std::move(rules)));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << error.what();
    return error.what();
  }
  return "accepted";
}

TEST(GateTest, CheckpointAgainstItselfPassesWithNoDifference) {
  RunMaker run = run_of();
  const Comparison result = decide(run, run, {mean_rule("stress_mean", 0.001), rule("each", "*", 0.001, true)});
  EXPECT_EQ(result.verdict, Verdict::kPass);
  for (const RuleResult& one : result.rules) {
    EXPECT_EQ(one.difference, 0.0);
    EXPECT_EQ(one.verdict, Verdict::kPass);
  }
  EXPECT_THAT(result.verdict_text, HasSubstr("Pass"));
}

TEST(GateTest, LossBeyondTheMarginFailsAndNamesTheCell) {
  RunMaker baseline = run_of(), candidate = run_of(6);
  const Comparison result =
      decide(baseline, candidate, {rule("each", "*", 0.1, true), mean_rule("stress_mean[video]", 0.1)});
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.rules[0].verdict, Verdict::kFail);
  EXPECT_THAT(result.rules[0].note, HasSubstr("audio.b@severity=1#0"));
  EXPECT_LT(*result.rules[0].p_value, 0.05);
  EXPECT_LT(*result.rules[0].high, -0.1);
  EXPECT_EQ(result.rules[1].verdict, Verdict::kPass);
  EXPECT_THAT(result.verdict_text, HasSubstr("Fail: 1 of 2 rules broken (each)"));
}

TEST(GateTest, DetectableLossWithinTheMarginPassesAndSaysSo) {
  RunMaker baseline = run_of(2), candidate = run_of(2.2);
  const Comparison result = decide(baseline, candidate, {rule("b", "audio.b*", 0.3)});
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_EQ(result.rules[0].note, "detectably worse, within the margin");
  const Comparison better = decide(candidate, baseline, {rule("b", "audio.b*", 0.3)});
  EXPECT_EQ(better.rules[0].note, "detectably better");
}

TEST(GateTest, IntervalAcrossTheMarginIsInconclusive) {
  RunMaker baseline = run_of(2), candidate = run_of(3);
  const Comparison exact = decide(baseline, candidate, {rule("b", "audio.b*", 0.02)});
  const Comparison result = decide(baseline, candidate, {rule("b", "audio.b*", -*exact.rules[0].difference)});
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  EXPECT_THAT(result.rules[0].note, HasSubstr("detectably worse, perhaps"));
}

TEST(GateTest, BoundsAreTheVerdict) {
  RunMaker baseline = run_of(2), candidate = run_of(3);
  const RuleResult at = decide(baseline, candidate, {rule("b", "audio.b*", 0.02)}).rules[0];
  const auto verdict = [&](double margin) {
    return decide(baseline, candidate, {rule("b", "audio.b*", margin)}).verdict;
  };
  EXPECT_EQ(verdict(-*at.low + 1e-9), Verdict::kPass);
  EXPECT_EQ(verdict(-*at.low - 1e-9), Verdict::kInconclusive);
  EXPECT_EQ(verdict(-*at.high + 1e-9), Verdict::kInconclusive);
  EXPECT_EQ(verdict(-*at.high - 1e-9), Verdict::kFail);
}

TEST(GateTest, AbsoluteLimitsAreJudgedOnTheCandidateAlone) {
  RunMaker run = run_of();
  const double value = *decide(run, run, {rule("a", "audio.a*", 0.1)}).rules[0].candidate;
  Rule above = rule("a", "audio.a*", 0), below = above;
  above.limit = value * 1.5;
  below.limit = value * 0.5;
  EXPECT_EQ(decide(run, run, {above}).verdict, Verdict::kPass);
  EXPECT_EQ(decide(run, run, {below}).verdict, Verdict::kFail);
}

TEST(GateTest, FourGroupsAreTooFewToDecide) {
  RunMaker baseline = run_of(2, 4), candidate = run_of(20, 4);
  const Comparison result = decide(baseline, candidate, {rule("each", "*", 0.02, true)});
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  EXPECT_THAT(result.rules[0].note, HasSubstr("too few groups"));
}

TEST(GateTest, WhatTheCandidateLacksFails) {
  RunMaker baseline = run_of(), candidate = run_of(), fewer = run_of(), broken = run_of();
  const std::vector<Rule> rules{rule("a", "audio.a*", 0.1)};
  candidate.run().cells.pop_back();
  candidate.run().outcomes.pop_back();
  const Comparison cell = decide(baseline, candidate, rules);
  EXPECT_EQ(cell.verdict, Verdict::kFail);
  EXPECT_THAT(cell.rules[0].note, HasSubstr("video.d@severity=1#0"));

  fewer.run().samples.pop_back();
  for (auto& outcomes : fewer.run().outcomes) outcomes.pop_back();
  const Comparison sample = decide(baseline, fewer, rules);
  EXPECT_EQ(sample.verdict, Verdict::kFail);
  EXPECT_THAT(sample.rules[0].note, HasSubstr("1 sample missing"));

  Outcome failed;
  failed.state = State::kFailed;
  broken.outcomes(2)[5] = failed;
  EXPECT_EQ(decide(baseline, broken, rules).verdict, Verdict::kFail);
  EXPECT_EQ(decide(broken, broken, rules).verdict, Verdict::kPass);  // failed in both: left out and counted
  EXPECT_THAT(decide(broken, broken, rules).notes, Contains(HasSubstr("failed in both")));
}

TEST(GateTest, WaivedCellsAreShownAndNotCounted) {
  RunMaker baseline = run_of(), candidate = run_of(6);
  Policy waived = policy({rule("each", "*", 0.1, true)});
  waived.waivers = {{"audio.b*", "known", "2099-01-01", "policy.yaml:9"}};
  const Comparison result = gate(baseline.run(), candidate.run(), waived);
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_THAT(result.rules[0].note, HasSubstr("waived: audio.b"));
  EXPECT_THAT(result.notes, Contains(HasSubstr("2099-01-01")));
}

TEST(GateTest, WeakCellsSatisfyNothing) {
  RunMaker baseline = run_of(), candidate = run_of();
  EXPECT_THAT(decide(baseline, candidate, {mean_rule("stress_mean", 0.1)}).notes,
              ::testing::Not(Contains(HasSubstr("scope_changed"))));
  for (std::size_t sample = 0; sample < 10; ++sample) candidate.outcomes(2)[sample].state = State::kSkipped;
  const Comparison result = decide(baseline, candidate, {rule("b", "audio.b*", 0.1)});
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  EXPECT_THAT(result.rules[0].note, HasSubstr("weak"));
  EXPECT_THAT(decide(baseline, candidate, {mean_rule("stress_mean", 0.1)}).notes, Contains(HasSubstr("scope_changed")));
  EXPECT_THAT(compare(baseline.run(), candidate.run(), false).notes, Contains(HasSubstr("scope_changed: weak")));
}

TEST(GateTest, RulesThatSelectNothingOrWhatNoLabelJudgesAreRefused) {
  RunMaker run = run_of();
  run.keep_only("text", run.shifted(0.1));
  EXPECT_THAT(refusal(run, run, {rule("x", "text.*", 0.1)}), HasSubstr("policy.yaml:4: rule 'x' selects no cell"));
  EXPECT_THAT(refusal(run, run, {mean_rule("stress_mean[text]", 0.1)}), HasSubstr("selects no cell"));
  EXPECT_THAT(refusal(run, run, {rule("x", "missing.*", 0.1)}),
              HasSubstr("missing.modality[keep=text]#0, a diagnostic"));
  Rule unknown = rule("x", "*", 0.1);
  unknown.metric = "acc_7";
  EXPECT_THAT(refusal(run, run, {unknown}), HasSubstr("did you mean 'acc7'"));
  EXPECT_EQ(decide(run, run, {rule("all", "*", 0.1, true)}).verdict, Verdict::kPass);  // "*" leaves them out
}

TEST(GateTest, RunsMadeWithALimitAreRefused) {
  RunMaker run = run_of();
  run.run().header.settings["limit"] = "50";
  EXPECT_THAT(refusal(run, run, {rule("all", "*", 0.1)}), HasSubstr("--limit 50"));
}

TEST(GateTest, RoundingOfAnotherCpuDoesNotCount) {
  RunMaker baseline = run_of(), candidate = run_of();
  for (Outcome& outcome : candidate.outcomes(1)) outcome.outputs[0] += 5e-5;
  const Comparison result = decide(baseline, candidate, {rule("a", "audio.a*", 0.1)});
  EXPECT_EQ(result.rules[0].difference, 0.0);
  EXPECT_THAT(result.notes, Contains(HasSubstr("72 predictions differ by less than 0.0001")));
}

TEST(GateTest, MetricThatOnlyTheCandidateLacksFails) {
  RunMaker baseline = run_of(), candidate = run_of();
  for (Outcome& outcome : candidate.outcomes(1)) outcome.outputs[0] = 0.5;
  Rule corr = rule("a", "audio.a*", 0.1);
  corr.metric = "corr";
  const Comparison result = decide(baseline, candidate, {corr});
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_THAT(result.rules[0].note, HasSubstr("constant predictions"));
}

TEST(GateTest, WarnRulesAreShownButDoNotDecide) {
  RunMaker baseline = run_of(), candidate = run_of(6);
  Rule warn = rule("b", "audio.b*", 0.1);
  warn.error = false;
  const Comparison result = decide(baseline, candidate, {warn, rule("a", "audio.a*", 0.1)});
  EXPECT_EQ(result.rules[0].verdict, Verdict::kFail);
  EXPECT_EQ(result.verdict, Verdict::kPass);
}

TEST(GateTest, WorstCellIsSoughtOnEachSide) {
  RunMaker baseline = run_of(3), candidate = run_of(2);
  candidate.outcomes(4) = run_of(3).outcomes(2);  // now video.d is as bad as audio.b was
  candidate.outcomes(4).resize(baseline.samples());
  const RuleResult worst = decide(baseline, candidate, {mean_rule("worst", 0.1)}).rules[0];
  EXPECT_NEAR(*worst.difference, 0.0, 1e-12);
}

}  // namespace
}  // namespace shakedown::metrics
