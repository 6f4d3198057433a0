// Against SciPy and statsmodels: tests/data/metrics/make_paired_tests.py.

#include "../../metrics/src/paired_tests.h"

#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "make_run.h"
#include "shakedown/metrics/compare.h"

namespace shakedown::metrics {
namespace {

using Json = nlohmann::json;
using testing::RunMaker;

const Json& golden() {
  static const Json kGolden = [] {
    std::ifstream file(std::string(SHAKEDOWN_TEST_DATA) + "/metrics/paired_tests.json");
    return Json::parse(file);
  }();
  return kGolden;
}

TEST(PairedTestsTest, SignFlipsEqualScipysPermutations) {
  for (const Json& entry : golden().at("sign_flip")) {
    const std::vector<double> sums = entry.at("sums");
    EXPECT_NEAR(sign_flip_p(sums, 1), entry.at("p"), 1e-9) << entry;
  }
}

TEST(PairedTestsTest, McNemarEqualsStatsmodels) {
  for (const Json& entry : golden().at("mcnemar"))
    EXPECT_NEAR(mcnemar_p(entry.at("baseline_only"), entry.at("candidate_only")), entry.at("p"), 1e-9) << entry;
}

TEST(PairedTestsTest, WilcoxonEqualsScipy) {
  for (const Json& entry : golden().at("wilcoxon")) {
    const std::vector<double> differences = entry.at("differences");
    EXPECT_NEAR(wilcoxon_p(differences), entry.at("p"), 1e-9) << differences.size();
  }
}

TEST(PairedTestsTest, DrawnFlipsAgreeWithTheNormalApproximation) {
  std::mt19937 random(9);
  std::normal_distribution<double> normal(0.25, 1);
  std::vector<double> sums(80);
  double sum = 0, squares = 0;
  for (double& own : sums) {
    own = normal(random);
    sum += own;
    squares += own * own;
  }
  const double p = std::erfc(std::abs(sum) / std::sqrt(2 * squares));
  EXPECT_NEAR(sign_flip_p(sums, 1), p, 4 * std::sqrt(p / 9999));
  EXPECT_EQ(sign_flip_p(sums, 1), sign_flip_p(sums, 1));
}

/// p and name of the first stressed cell.
std::pair<double, std::string> compared(std::size_t groups, std::size_t per_group, const std::string& primary) {
  RunMaker baseline(groups, per_group), candidate(groups, per_group);
  baseline.add("audio.a", Modality::kAudio, 1, baseline.scaled_error(2));
  candidate.add("audio.a", Modality::kAudio, 1, candidate.scaled_error(5));
  baseline.run().header.task.primary = candidate.run().header.task.primary = primary;
  const Comparison comparison = compare(baseline.run(), candidate.run(), false);
  return {comparison.rules.at(1).p_value.value_or(-1), comparison.rules.at(1).p_of};
}

TEST(PairedTestsTest, CompareTakesTheTestThatFitsTheGroups) {
  EXPECT_EQ(compared(12, 6, "mae").second, "sign-flip of groups, exact");
  EXPECT_EQ(compared(12, 6, "acc2_has0").second, "sign-flip of groups, exact");
  EXPECT_EQ(compared(40, 6, "mae").second, "sign-flip of groups, 9,999 draws");
  EXPECT_EQ(compared(40, 1, "mae").second, "Wilcoxon signed ranks");
  EXPECT_EQ(compared(40, 1, "acc2_has0").second, "McNemar, exact");
  EXPECT_EQ(compared(40, 1, "corr").first, -1);                  // no mean over samples
  EXPECT_EQ(compared(4, 6, "mae").first, -1);                    // too few groups
  EXPECT_NEAR(compared(12, 6, "mae").first, 2.0 / 4096, 1e-12);  // every group is worse: two of 2^12
}

}  // namespace
}  // namespace shakedown::metrics
