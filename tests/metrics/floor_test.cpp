// Floors against a search over constant answers.

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "shakedown/metrics/metric.h"

namespace shakedown::metrics {
namespace {

Scored constant(const std::vector<double>& labels, const std::vector<double>& answer) {
  Scored scored{answer.size(), {}, labels};
  for (std::size_t row = 0; row < labels.size(); ++row) {
    scored.outputs.insert(scored.outputs.end(), answer.begin(), answer.end());
  }
  return scored;
}

/// The best value of all answers tried; nothing where it is always undefined.
std::optional<double> best_of(const MetricSpec& metric, const std::vector<double>& labels,
                              const std::vector<std::vector<double>>& answers, const Task& task) {
  std::optional<double> best;
  for (const std::vector<double>& answer : answers) {
    const Value value = metric.compute(constant(labels, answer), task);
    if (value.value && (!best || metric.gain(*best, *value.value) > 0)) best = value.value;
  }
  return best;
}

/// Correlations and the like are undefined or 0 for every constant.
bool is_zero_by_definition(const std::string& name) {
  const std::set<std::string> names{"corr", "spearman", "ccc", "r2", "mcc"};
  return names.contains(name);
}

TEST(FloorTest, RegressionFloorsEqualASearchOverEveryConstant) {
  std::mt19937 random(17);
  for (const char* convention : {"mosi", "sims", "simsv2", "plain"}) {
    Task task;
    task.convention = convention;
    for (int trial = 0; trial < 8; ++trial) {
      std::vector<double> labels;
      const int n = 1 + static_cast<int>(random() % 40), spread = 1 + static_cast<int>(random() % 9);
      for (int row = 0; row < n; ++row) {
        labels.push_back((static_cast<int>(random() % static_cast<unsigned>(2 * spread + 1)) - spread) / 3.0);
      }
      std::vector<std::vector<double>> answers;
      for (int step = -660; step <= 660; ++step) answers.push_back({step / 200.0});  // every bin of every convention
      for (const double label : labels) answers.push_back({label});
      for (const MetricSpec& metric : metrics_for(task)) {
        const auto floor = floor_of(metric, constant(labels, {0}), task);
        if (is_zero_by_definition(metric.name)) {
          EXPECT_DOUBLE_EQ(*floor, 0);
          continue;
        }
        const auto best = best_of(metric, labels, answers, task);
        ASSERT_EQ(floor.has_value(), best.has_value()) << metric.name;
        EXPECT_NEAR(floor.value_or(0), best.value_or(0), 1e-12) << convention << " " << metric.name << " of " << n;
      }
    }
  }
}

TEST(FloorTest, ClassFloorsEqualASearchOverEveryConstant) {
  std::mt19937 random(18);
  std::gamma_distribution<double> gamma(0.7);
  for (int trial = 0; trial < 10; ++trial) {
    Task task;
    task.kind = Task::Kind::kClassification;
    task.labels = {"a", "b", "c", "d", "e"};
    task.primary = "accuracy";
    task.probabilities = true;
    std::vector<double> labels;
    const int n = 1 + static_cast<int>(random() % 60);
    for (int row = 0; row < n; ++row) labels.push_back(std::min(4.0, std::floor(2 * gamma(random))));
    std::vector<std::vector<double>> answers;
    for (int draw = 0; draw < 3000; ++draw) {  // all decisions and all rankings of five classes
      std::vector<double> shares(5);
      double sum = 0;
      for (double& share : shares) sum += share = gamma(random) + 1e-9;
      for (double& share : shares) share /= sum;
      answers.push_back(shares);
    }
    for (const MetricSpec& metric : metrics_for(task)) {
      const auto floor = floor_of(metric, constant(labels, answers.front()), task);
      if (metric.name == "ece") {
        EXPECT_FALSE(floor);
        continue;
      }
      if (is_zero_by_definition(metric.name)) continue;
      const auto best = best_of(metric, labels, answers, task);
      if (metric.calibration) {  // proper scores: nothing beats the class frequencies, which reach the floor
        EXPECT_LE(metric.gain(*floor, *best), 1e-12) << metric.name;
        std::vector<double> shares(5, 0.0);
        for (const double label : labels) shares[static_cast<std::size_t>(label)] += 1.0 / n;
        EXPECT_NEAR(*metric.compute(constant(labels, shares), task).value, *floor, 1e-12) << metric.name;
        continue;
      }
      ASSERT_EQ(floor.has_value(), best.has_value()) << metric.name;
      EXPECT_NEAR(floor.value_or(0), best.value_or(0), 1e-12) << metric.name;
    }
  }
}

}  // namespace
}  // namespace shakedown::metrics
