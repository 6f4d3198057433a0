#include "shakedown/metrics/gate.h"

#include <algorithm>
#include <functional>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../metrics/src/variance.h"
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
  result.cells = {cells};
  result.value = margin;
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
  Rule above = rule("a", "audio.a*", value * 1.5);
  above.bound = Bound::kMaxValue;
  Rule below = above;
  below.value = value * 0.5;
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
  EXPECT_THAT(refusal(run, run, {mean_rule("stress_mean[text]", 0.1)}),
              HasSubstr("selects no cell for stress_mean[text]"));
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
  warn.level = Level::kWarn;
  const Comparison result = decide(baseline, candidate, {warn, rule("a", "audio.a*", 0.1)});
  EXPECT_EQ(result.rules[0].verdict, Verdict::kFail);
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_FALSE(result.rules[0].counts);
  EXPECT_THAT(result.verdict_text, HasSubstr("Broken, but of level warn: b"));
}

TEST(GateTest, WorstCellIsSoughtOnEachSide) {
  RunMaker baseline = run_of(3), candidate = run_of(2);
  candidate.outcomes(4) = run_of(3).outcomes(2);  // now video.d is as bad as audio.b was
  candidate.outcomes(4).resize(baseline.samples());
  const RuleResult worst = decide(baseline, candidate, {mean_rule("worst", 0.1)}).rules[0];
  EXPECT_NEAR(*worst.difference, 0.0, 1e-12);
}

TEST(GateTest, StatesWhatItRestsOn) {
  RunMaker baseline = run_of(2, 8), candidate = run_of(3, 8);
  const RuleResult result = decide(baseline, candidate, {rule("b", "audio.b*", 0.1)}).rules[0];
  ASSERT_EQ(result.tests.size(), 1U);
  EXPECT_EQ(result.tests[0].name, "audio.b@severity=1#0");
  EXPECT_EQ(result.where, "policy.yaml:4");
  EXPECT_EQ(result.bound, "max_drop");
  // t.95 + t.80 on 7 degrees of freedom: 1.894579 + 0.896030 (tables).
  EXPECT_NEAR(*result.detectable / *result.standard_error, 2.790609, 1e-5);
  EXPECT_NEAR(*result.difference - *result.low, 1.894579 * *result.standard_error, 1e-6);
}

TEST(GateTest, DesignEffectIsWhatGroupsAdd) {
  // Every group of six answers alike, so the variance of a mean is six times that of independent samples.
  RunMaker baseline(40, 6), candidate(40, 6);
  baseline.add("audio.a", Modality::kAudio, 1, [&](std::size_t at) { return baseline.label(at); });
  std::mt19937 random(3);
  std::vector<double> of_group(40);
  for (double& own : of_group) own = std::uniform_real_distribution<>(0.1, 1.0)(random);
  candidate.add("audio.a", Modality::kAudio, 1, [&](std::size_t at) { return candidate.label(at) + of_group[at / 6]; });
  const RuleResult result = decide(baseline, candidate, {rule("a", "audio.a*", 0.1)}).rules[0];
  EXPECT_NEAR(*result.design_effect, 6.0, 0.15);
}

TEST(GateTest, ConfidenceWidensTheBounds) {
  RunMaker baseline = run_of(2), candidate = run_of(3);
  Policy own = policy({rule("b", "audio.b*", 0.1)});
  const double at95 = *gate(baseline.run(), candidate.run(), own).rules[0].low;
  own.confidence = 0.99;
  const Comparison strict = gate(baseline.run(), candidate.run(), own);
  EXPECT_LT(*strict.rules[0].low, at95);
  EXPECT_DOUBLE_EQ(strict.confidence, 0.99);
}

TEST(GateTest, RulesSelectByModalitySeverityAndSlice) {
  RunMaker baseline = run_of(2), candidate = run_of(2);
  baseline.add("video.e", Modality::kVideo, 2, baseline.scaled_error(2)).severity = 2;
  // Worse at severity 2 on samples below 0 only.
  candidate
      .add("video.e", Modality::kVideo, 2,
           [&](std::size_t at) {
             return candidate.label(at) < 0 ? candidate.label(at) + 2 : candidate.clean()[at] * 2 - candidate.label(at);
           })
      .severity = 2;
  const auto verdict = [&](const std::function<void(Rule&)>& change) {
    Rule own = rule("x", "*", 0.1);
    change(own);
    return decide(baseline, candidate, {own}).rules[0];
  };
  EXPECT_EQ(verdict([](Rule& own) { own.modalities = {Modality::kAudio}; }).verdict, Verdict::kPass);
  EXPECT_EQ(verdict([](Rule& own) { own.modalities = {Modality::kVideo}; }).verdict, Verdict::kFail);
  EXPECT_EQ(verdict([](Rule& own) { own.severities = {2}; }).tests.size(), 1U);
  const RuleResult below = verdict([](Rule& own) {
    own.severities = {2};
    own.slice_by = "label";
    own.slice_value = "below 0";
  });
  EXPECT_EQ(below.verdict, Verdict::kFail);
  EXPECT_LT(below.n, baseline.samples());
  EXPECT_NEAR(*below.candidate, 2.0, 1e-9);
  const RuleResult above = verdict([](Rule& own) {
    own.severities = {2};
    own.slice_by = "label";
    own.slice_value = "above 0";
  });
  EXPECT_EQ(above.difference, 0.0);
  EXPECT_EQ(above.verdict, Verdict::kPass);
  Rule unknown = rule("x", "*", 0.1);
  unknown.slice_by = "label";
  unknown.slice_value = "negative";
  EXPECT_THAT(refusal(baseline, candidate, {unknown}), HasSubstr("there is no label: negative"));
}

