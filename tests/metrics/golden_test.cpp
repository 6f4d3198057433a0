// Against NumPy, SciPy, scikit-learn and statsmodels: tests/data/metrics/make_golden.py.

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "../../metrics/src/jackknife.h"
#include "shakedown/metrics/metric.h"

namespace shakedown::metrics {
namespace {

using Json = nlohmann::json;

const Json& golden() {
  static const Json kGolden = [] {
    std::ifstream file(std::string(SHAKEDOWN_TEST_DATA) + "/metrics/golden.json");
    return Json::parse(file);
  }();
  return kGolden;
}

MetricSpec metric_named(const Task& task, const std::string& name) {
  for (MetricSpec& metric : metrics_for(task)) {
    if (metric.name == name) return std::move(metric);
  }
  ADD_FAILURE() << "no metric " << name;
  return {};
}

void expect_same(const std::optional<double>& actual, const Json& expected, const std::string& what,
                 double tolerance = 1e-9) {
  if (expected.is_null()) {
    EXPECT_FALSE(actual.has_value()) << what << " should be undefined, is " << actual.value_or(0);
    return;
  }
  ASSERT_TRUE(actual.has_value()) << what << " should be " << expected;
  EXPECT_NEAR(*actual, expected.get<double>(), tolerance) << what;
}

void expect_values(const Task& task, const Scored& scored, const Json& expected, const std::string& where) {
  for (const auto& [name, value] : expected.at("values").items()) {
    const MetricSpec metric = metric_named(task, name);
    const Value actual = metric.compute(scored, task);
    expect_same(actual.value, value, where + " " + name);
    EXPECT_EQ(actual.value.has_value(), actual.why.empty()) << where << " " << name;
    // Floors of proper scores come from a numerical search, which does not reach further.
    const bool searched = name == "brier" || name == "nll";
    expect_same(floor_of(metric, scored, task), expected.at("floors").at(name), where + " floor of " + name,
                searched ? 1e-8 : 1e-9);
  }
}

TEST(GoldenTest, RegressionMetricsAndFloorsEqualThePublishedCode) {
  for (const Json& entry : golden().at("regression")) {
    const Scored scored{1, entry.at("predictions"), entry.at("labels")};
    for (const auto& [convention, expected] : entry.at("conventions").items()) {
      Task task;
      task.convention = convention;
      ASSERT_EQ(expected.at("values").size(), metrics_for(task).size());
      expect_values(task, scored, expected, entry.at("case").get<std::string>() + " " + convention);
    }
  }
}

TEST(GoldenTest, ClassificationMetricsAndFloorsEqualScikitLearn) {
  for (const Json& entry : golden().at("classification")) {
    Task task;
    task.kind = Task::Kind::kClassification;
    task.labels = entry.at("labels").get<std::vector<std::string>>();
    task.primary = "f1_weighted";
    task.probabilities = entry.at("probabilities");
    Scored scored{task.labels.size(), {}, entry.at("truth")};
    for (const Json& row : entry.at("outputs")) {
      for (const double output : row) scored.outputs.push_back(output);
    }
    ASSERT_EQ(entry.at("values").size(), metrics_for(task).size());
    expect_values(task, scored, entry, entry.at("case"));
  }
}

TEST(GoldenTest, IntervalsEqualABruteForceJackknife) {
  for (const Json& entry : golden().at("intervals")) {
    Task task;
    task.convention = entry.at("convention");
    const Scored scored{1, entry.at("predictions"), entry.at("labels")};
    for (const auto& [name, expected] : entry.at("scores").items()) {
      const Score actual = score(metric_named(task, name), scored, entry.at("groups"), task);
      ASSERT_TRUE(actual.low && actual.high) << name << ": " << actual.why;
      EXPECT_NEAR(*actual.value, expected.at("value"), 1e-9) << name;
      EXPECT_NEAR(*actual.low, expected.at("low"), 1e-9) << name;
      EXPECT_NEAR(*actual.high, expected.at("high"), 1e-9) << name;
    }
  }
}

TEST(GoldenTest, HolmEqualsStatsmodels) {
  const std::vector<double> expected = golden().at("holm").at("adjusted"), actual = holm(golden().at("holm").at("p"));
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t at = 0; at < actual.size(); ++at) EXPECT_NEAR(actual[at], expected[at], 1e-12);
}

TEST(GoldenTest, BenjaminiHochbergEqualsStatsmodels) {
  const Json& entry = golden().at("benjamini_hochberg");
  const std::vector<double> expected = entry.at("adjusted"), actual = benjamini_hochberg(entry.at("p"));
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t at = 0; at < actual.size(); ++at) EXPECT_NEAR(actual[at], expected[at], 1e-12);
}

TEST(GoldenTest, StudentsTEqualsScipy) {
  for (const Json& entry : golden().at("t")) {
    EXPECT_NEAR(t_quantile(entry.at("p"), entry.at("df")), entry.at("quantile"), 1e-9);
    EXPECT_NEAR(t_cdf(1.3, entry.at("df")), entry.at("cdf_of_1.3"), 1e-9);
  }
}

}  // namespace
}  // namespace shakedown::metrics
