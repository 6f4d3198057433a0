// Bootstrap intervals against evaluations of the same draws by other means.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../metrics/src/bootstrap.h"
#include "../../metrics/src/intervals.h"
#include "make_run.h"
#include "shakedown/core/error.h"
#include "shakedown/metrics/analyse.h"
#include "shakedown/metrics/gate.h"

namespace shakedown::metrics {
namespace {

using ::testing::HasSubstr;
using testing::RunMaker;

constexpr std::size_t kGroups = 31;

MetricSpec metric_named(const std::string& name) {
  Task task;
  task.convention = "mosi";
  for (MetricSpec& metric : metrics_for(task)) {
    if (metric.name == name) return std::move(metric);
  }
  ADD_FAILURE() << "no metric " << name;
  return {};
}

struct Data {
  Scored scored;
  std::vector<int> groups;
};

/// Groups of 9 to 63 with correlated errors.
Data grouped(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> size(9, 63);
  Data data;
  for (int group = 0; group < static_cast<int>(kGroups); ++group) {
    const double shared = 0.4 * normal(random);
    for (int left = size(random); left > 0; --left) {
      const double label = static_cast<double>(static_cast<int>(random() % 7) - 3);
      data.scored.labels.push_back(label);
      data.scored.outputs.push_back(0.6 * label + shared + normal(random));
      data.groups.push_back(group);
    }
  }
  return data;
}

Jackknifed kept(const std::string& metric, const Data& data) {
  return jackknife(metric_named(metric), data.scored, data.groups, kGroups, Task{}, Keep::kResampled);
}

/// The samples of one draw, written out.
Scored written_out(const Data& data, const std::vector<double>& weights) {
  Scored drawn;
  for (std::size_t row = 0; row < data.groups.size(); ++row) {
    for (int copy = 0; copy < static_cast<int>(weights[static_cast<std::size_t>(data.groups[row])]); ++copy) {
      drawn.outputs.push_back(data.scored.outputs[row]);
      drawn.labels.push_back(data.scored.labels[row]);
    }
  }
  return drawn;
}

TEST(IntervalTest, DrawsAreWholeGroupsTakenWithReplacement) {
  const Data data = grouped(1);
  const GroupDraws draws(1111, kGroups, 40);
  std::vector<double> weights(kGroups);
  for (const char* name : {"mae", "corr", "f1_has0", "acc7", "spearman", "ccc"}) {
    const Jackknifed statistic = kept(name, data);
    const Jackknifed* one[] = {&statistic};
    const Bootstrapped drawn = bootstrap(one, draws).front();
    for (std::size_t draw = 0; draw < draws.size(); ++draw) {
      draws.weights(draw, weights);
      EXPECT_DOUBLE_EQ(std::accumulate(weights.begin(), weights.end(), 0.0), kGroups);
      const Value expected = metric_named(name).compute(written_out(data, weights), Task{});
      EXPECT_NEAR(drawn.values[draw], *expected.value, 1e-9) << name;
    }
  }
}

TEST(IntervalTest, InfluencesAreDerivativesByTheWeightOfAGroup) {
  const Data data = grouped(2);
  const GroupDraws draws(7, kGroups, 3);
  std::vector<double> weights(kGroups), influence(kGroups), unused(kGroups);
  for (const char* name : {"mae", "corr", "f1_non0", "ccc"}) {
    const Jackknifed statistic = kept(name, data);
    draws.weights(2, weights);
    static_cast<void>(statistic.resampled->of_samples(weights, influence));
    for (const std::size_t group : {0U, 5U, 30U}) {
      constexpr double kStep = 1e-4;
      std::vector<double> moved = weights;
      moved[group] += kStep;
      const double above = statistic.resampled->of_samples(moved, unused);
      moved[group] = std::max(0.0, weights[group] - kStep);
      const double below = statistic.resampled->of_samples(moved, unused);
      const double slope = (above - below) / (weights[group] + kStep - moved[group]);
      EXPECT_NEAR(influence[group], slope, 1e-5 * std::max(1e-3, std::abs(slope)) + 1e-8) << name << " " << group;
    }
  }
}

// The MAE is a ratio of sums: its linearised error is known in closed form, and the pivots can be sorted by hand.
TEST(IntervalTest, BootstrapTEqualsItsDefinitionOnTheMae) {
  const Data data = grouped(3);
  std::vector<double> sums(kGroups), counts(kGroups);
  for (std::size_t row = 0; row < data.groups.size(); ++row) {
    sums[static_cast<std::size_t>(data.groups[row])] += std::abs(data.scored.outputs[row] - data.scored.labels[row]);
    counts[static_cast<std::size_t>(data.groups[row])] += 1;
  }
  const auto estimate = [&](const std::vector<double>& weights) {
    double sum = 0, n = 0, squares = 0;
    for (std::size_t group = 0; group < kGroups; ++group) {
      sum += weights[group] * sums[group];
      n += weights[group] * counts[group];
    }
    for (std::size_t group = 0; group < kGroups; ++group) {
      squares += weights[group] * std::pow((sums[group] - sum / n * counts[group]) / n, 2);
    }
    return std::pair(sum / n, std::sqrt(kGroups / (kGroups - 1.0) * squares));
  };
  const auto [value, error] = estimate(std::vector<double>(kGroups, 1.0));
  const GroupDraws draws(99, kGroups, kDraws);
  std::vector<double> pivots, weights(kGroups);
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    draws.weights(draw, weights);
    const auto [drawn, spread] = estimate(weights);
    pivots.push_back((drawn - value) / spread);
  }
  std::sort(pivots.begin(), pivots.end());
  // (2000 + 1) .025 = 50.025: between the 50th and the 51st.
  const double low_pivot = pivots[49] + 0.025 * (pivots[50] - pivots[49]);
  const double high_pivot = pivots[1949] + 0.975 * (pivots[1950] - pivots[1949]);
  const Jackknifed statistic = kept("mae", data);
  const Jackknifed* one[] = {&statistic};
  const Bounds bounds = Intervals(IntervalKind::kBootstrapT, 99, kGroups).bounds(one, 0.025).front();
  EXPECT_NEAR(*bounds.low, value - high_pivot * error, 1e-6);
  EXPECT_NEAR(*bounds.high, value - low_pivot * error, 1e-6);
}

TEST(IntervalTest, BootstrapTAndJackknifeAgreeWithinATenthOfTheirWidth) {
  double ratio = 0, shift = 0;
  constexpr int kTrials = 12;
  const Intervals intervals(IntervalKind::kBootstrapT, 1111, kGroups);
  for (int trial = 0; trial < kTrials; ++trial) {
    const Data data = grouped(100 + static_cast<unsigned>(trial));
    for (const char* name : {"mae", "corr", "acc2_has0", "spearman"}) {
      const Jackknifed statistic = kept(name, data);
      const Jackknifed* one[] = {&statistic};
      const Bounds drawn = intervals.bounds(one, 0.025).front(), own = jackknife_bounds(statistic, 0.025);
      const double width = *own.high - *own.low;
      ratio += (*drawn.high - *drawn.low) / width / (4 * kTrials);
      shift += std::abs(*drawn.high + *drawn.low - *own.high - *own.low) / 2 / width / (4 * kTrials);
    }
  }
  EXPECT_NEAR(ratio, 1.0, 0.1);
  EXPECT_LT(shift, 0.1);
}

TEST(IntervalTest, PercentilesAndBcaLieAroundTheEstimate) {
  const Data data = grouped(4);
  const Jackknifed statistic = kept("corr", data);
  const Jackknifed* one[] = {&statistic};
  const GroupDraws draws(5, kGroups, kDraws);
  std::vector<double> values = bootstrap(one, draws).front().values;
  std::sort(values.begin(), values.end());
  const Bounds percentile = Intervals(IntervalKind::kPercentile, 5, kGroups).bounds(one, 0.025).front();
  EXPECT_NEAR(*percentile.low, values[49], 1e-3);
  EXPECT_NEAR(*percentile.high, values[1949], 1e-3);
  const Bounds bca = Intervals(IntervalKind::kBca, 5, kGroups).bounds(one, 0.025).front();
  EXPECT_LT(*bca.low, *statistic.value);
  EXPECT_GT(*bca.high, *statistic.value);
  // A correlation is skewed to the left: its lower tail becomes longer.
  EXPECT_LT(*bca.low, *percentile.low);
  EXPECT_NEAR(*bca.high - *bca.low, *percentile.high - *percentile.low, 0.3 * (*percentile.high - *percentile.low));
}

TEST(IntervalTest, CellsShareTheirDraws) {
  const Data data = grouped(6);
  Data shifted = data;
  for (double& output : shifted.scored.outputs) output += 0.5;
  const Jackknifed a = kept("corr", data), b = kept("corr", shifted);
  const std::pair<const Jackknifed*, double> parts[] = {{&a, 1.0}, {&b, -1.0}};
  const Jackknifed difference = weighted_sum(parts);
  const Jackknifed* one[] = {&difference};
  const Bounds bounds = Intervals(IntervalKind::kBootstrapT, 1, kGroups).bounds(one, 0.05).front();
  EXPECT_NEAR(*bounds.low, 0, 1e-6);  // a shift does not change a correlation, in any draw
  EXPECT_NEAR(*bounds.high, 0, 1e-6);
}

TEST(IntervalTest, TheWorstIsSoughtInEveryDraw) {
  const Data data = grouped(8);
  Data other = data;
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (double& output : other.scored.outputs) output += 0.02 * normal(random);
  const Jackknifed a = kept("mae", data), b = kept("mae", other);
  const Jackknifed* both[] = {&a, &b};
  const Jackknifed worst = extreme(both, false);
  const Jackknifed* all[] = {&a, &b, &worst};
  const auto drawn = bootstrap(all, GroupDraws(3, kGroups, 200));
  std::size_t first = 0;
  for (std::size_t draw = 0; draw < 200; ++draw) {
    EXPECT_DOUBLE_EQ(drawn[2].values[draw], std::max(drawn[0].values[draw], drawn[1].values[draw]));
    const bool is_first = drawn[0].values[draw] >= drawn[1].values[draw];
    EXPECT_DOUBLE_EQ(drawn[2].errors[draw], drawn[is_first ? 0 : 1].errors[draw]);
    first += is_first ? 1 : 0;
  }
  EXPECT_GT(first, 0U);
  EXPECT_LT(first, 200U);
}

TEST(IntervalTest, AutoTakesTheBootstrapFromThirtyGroupsOn) {
  EXPECT_FALSE(Intervals(IntervalKind::kAuto, 1, 29).bootstraps());
  EXPECT_TRUE(Intervals(IntervalKind::kAuto, 1, 30).bootstraps());
  EXPECT_FALSE(Intervals(IntervalKind::kBca, 1, 4).bootstraps());
  EXPECT_THAT(Intervals(IntervalKind::kAuto, 1, 30).name(), HasSubstr("bootstrap-t, 2000 draws"));
  EXPECT_EQ(interval_kind("percentile"), IntervalKind::kPercentile);
  try {
    static_cast<void>(interval_kind("bootstrap"));
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'bootstrap-t'"));
  }
}

TEST(IntervalTest, FewGroupsAreSaidToBeFewWhateverIsAsked) {
  RunMaker maker(4, 20);
  const Results results = analyse(maker.run(), {IntervalKind::kBootstrapT, nullptr});
  EXPECT_THAT(results.cells[0].metrics.at("mae").why, HasSubstr("too few groups"));
}

TEST(IntervalTest, APrimaryMetricHasOneIntervalWhereverItStands) {
  RunMaker maker(40, 6);
  maker.add("missing.block", Modality::kText, 1, maker.scaled_error(2), "", "rate");
  maker.add("missing.block", Modality::kText, 2, maker.scaled_error(3), "", "rate");
  const Results results = analyse(maker.run()), jackknife = analyse(maker.run(), {IntervalKind::kJackknife, nullptr});
  const Score& cell = results.cells[1].metrics.at("mae");
  EXPECT_NE(*cell.low, *jackknife.cells[1].metrics.at("mae").low);
  EXPECT_EQ(*cell.low, *results.cells[1].metrics_applied.at("mae").low);
  EXPECT_EQ(*cell.low, *results.curves.front().points[1].score.low);
  EXPECT_EQ(*results.cells[1].metrics.at("corr").low, *jackknife.cells[1].metrics.at("corr").low);
  // The area is 3.5 times the clean error in every draw, and so are its bounds.
  const Score& clean = results.cells[0].metrics.at("mae");
  EXPECT_NEAR(*results.curves.front().auc.high / *clean.high, 4.0, 1e-6);
  EXPECT_THAT(results.interval, HasSubstr("bootstrap-t"));
  EXPECT_THAT(jackknife.interval, HasSubstr("jackknife"));
}

TEST(IntervalTest, GuardsKeepTheJackknife) {
  RunMaker maker(40, 6);
  RunData candidate = maker.run();
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  for (Outcome& outcome : candidate.outcomes[0]) outcome.outputs[0] += 0.3 * normal(random);
  Policy policy;
  policy.rules.resize(2);
  policy.rules[0].name = "primary";
  policy.rules[1].name = "guard";
  policy.rules[1].guard = true;
  const Comparison drawn = gate(maker.run(), candidate, policy);
  const Comparison plain = gate(maker.run(), candidate, policy, IntervalKind::kJackknife);
  EXPECT_NE(*drawn.rules[0].low, *plain.rules[0].low);
  EXPECT_NEAR(*drawn.rules[0].low, *plain.rules[0].low, 0.2 * (*plain.rules[0].high - *plain.rules[0].low));
  EXPECT_EQ(*drawn.rules[1].low, *plain.rules[1].low);
}

}  // namespace
}  // namespace shakedown::metrics