Rule bounded(const std::string& cells, Bound bound, double value) {
  Rule result = rule("x", cells, value);
  result.bound = bound;
  return result;
}

TEST(GateTest, FlipsAreCountedAgainstTheOwnCleanAnswer) {
  RunMaker run(20, 10, 0.0);  // clean answers are the labels: -3 to 3
  run.add("audio.a", Modality::kAudio, 1, [&](std::size_t at) { return at % 5 == 0 ? -run.label(at) : run.label(at); });
  std::size_t flipped = 0;
  for (std::size_t at = 0; at < run.samples(); at += 5) flipped += run.label(at) != 0 ? 1 : 0;
  const double share = static_cast<double>(flipped) / static_cast<double>(run.samples());
  const RuleResult loose = decide(run, run, {bounded("*", Bound::kMaxFlipRate, 0.3)}).rules[0];
  EXPECT_NEAR(*loose.candidate, share, 1e-12);
  EXPECT_EQ(loose.metric, "flip_beyond");
  EXPECT_EQ(loose.verdict, Verdict::kPass);
  EXPECT_EQ(decide(run, run, {bounded("*", Bound::kMaxFlipRate, 0.05)}).verdict, Verdict::kFail);
}

/// A directional cell: two of ten samples move the wrong way, one not at all, seven as they should.
RunMaker directional() {
  RunMaker run(20, 10, 0.0);
  run.add("text.negation", Modality::kText, 1,
          [&](std::size_t at) {
            const std::size_t kind = at % 10;
            return run.label(at) + (kind < 2 ? -1.0 : kind == 2 ? 0.0 : 1.0);
          })
      .label_effect = LabelEffect::kDirectional;
  for (Outcome& outcome : run.outcomes(1)) outcome.direction = 1;
  run.add("text.typo", Modality::kText, 1, run.shifted(0.1));
  return run;
}

TEST(GateTest, DirectionalRulesBoundTheSharesThatMoved) {
  RunMaker run = directional();
  const RuleResult pass = decide(run, run, {bounded("text.*", Bound::kMinDirectionalPass, 0.7)}).rules[0];
  EXPECT_EQ(pass.verdict, Verdict::kPass);
  EXPECT_NEAR(*pass.candidate, 0.2, 1e-12);  // moved wrong
  EXPECT_THAT(pass.note, HasSubstr("1 cell left out, which min_directional_pass cannot judge: text.typo"));
  EXPECT_EQ(decide(run, run, {bounded("*", Bound::kMinDirectionalPass, 0.9)}).verdict, Verdict::kFail);
  const RuleResult moved = decide(run, run, {bounded("*", Bound::kMinDirectionalMoved, 0.6)}).rules[0];
  EXPECT_NEAR(*moved.candidate, 0.7, 1e-12);
  EXPECT_EQ(moved.verdict, Verdict::kPass);
  EXPECT_EQ(decide(run, run, {bounded("*", Bound::kMinDirectionalMoved, 0.8)}).verdict, Verdict::kFail);
}

TEST(GateTest, AccuracyRulesLeaveDirectionalCellsOutAndSaySo) {
  RunMaker run = directional();
  const RuleResult result = decide(run, run, {rule("x", "text.*", 0.1)}).rules[0];
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_EQ(result.tests.size(), 1U);
  EXPECT_THAT(result.note, HasSubstr("1 cell left out, which max_drop cannot judge: text.negation"));
  EXPECT_THAT(refusal(run, run, {rule("x", "text.negation*", 0.1)}), HasSubstr("selects no cell"));
}

TEST(GateTest, BoundsMustFitTheMetric) {
  RunMaker run = run_of();
  EXPECT_THAT(refusal(run, run, {bounded("*", Bound::kMinValue, 0.5)}),
              HasSubstr("mae is better when lower: use max_value"));
  EXPECT_THAT(refusal(run, run, {bounded("*", Bound::kMaxEce, 0.5)}), HasSubstr("max_ece: this task has no 'ece'"));
}

