#include "shakedown/core/rng.h"

#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace shakedown {
namespace {

StreamKey key(const std::string& sample) {
  return {1111, "audio.background_noise", 1, 0, sample, 0};
}

TEST(StreamTest, DependsOnWhatIsDecidedAndNotOnTheOrderOfAsking) {
  const auto stream = Rng(key("a")).stream("audio");
  const double third = stream.uniform(3);
  (void)stream.uniform(0);
  (void)stream.normal(3);
  EXPECT_EQ(stream.uniform(3), third);
  EXPECT_NE(stream.uniform(4), third);
  EXPECT_NE(stream.uniform(3, 1), third);
}

TEST(StreamTest, EveryPartOfTheKeyChangesTheDraws) {
  std::set<double> seen;
  const auto draw = [&seen](const StreamKey& k, const char* name) { seen.insert(Rng(k).stream(name).uniform(0)); };
  draw(key("a"), "audio");
  draw(key("b"), "audio");
  draw(key("a"), "video");
  auto k = key("a");
  k.suite_seed = 1;
  draw(k, "audio");
  k = key("a");
  k.perturbation = "audio.gain";
  draw(k, "audio");
  k = key("a");
  k.version = 2;
  draw(k, "audio");
  k = key("a");
  k.compose_index = 1;
  draw(k, "audio");
  k = key("a");
  k.replicate = 1;
  draw(k, "audio");
  EXPECT_EQ(seen.size(), 8U);
}

// Golden values, equal to a plain Python Philox4x64-10 with key (1, 2) and counters (0, 0, 0, 0) and (1, 7, 0, 0): a
// change here changes every published mask.
TEST(StreamTest, KeepsItsValuesFromVersionToVersion) {
  const Stream stream(1, 2);
  EXPECT_EQ(stream.bits(0), UINT64_C(0x46fdf329c224985e));
  EXPECT_EQ(stream.bits(1, 7), UINT64_C(0xa59cab4b800d9443));
}

TEST(StreamTest, UniformsAreUniform) {
  const Stream stream(3, 4);
  constexpr int kDraws = 200'000, kBins = 20;
  std::vector<int> bins(kBins);
  for (int i = 0; i < kDraws; ++i) {
    const double u = stream.uniform(static_cast<std::uint64_t>(i));
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    ++bins[static_cast<std::size_t>(u * kBins)];
  }
  double chi_squared = 0;
  for (const int count : bins) chi_squared += std::pow(count - kDraws / kBins, 2) / (kDraws / kBins);
  EXPECT_LT(chi_squared, 43.8);  // 99.9 % point of chi squared with 19 degrees of freedom
}

TEST(StreamTest, NormalsHaveTheMomentsOfTheStandardNormal) {
  const Stream stream(5, 6);
  std::vector<float> x(400'000);
  stream.normals(0, x);
  double m1 = 0, m2 = 0, m4 = 0, lag = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = static_cast<double>(x[i]);
    m1 += v;
    m2 += v * v;
    m4 += v * v * v * v;
    if (i > 0) lag += v * static_cast<double>(x[i - 1]);
  }
  const double n = static_cast<double>(x.size());
  EXPECT_NEAR(m1 / n, 0, 4 / std::sqrt(n));
  EXPECT_NEAR(m2 / n, 1, 4 * std::sqrt(2 / n));
  EXPECT_NEAR(m4 / n, 3, 4 * std::sqrt(96 / n));
  EXPECT_NEAR(lag / n, 0, 4 / std::sqrt(n));
}

TEST(StreamTest, BulkNormalsDependOnThePositionOnly) {
  const Stream stream(7, 8);
  std::vector<float> whole(101), part(50);
  stream.normals(0, whole);
  stream.normals(51, part);
  for (std::size_t i = 0; i < part.size(); ++i) EXPECT_EQ(part[i], whole[51 + i]);
}

TEST(StreamTest, BelowReachesEveryValueAndNoOther) {
  const Stream stream(9, 10);
  std::vector<int> counts(7);
  for (std::uint64_t i = 0; i < 7000; ++i) ++counts.at(stream.below(7, i));
  for (const int count : counts) EXPECT_NEAR(count, 1000, 4 * std::sqrt(1000.0));
  EXPECT_EQ(stream.below(1, 0), 0U);
}

}  // namespace
}  // namespace shakedown
