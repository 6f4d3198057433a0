// How often intervals cover the truth and gates raise false alarms, by simulation: groups of unequal size
// (9 to 63), errors correlated within a group.

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "../../metrics/src/intervals.h"
#include "make_run.h"
#include "shakedown/metrics/gate.h"
#include "shakedown/metrics/metric.h"

namespace shakedown::metrics {
namespace {

struct Draw {
  Scored scored;
  std::vector<int> groups;
};

/// Labels are 0, predictions N(0, 1) with intra-group correlation `rho`, so the truth of the MAE is sqrt(2 / pi).
Draw draw(std::mt19937& random, int group_count, double rho) {
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> size(9, 63);
  Draw result;
  for (int group = 0; group < group_count; ++group) {
    const double shared = std::sqrt(rho) * normal(random);
    for (int left = size(random); left > 0; --left) {
      result.scored.outputs.push_back(shared + std::sqrt(1 - rho) * normal(random));
      result.scored.labels.push_back(0.0);
      result.groups.push_back(group);
    }
  }
  return result;
}

double coverage(int group_count, double rho, int trials) {
  Task task;
  task.convention = "plain";
  const MetricSpec mae = metrics_for(task).front();
  const double truth = std::sqrt(2 / std::acos(-1.0));
  std::mt19937 random(static_cast<unsigned>(group_count));
  int covered = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const Draw sample = draw(random, group_count, rho);
    const Score result = score(mae, sample.scored, sample.groups, task);
    covered += *result.low <= truth && truth <= *result.high ? 1 : 0;
  }
  return static_cast<double>(covered) / trials;
}

TEST(CoverageTest, IntervalsCoverTheTruthUnderCorrelatedGroups) {
  constexpr int kTrials = 600;
  const double error = std::sqrt(0.95 * 0.05 / kTrials);
  EXPECT_NEAR(coverage(31, 0.2, kTrials), 0.95, 0.02 + 2 * error);
  EXPECT_NEAR(coverage(31, 0.0, kTrials), 0.95, 0.02 + 2 * error);
  EXPECT_GT(coverage(5, 0.2, kTrials), 0.91 - 2 * error);
  EXPECT_GT(coverage(10, 0.2, kTrials), 0.91 - 2 * error);
}

// The primary metric's interval from 30 groups on; bench/coverage has the whole table.
TEST(CoverageTest, BootstrapTCoversAnAccuracyAndACorrelation) {
  constexpr int kTrials = 400;
  constexpr std::size_t kGroups = 31;
  Task task;
  task.convention = "mosi";
  std::vector<MetricSpec> metrics;
  for (MetricSpec& metric : metrics_for(task)) {
    if (metric.name == "acc2_has0" || metric.name == "corr") metrics.push_back(std::move(metric));
  }
  ASSERT_EQ(metrics.size(), 2U);  // corr, acc2_has0
  const Intervals intervals(IntervalKind::kAuto, 1111, kGroups);
  std::mt19937 random(31);
  int covered[2] = {0, 0};
  for (int trial = 0; trial < kTrials; ++trial) {
    Draw sample = draw(random, kGroups, 0.2);
    std::normal_distribution<double> normal;
    Scored correlated = sample.scored;
    for (std::size_t row = 0; row < sample.scored.rows(); ++row) {
      correlated.labels[row] = normal(random);
      correlated.outputs[row] = 0.6 * correlated.labels[row] + 0.8 * sample.scored.outputs[row];
    }
    const Jackknifed corr = jackknife(metrics[0], correlated, sample.groups, kGroups, task, Keep::kResampled);
    const Jackknifed half = jackknife(metrics[1], sample.scored, sample.groups, kGroups, task, Keep::kResampled);
    const Jackknifed* both[] = {&corr, &half};
    const std::vector<Bounds> bounds = intervals.bounds(both, 0.025);
    covered[0] += *bounds[0].low <= 0.6 && 0.6 <= *bounds[0].high ? 1 : 0;
    covered[1] += *bounds[1].low <= 0.5 && 0.5 <= *bounds[1].high ? 1 : 0;
  }
  const double error = std::sqrt(0.95 * 0.05 / kTrials);
  for (const int count : covered) EXPECT_NEAR(static_cast<double>(count) / kTrials, 0.95, 0.02 + 2 * error);
}

/// Two checkpoints whose errors differ by `drop` on average, by group and by sample.
Verdict simulated_gate(std::mt19937& random, double drop, double margin) {
  std::normal_distribution<double> normal;
  testing::RunMaker maker(31, 12);
  RunData baseline = maker.run(), candidate = maker.run();
  double shared = 0;
  for (std::size_t sample = 0; sample < baseline.samples.size(); ++sample) {
    if (sample % 12 == 0) shared = 0.05 * normal(random);
    const double label = maker.label(sample), before = 1.0 + 0.1 * normal(random);
    baseline.outcomes[0][sample].outputs = {label + before};
    candidate.outcomes[0][sample].outputs = {label + before + drop + shared + 0.1 * normal(random)};
  }
  Policy policy;
  policy.rules.emplace_back();
  policy.rules[0].value = margin;
  return *gate(baseline, candidate, policy).verdict;
}

TEST(CoverageTest, GateErrsInOneOfTwentyAtTheMarginAndDecides) {
  constexpr int kTrials = 400;
  const double allowed = 0.05 + 2 * std::sqrt(0.05 * 0.95 / kTrials);
  std::mt19937 random(11);
  int passes = 0, failures = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const Verdict verdict = simulated_gate(random, 0.05, 0.05);
    passes += verdict == Verdict::kPass ? 1 : 0;
    failures += verdict == Verdict::kFail ? 1 : 0;
  }
  EXPECT_LE(passes / static_cast<double>(kTrials), allowed);
  EXPECT_LE(failures / static_cast<double>(kTrials), allowed);
  EXPECT_GE(passes / static_cast<double>(kTrials), 0.02);
  EXPECT_GE(failures / static_cast<double>(kTrials), 0.02);
}

TEST(CoverageTest, GateDecidesFarFromTheMargin) {
  std::mt19937 random(12);
  for (int trial = 0; trial < 20; ++trial) {
    EXPECT_EQ(simulated_gate(random, 0.0, 0.08), Verdict::kPass);
    EXPECT_EQ(simulated_gate(random, 0.16, 0.08), Verdict::kFail);
  }
}

}  // namespace
}  // namespace shakedown::metrics