Rule no_warning(std::vector<std::string> ids) {
  Rule result;
  result.name = "evidence";
  result.bound = Bound::kNoWarning;
  result.warnings = std::move(ids);
  return result;
}

TEST(GateTest, WarningsCanBeRules) {
  RunMaker sound = run_of(), deaf = run_of(), flat = run_of();
  for (std::size_t cell = 1; cell <= 3; ++cell) deaf.outcomes(cell) = deaf.outcomes(0);  // audio changes nothing
  for (Outcome& outcome : deaf.outcomes(1)) outcome.decisions = sound.outcomes(1)[0].decisions;
  for (std::size_t cell = 1; cell <= 3; ++cell)
    for (std::size_t at = 0; at < deaf.samples(); ++at) {
      deaf.outcomes(cell)[at].decisions = sound.outcomes(cell)[at].decisions;
      deaf.outcomes(cell)[at].media = sound.outcomes(cell)[at].media;
    }
  for (Outcome& outcome : flat.outcomes(4)) outcome.outputs = {0.25};
  EXPECT_EQ(decide(sound, sound, {no_warning({"vacuous_modality", "collapsed"})}).verdict, Verdict::kPass);
  const Comparison ignored = decide(sound, deaf, {no_warning({"vacuous_modality"})});
  EXPECT_EQ(ignored.verdict, Verdict::kFail);
  EXPECT_THAT(ignored.rules[0].note, HasSubstr("vacuous_modality: The model ignores audio"));
  const Comparison collapsed = decide(sound, flat, {no_warning({"collapsed"})});
  EXPECT_EQ(collapsed.verdict, Verdict::kFail);
  EXPECT_THAT(collapsed.rules[0].note, HasSubstr("(video.d@severity=1#0)"));
  EXPECT_EQ(decide(sound, flat, {no_warning({"vacuous_modality"})}).verdict, Verdict::kPass);

  Policy waived = policy({no_warning({"collapsed"})});
  waived.waivers = {{"video.d*", "known", "2099-01-01", "policy.yaml:9"}};
  EXPECT_EQ(gate(sound.run(), flat.run(), waived).verdict, Verdict::kPass);
  // With no evidence left everyone answers alike.
  sound.run().cells[4].label_effect = flat.run().cells[4].label_effect = LabelEffect::kUnknowable;
  EXPECT_EQ(decide(sound, flat, {no_warning({"collapsed"})}).verdict, Verdict::kPass);
  Rule named_cells = no_warning({"collapsed"});
  named_cells.cells = {"video.*"};
  EXPECT_EQ(decide(sound, flat, {named_cells}).verdict, Verdict::kFail);
}

TEST(GateTest, PresetRulesWithoutCellsAreLeftOutAndNamed) {
  RunMaker run = run_of();
  const Policy preset = parse_policy("schema: shakedown.policy/1\nextends: recommended\n", "p", "2024-01-01");
  const Comparison result = gate(run.run(), run.run(), preset);
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_THAT(result.notes, Contains(HasSubstr("rule 'text' of the preset is left out")));
  EXPECT_EQ(result.rules.size(), preset.rules.size() - 2);  // neither text nor missing data here
  Policy nothing = preset;
  std::erase_if(nothing.rules, [](const Rule& one) { return one.name != "text"; });
  EXPECT_THROW(static_cast<void>(gate(run.run(), run.run(), nothing)), Error);
}

TEST(GateTest, SaysWhatCouldBeTightened) {
  RunMaker run = run_of();
  EXPECT_EQ(decide(run, run, {rule("a", "audio.a*", 0.5)}).rules[0].hint,
            "max_drop could be 0.02: this rule would still pass");
  EXPECT_EQ(decide(run, run, {rule("a", "audio.a*", 0.02)}).rules[0].hint, "");
  const double value = *decide(run, run, {rule("a", "audio.a*", 0.1)}).rules[0].candidate;
  const RuleResult loose = decide(run, run, {bounded("audio.a*", Bound::kMaxValue, value + 1)}).rules[0];
  ASSERT_THAT(loose.hint, HasSubstr("max_value could be "));
  const double tighter = std::stod(loose.hint.substr(std::string("max_value could be ").size()));
  EXPECT_EQ(decide(run, run, {bounded("audio.a*", Bound::kMaxValue, tighter)}).verdict, Verdict::kPass);
  EXPECT_EQ(decide(run, run, {bounded("audio.a*", Bound::kMaxValue, tighter - 0.011)}).verdict, Verdict::kInconclusive);
}

