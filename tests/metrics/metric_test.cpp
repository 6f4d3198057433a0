#include "shakedown/metrics/metric.h"

#include <cmath>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shakedown::metrics {
namespace {

MetricSpec metric_named(const Task& task, const std::string& name) {
  for (MetricSpec& metric : metrics_for(task)) {
    if (metric.name == name) return std::move(metric);
  }
  ADD_FAILURE() << "no metric " << name;
  return {};
}

Task classes(std::vector<std::string> labels) {
  Task task;
  task.kind = Task::Kind::kClassification;
  task.labels = std::move(labels);
  task.primary = "f1_weighted";
  return task;
}

Task regression(const std::string& convention) {
  Task task;
  task.convention = convention;
  return task;
}

Scored one_hot(const std::vector<int>& decided, const std::vector<double>& truth, std::size_t columns) {
  Scored scored{columns, std::vector<double>(decided.size() * columns, 0.0), truth};
  for (std::size_t row = 0; row < decided.size(); ++row) {
    scored.outputs[row * columns + static_cast<std::size_t>(decided[row])] = 1.0;
  }
  return scored;
}

TEST(MetricTest, PrimaryComesFirst) {
  Task task = regression("mosi");
  task.primary = "corr";
  EXPECT_EQ(metrics_for(task).front().name, "corr");
}

TEST(MetricTest, NamesAreUniqueAndDefined) {
  for (const char* convention : {"mosi", "mosei", "sims", "simsv2", "plain"}) {
    std::set<std::string> names;
    for (const MetricSpec& metric : metrics_for(regression(convention))) {
      EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
      EXPECT_FALSE(metric.definition.empty()) << metric.name;
      EXPECT_NE(static_cast<bool>(metric.sums), static_cast<bool>(metric.weighted)) << metric.name;
    }
  }
  std::set<std::string> names;
  for (const MetricInfo& info : all_metrics()) EXPECT_TRUE(names.insert(info.name).second) << info.name;
  EXPECT_TRUE(names.contains("f1_<label>") && names.contains("acc2_weak") && names.contains("uar"));
}

// protocols.md 3.3: a constant answer on CH-SIMS, where 69.37 % are negative (317 of 457 test clips).
TEST(MetricTest, SwappedArgumentsMakeAConstantAnswerLookStrong) {
  std::vector<double> truth(457, 0.0);
  for (std::size_t row = 0; row < 140; ++row) truth[row] = 1.0;
  const Scored constant = one_hot(std::vector<int>(457, 0), truth, 2);
  const Task task = classes({"negative", "positive"});
  EXPECT_NEAR(*metric_named(task, "accuracy").compute(constant, task).value, 0.6937, 5e-5);
  EXPECT_NEAR(*metric_named(task, "f1_weighted").compute(constant, task).value, 0.5682, 5e-5);
  EXPECT_NEAR(*metric_named(task, "f1_weighted_swapped").compute(constant, task).value, 0.8191, 5e-5);

  Scored clips{1, std::vector<double>(457, -0.2), {}};
  for (const double label : truth) clips.labels.push_back(label > 0 ? 0.6 : -0.6);
  EXPECT_NEAR(*metric_named(regression("sims"), "f1").compute(clips, regression("sims")).value, 0.5682, 5e-5);
  EXPECT_NEAR(*floor_of(metric_named(regression("sims"), "f1"), clips, regression("sims")), 0.5682, 5e-5);
}

TEST(MetricTest, HalvesRoundToEven) {
  // round(2.5) = 2, round(1.5) = 2, round(0.5) = 0, round(-0.5) = -0.
  const Scored scored{1, {2.5, 1.5, 0.5, -0.5}, {2.0, 2.0, 0.0, 0.0}};
  EXPECT_EQ(metric_named(regression("mosi"), "acc7").compute(scored, regression("mosi")).value, 1.0);
}

TEST(MetricTest, ZeroIsPositiveForMosiAndNegativeForSims) {
  const double zero = 0.0;
  EXPECT_EQ(decision(&zero, 1, regression("mosi")), 1);
  EXPECT_EQ(decision(&zero, 1, regression("plain")), 1);
  EXPECT_EQ(decision(&zero, 1, regression("sims")), 0);
  EXPECT_EQ(decision(&zero, 1, regression("simsv2")), 0);
}

TEST(MetricTest, SimsBinsAreComparedInSinglePrecision) {
  // The double .1 lies above no float32 edge: (float).1 is not greater than .1f.
  const Scored scored{1, {0.1, static_cast<double>(0.1F)}, {0.0, 0.0}};
  EXPECT_EQ(metric_named(regression("sims"), "acc3").compute(scored, regression("sims")).value, 1.0);
}

TEST(MetricTest, UndefinedSaysWhy) {
  const Task task = regression("mosi");
  const Scored constant{1, {0.1, 0.1, 0.1}, {1, 2, 3}}, zeros{1, {0.1, 0.2, 0.3}, {0, 0, 0}}, none{1, {}, {}};
  EXPECT_EQ(metric_named(task, "corr").compute(constant, task).why, "constant predictions");
  EXPECT_EQ(metric_named(task, "spearman").compute(constant, task).why, "constant predictions");
  EXPECT_EQ(metric_named(task, "corr").compute(zeros, task).why, "constant labels");
  EXPECT_EQ(metric_named(task, "acc2_non0").compute(zeros, task).why, "no non-zero labels");
  for (const MetricSpec& metric : metrics_for(task)) EXPECT_FALSE(metric.compute(none, task).value) << metric.name;
}

TEST(MetricTest, HugePredictionsAreUndefinedNotWrong) {
  const Task task = regression("mosi");
  const Value value = metric_named(task, "corr").compute({1, {1e300, -1e300, 2.0}, {1, 2, 3}}, task);
  EXPECT_FALSE(value.value);
  EXPECT_FALSE(value.why.empty());
}

TEST(MetricTest, FloorOfTheMeanErrorIsTheMedians) {
  const Task task = regression("mosi");
  const Scored labels{1, {}, {-3, 0, 0, 1, 3}};
  EXPECT_DOUBLE_EQ(*floor_of(metric_named(task, "mae"), labels, task), 7.0 / 5);
}

TEST(MetricTest, SkillIsNoughtForTheBestConstantAndOneForTheTruth) {
  const Task task = regression("mosi");
  const std::vector<double> labels{-3, 0, 0, 1, 3, 2};
  const std::vector<int> groups{0, 1, 2, 3, 4, 5};
  const Score best = score(metric_named(task, "mae"), {1, std::vector<double>(6, 0.5), labels}, groups, task);
  EXPECT_NEAR(*best.skill, 0.0, 1e-12);
  for (const char* name : {"mae", "acc7", "acc2_has0", "f1_non0", "ccc"}) {
    EXPECT_NEAR(*score(metric_named(task, name), {1, labels, labels}, groups, task).skill, 1.0, 1e-12) << name;
  }
}

TEST(MetricTest, IntervalNeedsFiveGroups) {
  const Task task = regression("mosi");
  const Scored scored{1, {0.1, 0.4, -1, 2, 1}, {0, 1, -1, 2, 3}};
  const Score four = score(metric_named(task, "mae"), scored, {0, 1, 2, 3, 3}, task);
  EXPECT_TRUE(four.value);
  EXPECT_FALSE(four.low);
  EXPECT_THAT(four.why, ::testing::HasSubstr("too few groups"));
  EXPECT_TRUE(score(metric_named(task, "mae"), scored, {0, 1, 2, 3, 4}, task).low);
}

TEST(MetricTest, IntervalIsAbsentWhereLeavingAGroupOutIsUndefined) {
  const Task task = regression("mosi");
  // Only the first group varies.
  const Score value =
      score(metric_named(task, "corr"), {1, {2, 0, 0, 0, 0, 0}, {1, 0, 1, 2, 0, 1}}, {0, 1, 2, 3, 4, 5}, task);
  EXPECT_TRUE(value.value);
  EXPECT_FALSE(value.low);
  EXPECT_THAT(value.why, ::testing::HasSubstr("constant predictions"));
}

TEST(MetricTest, IntervalStaysInsideTheRangeOfTheMetric) {
  const Task task = regression("mosi");
  const Score value =
      score(metric_named(task, "acc2_has0"), {1, {1, 1, 1, 1, 1, -1}, {1, 1, 1, 1, 1, 1}}, {0, 1, 2, 3, 4, 5}, task);
  EXPECT_EQ(value.high, 1.0);
  EXPECT_GT(*value.low, 0.0);
}

}  // namespace
}  // namespace shakedown::metrics
