#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../metrics/src/margins.h"
#include "make_run.h"
#include "shakedown/core/error.h"
#include "shakedown/metrics/gate.h"

namespace shakedown::metrics {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::RunMaker;

RunMaker noisy_run(double factor = 2) {
  RunMaker maker(12);
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(factor));
  maker.add("video.b", Modality::kVideo, 1, maker.scaled_error(factor));
  return maker;
}

Policy policy_of(const std::string& rules) {
  return parse_policy("schema: shakedown.policy/1\n" + rules, "p.yaml", "2024-01-01");
}

/// Standard error of the mean |error| of a cell, by leaving out one group of six after the other.
double brute_force_error(RunMaker& run, std::size_t cell) {
  const auto mean = [&](std::size_t without) {
    double sum = 0, n = 0;
    for (std::size_t at = 0; at < run.samples(); ++at) {
      if (at / 6 == without) continue;
      sum += std::abs(run.outcomes(cell)[at].outputs[0] - run.label(at));
      ++n;
    }
    return sum / n;
  };
  double squares = 0;
  for (std::size_t group = 0; group < 12; ++group) squares += std::pow(mean(group) - mean(99), 2);
  return std::sqrt(11.0 / 12.0 * squares);
}

TEST(PlanTest, StatesTheSmallestDropOfOneRun) {
  RunMaker run = noisy_run();
  const GatePlan plan = plan_gate(run.run(), nullptr,
                                  policy_of("rules:\n  - {name: a, cells: 'audio.a*', max_drop: 0.02}\n"
                                            "  - {name: wide, cells: 'audio.a*', max_drop: 2}\n"));
  ASSERT_EQ(plan.rows.size(), 2U);
  const GatePlan::Row& row = plan.rows[0];
  EXPECT_EQ(row.n, 72U);
  EXPECT_EQ(row.groups, 12U);
  EXPECT_NEAR(*row.standard_error, brute_force_error(run, 1), 1e-5);              // predictions are on steps of 1e-5
  EXPECT_NEAR(*row.detectable / *row.standard_error, 1.795885 + 0.875530, 1e-5);  // t.95 + t.80, 11 df, by table
  EXPECT_TRUE(row.below);
  EXPECT_FALSE(plan.rows[1].below);
  EXPECT_THAT(plan.basis, HasSubstr("correlated by .5"));
}

TEST(PlanTest, ASecondRunGivesTheErrorOfThePair) {
  RunMaker run = noisy_run(2), other = noisy_run(2.1);
  const GatePlan plan =
      plan_gate(run.run(), &other.run(), policy_of("rules: [{name: a, cells: 'audio.a*', max_drop: 0.02}]\n"));
  // The errors of the two are proportional: that of their difference is .1 of the clean one's.
  EXPECT_NEAR(*plan.rows[0].standard_error, 0.05 * brute_force_error(run, 1), 2e-5);
  EXPECT_THAT(plan.basis, HasSubstr("paired differences"));
}

TEST(PlanTest, LimitsAndGuards) {
  RunMaker run = noisy_run();
  const GatePlan plan = plan_gate(run.run(), nullptr,
                                  policy_of("rules:\n  - {name: limit, cells: 'audio.a*', max_value: 5}\n"
                                            "  - {name: each, guard: true, max_drop: 0.1}\n"
                                            "  - {name: w, no_warning: [collapsed]}\n"));
  ASSERT_EQ(plan.rows.size(), 2U);  // a warning has no power
  EXPECT_GT(*plan.rows[0].allowed, 4.0);
  EXPECT_EQ(plan.rows[1].tests, 3U);
  // Holm's first step over three cells: t(1 - .05 / 3) + t.80 on 11 df.
  EXPECT_NEAR(*plan.rows[1].detectable / *plan.rows[1].standard_error, 2.431291 + 0.875530, 1e-4);
}

TEST(PlanTest, TooFewGroupsSaySo) {
  RunMaker run(4);
  run.add("audio.a", Modality::kAudio, 1, run.scaled_error(2));
  const Policy policy = policy_of("rules: [{name: a, cells: 'audio.a*', max_drop: 0.02}]\n");
  const GatePlan plan = plan_gate(run.run(), nullptr, policy);
  EXPECT_FALSE(plan.rows[0].detectable);
  EXPECT_THAT(plan.rows[0].why, HasSubstr("too few groups"));
  EXPECT_THROW(static_cast<void>(recommended_policy(run.run(), nullptr)), Error);
}

TEST(PlanTest, LimitedRunsAreRefused) {
  RunMaker run = noisy_run();
  run.run().header.settings["limit"] = "10";
  EXPECT_THROW(static_cast<void>(recommended_policy(run.run(), nullptr)), Error);
}

TEST(InitTest, WritesMarginsThatCanBeDetected) {
  RunMaker run = noisy_run();
  const std::string text = recommended_policy(run.run(), nullptr);
  EXPECT_EQ(text, recommended_policy(run.run(), nullptr));
  const Policy policy = parse_policy(text, "gate.yaml", "2024-01-01");
  const GatePlan plan = plan_gate(run.run(), nullptr, policy);
  ASSERT_FALSE(plan.rows.empty());
  for (const GatePlan::Row& row : plan.rows) {
    EXPECT_FALSE(row.below) << row.rule;
    EXPECT_LT(*row.allowed, std::max(0.02, *row.detectable) + 0.01) << row.rule;
  }
  EXPECT_EQ(gate(run.run(), run.run(), policy).verdict, Verdict::kPass);
  EXPECT_THAT(text, HasSubstr("- {name: audio, max_drop: "));
}

TEST(MarginTest, IsRoundedUpAndNeverBelowTwoHundredths) {
  EXPECT_DOUBLE_EQ(recommended_margin(0.001), 0.02);
  EXPECT_DOUBLE_EQ(recommended_margin(0.03), 0.03);
  EXPECT_DOUBLE_EQ(recommended_margin(0.0301), 0.04);
}

}  // namespace
}  // namespace shakedown::metrics
