// The examples of docs/metrics.md, as they stand there.

#include <cmath>

#include <gtest/gtest.h>

#include "../../metrics/src/jackknife.h"
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
          {"acc7", 0.3333},
          {"spearman", 0.9429},
          {"ccc", 0.8326}},
         {{"mae", 1.1667}});
}

TEST(ExamplesTest, Sims) {
  Task task;
  task.convention = "simsv2";
  const Scored scored{1, {-0.9, -0.05, 0.05, 0.1, 1.4}, {-0.8, -0.1, 0, 0.1, 0.8}};
  expect(
      task, scored,
      {{"mae", 0.08}, {"acc2", 0.8}, {"f1", 0.8}, {"acc3", 0.8}, {"acc5", 0.8}, {"acc2_weak", 0.6667}, {"r2", 0.9577}});
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