TEST(GateTest, AHintLeavesRoomForWhatWasLost) {
  RunMaker baseline = run_of(2), candidate = run_of(2.3);
  const std::string hint = decide(baseline, candidate, {rule("b", "audio.b*", 0.5)}).rules[0].hint;
  ASSERT_THAT(hint, HasSubstr("max_drop could be "));
  const double tighter = std::stod(hint.substr(std::string("max_drop could be ").size()));
  EXPECT_GT(tighter, 0.1);  // about .3 x .4 x sqrt(2 / pi) was lost
  EXPECT_EQ(decide(baseline, candidate, {rule("b", "audio.b*", tighter)}).verdict, Verdict::kPass);
}

TEST(GateTest, WaiversThatMatchNothingAreNamed) {
  RunMaker run = run_of();
  Policy own = policy({rule("each", "*", 0.1)});
  own.waivers = {{"text.*", "gone", "2099-01-01", "policy.yaml:9"}};
  EXPECT_THAT(gate(run.run(), run.run(), own).notes, Contains(HasSubstr("it matches no cell: remove it")));
}

TEST(GateTest, PredictionsAreReadInSteps) {
  // -3e-6 is 0 to the gate, as it is to a baseline file, and 0 is positive by this convention.
  RunMaker run = run_of();
  std::size_t positive = 0;
  for (std::size_t at = 0; at < run.samples(); ++at) {
    run.outcomes(1)[at].outputs = {-3e-6};
    positive += run.label(at) >= 0 ? 1 : 0;
  }
  Rule sign = rule("a", "audio.a*", 0.1);
  sign.metric = "acc2_has0";
  const RuleResult result = decide(run, run, {sign}).rules[0];
  EXPECT_NEAR(*result.baseline, static_cast<double>(positive) / static_cast<double>(run.samples()), 1e-12);
}

/// Three draws of one cell; in draw r everyone's error grows by `shift[r]`, and in all of them by noise of his own.
RunMaker replicated(const std::vector<double>& shift, double noise) {
  RunMaker maker(20, 6);
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  std::vector<double> own;
  for (std::size_t at = 0; at < maker.samples(); ++at) own.push_back(noise * normal(random));
  for (std::size_t draw = 0; draw < shift.size(); ++draw) {
    maker.add(
        "audio.a", Modality::kAudio, 1, [&](std::size_t at) { return maker.label(at) + 3 + shift[draw] + own[at]; }, "",
        "severity", static_cast<int>(draw));
  }
  return maker;
}

TEST(GateTest, SaysWhatWouldNarrowTheInterval) {
  const auto note = [](const std::vector<double>& shift, double noise) {
    RunMaker baseline = replicated({0, 0, 0}, 0), candidate = replicated(shift, noise);
    Rule own = mean_rule("stress_mean", 1);
    const RuleResult at = decide(baseline, candidate, {own}).rules[0];
    own.value = -*at.difference;  // at the margin exactly: inconclusive
    return decide(baseline, candidate, {own}).rules[0].note;
  };
  EXPECT_THAT(note({0.1, 0.2, 0.9}, 0.1),
              HasSubstr("100 % of the variance comes from the draws of replicates: more replicates"));
  EXPECT_THAT(note({0.10, 0.12, 0.14}, 0.5), HasSubstr("more samples in new groups would narrow the interval most"));
  // One draw says nothing of others.
  EXPECT_THAT(note({0.1}, 0.5), ::testing::Not(HasSubstr("replicates")));
}

TEST(GateTest, ReplicateVarianceIsThatOfTheirDifferences) {
  RunMaker baseline = replicated({0, 0, 0}, 0), candidate = replicated({0.10, 0.12, 0.17}, 0.5);
  Comparison checked;
  const Pairing pairing(baseline.run(), candidate.run(), Match::kStrict, checked);
  const Measure mae{metrics_for(pairing.task()).front(), Measure::Kind::kMetric, Measure::Units::kGroups, {}, {}};
  const Question mean{"mean", {{1, 1.0 / 3}, {2, 1.0 / 3}, {3, 1.0 / 3}}};
  std::vector<double> d;
  for (std::size_t cell = 1; cell <= 3; ++cell)
    d.push_back(*ask(pairing, about_cell(pairing, pairing.cells()[cell]), mae, std::nullopt).difference.value);
  const double centre = (d[0] + d[1] + d[2]) / 3;
  const double squares =
      (d[0] - centre) * (d[0] - centre) + (d[1] - centre) * (d[1] - centre) + (d[2] - centre) * (d[2] - centre);
  const double error = *standard_error(ask(pairing, mean, mae, std::nullopt).difference).value;
  EXPECT_NEAR(*replicate_share(pairing, mean, mae, std::nullopt), squares / 2 / 3 / (error * error), 1e-12);
}

}  // namespace
}  // namespace shakedown::metrics
