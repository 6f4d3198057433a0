// The examples of docs/metrics.md, as they stand there.

#include <cmath>

#include <gtest/gtest.h>

#include "../../metrics/src/effective_robustness.h"
#include "make_run.h"
#include "shakedown/metrics/analyse.h"
#include "shakedown/metrics/metric.h"

namespace shakedown::metrics {
namespace {

void expect(const Task& task, const Scored& scored, const std::map<std::string, double>& values,
            const std::map<std::string, double>& floors = {}) {
  std::size_t checked = 0;
  for (const MetricSpec& metric : metrics_for(task)) {
    if (const auto found = values.find(metric.name); found != values.end()) {
      EXPECT_NEAR(metric.compute(scored, task).value.value_or(-9), found->second, 5e-5) << metric.name;
      ++checked;
    }
    if (const auto found = floors.find(metric.name); found != floors.end()) {
      EXPECT_NEAR(floor_of(metric, scored, task).value_or(-9), found->second, 5e-5) << metric.name;
    }
  }
  EXPECT_EQ(checked, values.size());
}

TEST(ExamplesTest, Mosi) {
  Task task;
  task.convention = "mosi";
  const Scored scored{1, {-1.2, 0.4, -0.1, 0.6, 1.5, 1.9}, {-2, -1, 0, 0.5, 1, 2.5}};
  expect(task, scored,
         {{"mae", 0.5833},
          {"corr", 0.9166},
          {"acc2_has0", 0.6667},
          {"f1_has0", 0.6667},
          {"acc2_non0", 0.8},
          {"f1_non0", 0.7810},
          {"acc3", 0.6667},
          {"acc5", 0.3333},
          {"acc7", 0.3333},
          {"spearman", 0.9429},
          {"ccc", 0.8326}},
         {{"mae", 1.1667}});
}

TEST(ExamplesTest, Sims) {
  Task task;
  task.convention = "simsv2";
  const Scored scored{1, {-0.9, -0.05, 0.05, 0.1, 1.4}, {-0.8, -0.1, 0, 0.1, 0.8}};
  expect(task, scored,
         {{"mae", 0.08},
          {"acc2", 0.8},
          {"f1", 0.8},
          {"acc3", 0.8},
          {"acc5", 0.8},
          {"acc2_weak", 0.6667},
          {"r2", 0.9577},
          {"corr", 0.9988},
          {"spearman", 1},
          {"ccc", 0.9824}});
}

TEST(ExamplesTest, Classes) {
  Task task;
  task.kind = Task::Kind::kClassification;
  task.labels = {"a", "b", "c"};
  task.primary = "accuracy";
  task.probabilities = true;
  const Scored scored{3, {0.7, 0.2, 0.1, 0.6, 0.3, 0.1, 0.3, 0.5, 0.2, 0.2, 0.6, 0.2, 0.5, 0.3, 0.2}, {0, 0, 0, 1, 2}};
  expect(task, scored,
         {{"accuracy", 0.6},
          {"uar", 0.5556},
          {"f1_weighted", 0.5333},
          {"f1_weighted_swapped", 0.6667},
          {"f1_macro", 0.4444},
          {"precision_macro", 0.3889},
          {"recall_macro", 0.5556},
          {"f1_a", 0.6667},
          {"mcc", 0.3086},
          {"top2", 0.8},
          {"brier", 0.48},
          {"nll", 0.8383}},
         {{"top2", 0.8}, {"brier", 0.56}, {"nll", 0.9503}});
}

TEST(ExamplesTest, Skill) {
  const auto skill = [](double value, double floor, double perfect) {
    Score score;
    score.value = value;
    add_floor(score, floor, perfect);
    return *score.skill;
  };
  EXPECT_NEAR(skill(0.5833, 1.1667, 0), 0.5, 5e-5);
  EXPECT_NEAR(skill(0.8, 0.8, 1), 0, 1e-12);
  EXPECT_NEAR(skill(0.48, 0.56, 0), 0.1429, 5e-5);
  EXPECT_NEAR(skill(0.8383, 0.9503, 0), 0.1179, 5e-5);
}

TEST(ExamplesTest, FlipsAndDirection) {
  testing::RunMaker maker(1, 4);
  const std::vector<double> labels{1, -1, -1, 2}, before{0.2, -0.05, -0.3, 1}, after{-0.2, 0.05, -0.2, 0.8};
  const auto changed = [&](std::size_t sample) { return after[sample]; };
  maker.add("audio.a", Modality::kAudio, 1, changed);
  maker.add("text.b", Modality::kText, 1, changed).label_effect = LabelEffect::kDirectional;
  for (std::size_t sample = 0; sample < 4; ++sample) {
    maker.run().samples[sample].labels["regression"].value = labels[sample];
    maker.outcomes(0)[sample].outputs = {before[sample]};
    maker.outcomes(2)[sample].direction = 1;
  }
  const Results results = analyse(maker.run());
  for (const auto& [name, value] : std::map<std::string, double>{
           {"all", 0.5}, {"harmful", 0.5}, {"beneficial", 0}, {"mean_shift", 0.2}, {"flip_beyond", 0.25}}) {
    EXPECT_NEAR(*results.cells[1].flips.at(name).value, value, 1e-12) << name;
  }
  for (const auto& [name, value] :
       std::map<std::string, double>{{"moved_right", 0}, {"unmoved", 0.75}, {"moved_wrong", 0.25}}) {
    EXPECT_NEAR(*results.cells[2].direction.at(name).value, value, 1e-12) << name;
  }
}

// In units of the clean error: 1.2 at severity 1, 1.8 at 3.
TEST(ExamplesTest, Curve) {
  testing::RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(1.2));
  maker.add("audio.a", Modality::kAudio, 3, maker.scaled_error(1.8));
  const Results results = analyse(maker.run());
  const double unit = *results.cells[0].metrics.at("mae").value, floor = *results.cells[0].metrics.at("mae").floor;
  const Curve& curve = results.curves.front();
  ASSERT_EQ(curve.metric, "mae");
  EXPECT_NEAR(*curve.auc.value, 4.1 * unit, 1e-9);
  EXPECT_NEAR(*curve.auc_normalised, 1.3667 * unit, 5e-5);
  EXPECT_NEAR(*curve.worst, 1.8 * unit, 1e-9);
  EXPECT_NEAR(*curve.retention, (1 - 1.8 * unit / floor) / (1 - unit / floor), 1e-9);
}

TEST(ExamplesTest, EffectiveRobustness) {
  // Four runs on the line -.6 + .8 logit(clean), one in their middle above it: the line rises by a fifth of its excess.
  const auto expit = [](double x) { return 1 / (1 + std::exp(-x)); };
  const auto logit = [](double x) { return std::log(x / (1 - x)); };
  EXPECT_NEAR(expit(-0.6 + 0.8 * logit(0.8)), 0.6246, 5e-5);
  EXPECT_NEAR(0.65 - 0.6246, 0.0254, 1e-9);
  std::vector<Jackknifed> clean(5), stressed(5);
  const double x[] = {-1, -0.5, 0, 0.5, 1};
  for (std::size_t run = 0; run < 5; ++run) {
    clean[run].value = expit(x[run]);
    stressed[run].value = expit(-0.6 + 0.8 * x[run] + (run == 2 ? 0.5 : 0));
  }
  const auto residuals = effective_robustness(clean, stressed);
  EXPECT_NEAR(*residuals[2].value, expit(-0.1) - expit(-0.5), 1e-9);
  EXPECT_NEAR(*residuals[0].value, expit(-1.4) - expit(-1.3), 1e-9);
}

TEST(ExamplesTest, Jackknife) {
  Task task;
  const Score score =
      metrics::score(metrics_for(task).front(), {1, {1, 2, 3, 4, 5}, {0, 0, 0, 0, 0}}, {0, 1, 2, 3, 4}, task);
  EXPECT_DOUBLE_EQ(*score.value, 3);
  EXPECT_NEAR(*score.low, 1.04, 0.005);
  EXPECT_NEAR(*score.high, 4.96, 0.005);
}

TEST(ExamplesTest, BenjaminiHochberg) {
  const std::vector<double> q = benjamini_hochberg({0.01, 0.02, 0.03, 0.5}), expected{0.04, 0.04, 0.04, 0.5};
  for (std::size_t at = 0; at < q.size(); ++at) EXPECT_NEAR(q[at], expected[at], 1e-12);
}

}  // namespace
}  // namespace shakedown::metrics
