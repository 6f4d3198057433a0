// Calibration by hand and by simulation. Golden values are in golden_test.cpp.

#include <algorithm>
#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_run.h"
#include "shakedown/metrics/analyse.h"
#include "shakedown/metrics/metric.h"

namespace shakedown::metrics {
namespace {

using ::testing::HasSubstr;

Task two_classes(bool probabilities = true) {
  Task task;
  task.kind = Task::Kind::kClassification;
  task.labels = {"no", "yes"};
  task.primary = "accuracy";
  task.probabilities = probabilities;
  return task;
}

Value value_of(const std::string& name, const Scored& scored, const Task& task) {
  for (const MetricSpec& metric : metrics_for(task)) {
    if (metric.name == name) return metric.compute(scored, task);
  }
  ADD_FAILURE() << "no metric " << name;
  return {};
}

/// n answers of the same confidence in "yes", of which `right` are right.
Scored confident(double confidence, int n, int right) {
  Scored scored{2, {}, {}};
  for (int row = 0; row < n; ++row) {
    scored.outputs.insert(scored.outputs.end(), {1 - confidence, confidence});
    scored.labels.push_back(row < right ? 1 : 0);
  }
  return scored;
}

TEST(ProbabilityTest, OneBinByHand) {
  // 150 times .8, right in 90: accuracy .6, gap .2; its noise, .04, is five times smaller and adds next to nothing.
  const Scored scored = confident(0.8, 150, 90);
  EXPECT_NEAR(*value_of("ece", scored, two_classes()).value, 0.2, 1e-7);
  EXPECT_NEAR(*value_of("brier", scored, two_classes()).value, 0.6 * 2 * 0.04 + 0.4 * 2 * 0.64, 1e-12);
  EXPECT_NEAR(*value_of("nll", scored, two_classes()).value, -0.6 * std::log(0.8) - 0.4 * std::log(0.2), 1e-12);
  // No gap at all: what noise of .04 looks like, sqrt(2 / pi) .04, is taken off.
  EXPECT_NEAR(*value_of("ece", confident(0.6, 150, 90), two_classes()).value, -0.04 * std::sqrt(2 / std::acos(-1.0)),
              1e-9);
}

/// Mean over trials of the ece of 300 calibrated answers, stated `scale` too far from .5 where that is not 1; and what
/// the plain estimate of 15 bins of 20 would give.
std::pair<double, double> mean_ece(double overconfidence) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform;
  std::pair<double, double> mean;
  constexpr int kTrials = 300, kRows = 300, kBins = 15;
  for (int trial = 0; trial < kTrials; ++trial) {
    Scored scored{2, {}, {}};
    std::vector<std::pair<double, double>> sorted;
    for (int row = 0; row < kRows; ++row) {
      const double truth = 0.55 + 0.35 * uniform(random), stated = truth + overconfidence;
      scored.outputs.insert(scored.outputs.end(), {1 - stated, stated});
      scored.labels.push_back(uniform(random) < truth ? 1 : 0);
      sorted.emplace_back(stated, scored.labels.back());
    }
    mean.first += *value_of("ece", scored, two_classes()).value / kTrials;
    std::sort(sorted.begin(), sorted.end());
    for (int bin = 0; bin < kBins; ++bin) {
      double gap = 0;
      for (int at = bin * kRows / kBins; at < (bin + 1) * kRows / kBins; ++at) {
        gap += (sorted[static_cast<std::size_t>(at)].second - sorted[static_cast<std::size_t>(at)].first) / kRows;
      }
      mean.second += std::abs(gap) / kTrials;
    }
  }
  return mean;
}

// Sampling alone makes calibrated answers look miscalibrated; Kumar's correction takes a third of that off where there
// is no gap, and next to nothing is wrong where there is one.
TEST(ProbabilityTest, DebiasingTakesOffPartOfWhatSamplingAdds) {
  const auto [calibrated, plain] = mean_ece(0);
  EXPECT_LT(calibrated, 0.8 * plain);
  EXPECT_GT(plain, 0.05);
  const auto [over, plain_over] = mean_ece(0.1);
  EXPECT_NEAR(over, 0.1, 0.015);
  EXPECT_GT(std::abs(plain_over - 0.1), std::abs(over - 0.1));
}

TEST(ProbabilityTest, WhatIsNoProbabilityIsSaid) {
  Scored scored = confident(0.8, 150, 90);
  scored.outputs[1] = 0.9;
  for (const char* name : {"ece", "brier", "nll"}) {
    EXPECT_THAT(value_of(name, scored, two_classes()).why, HasSubstr("no probability distribution")) << name;
    EXPECT_TRUE(value_of(name, scored, two_classes(false)).value) << name;  // as logits they are anything
  }
  EXPECT_THAT(value_of("nll", confident(1.0, 150, 149), two_classes()).why, HasSubstr("probability 0"));
  EXPECT_THAT(value_of("ece", confident(0.8, 149, 90), two_classes()).why, HasSubstr("fewer than 150"));
}

TEST(ProbabilityTest, CalibrationIsScoredOnInvariantCellsOnly) {
  testing::RunMaker maker(10, 20);
  RunData& run = maker.run();
  run.header.task = two_classes(false);
  run.header.task.label = "emotion";
  maker.add("audio.noise", Modality::kAudio, 1, [](std::size_t) { return 0.0; });
  maker.add("missing.block", Modality::kText, 1, [](std::size_t) { return 0.0; }).label_effect =
      LabelEffect::kUnknowable;
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  for (std::size_t sample = 0; sample < run.samples.size(); ++sample) {
    run.samples[sample].labels["emotion"].name = sample % 3 == 0 ? "yes" : "no";
    for (auto& cell : run.outcomes) cell[sample].outputs = {normal(random), normal(random)};
  }
  const Results results = analyse(run);
  EXPECT_TRUE(results.cells[0].metrics.at("ece").low);
  EXPECT_TRUE(results.cells[1].metrics.at("nll").skill);
  EXPECT_FALSE(results.cells[2].metrics.at("brier").value);
  EXPECT_THAT(results.cells[2].metrics.at("brier").why, HasSubstr("invariant cells"));
  EXPECT_TRUE(results.cells[2].metrics.at("accuracy").value);
  for (const Curve& curve : results.curves) {
    EXPECT_FALSE(curve.metric == "ece" && curve.label_effect == LabelEffect::kUnknowable);
  }
  // Rows are labels, columns decisions.
  std::vector<std::vector<std::size_t>> counts(2, std::vector<std::size_t>(2, 0));
  for (std::size_t sample = 0; sample < run.samples.size(); ++sample) {
    const Outputs& outputs = run.outcomes[0][sample].outputs;
    ++counts[sample % 3 == 0 ? 1 : 0][outputs[1] > outputs[0] ? 1 : 0];
  }
  EXPECT_EQ(results.cells[0].confusion, counts);
  const double right = static_cast<double>(counts[0][0] + counts[1][1]);
  EXPECT_NEAR(*results.cells[0].metrics.at("accuracy").value, right / 200, 1e-12);
}

}  // namespace
}  // namespace shakedown::metrics
