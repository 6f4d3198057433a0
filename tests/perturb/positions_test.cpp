#include "shakedown/perturb/positions.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gmock/gmock.h>

namespace shakedown::perturb {
namespace {

using testing::ElementsAre;
using Positions = std::vector<std::size_t>;

Stream stream(int sample) {
  return Stream(7, static_cast<std::uint64_t>(sample));
}

TEST(PositionsTest, ProtectsTheEnds) {
  EXPECT_THAT(eligible_units(4, true, true), ElementsAre(false, true, true, false));
  EXPECT_THAT(eligible_units(1, true, true), ElementsAre(false));
  EXPECT_TRUE(eligible_units(0, true, true).empty());
}

TEST(PositionsTest, RoundsHalvesToEven) {
  EXPECT_EQ(share_of(5, 0.1), 0U);   // 0.5
  EXPECT_EQ(share_of(15, 0.1), 2U);  // 1.5
  EXPECT_EQ(share_of(25, 0.1), 2U);  // 2.5
  EXPECT_EQ(share_of(7, 1), 7U);
}

TEST(PositionsTest, TakesEachUnitWithTheRate) {
  const double rate = 0.3;
  const auto eligible = eligible_units(50, true, true);
  double taken = 0;
  constexpr int kSamples = 400;
  for (int i = 0; i < kSamples; ++i) taken += static_cast<double>(take_each(stream(i), eligible, rate).size());
  const double units = kSamples * 48.0;
  EXPECT_NEAR(taken / units, rate, 4 * std::sqrt(rate * (1 - rate) / units));
}

TEST(PositionsTest, TakesAllAtOneAndNoneAtZero) {
  const auto eligible = eligible_units(9, true, false);
  EXPECT_THAT(take_each(stream(1), eligible, 1), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_TRUE(take_each(stream(1), eligible, 0).empty());
  EXPECT_THAT(take_count(stream(1), eligible, 99), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_TRUE(take_blocks(stream(1), {}, 3).empty());
  EXPECT_TRUE(take_count(stream(1), {}, 3).empty());
}

// A decision about a unit depends on nothing but the unit, not on what else may be taken.
TEST(PositionsTest, DecidesAboutAUnitWhateverTheOthersAre) {
  const auto all = take_each(stream(3), eligible_units(40), 0.4);
  auto few = eligible_units(40);
  for (std::size_t i = 0; i < 40; i += 3) few[i] = false;
  Positions expected;
  std::copy_if(all.begin(), all.end(), std::back_inserter(expected), [](std::size_t i) { return i % 3 != 0; });
  EXPECT_EQ(take_each(stream(3), few, 0.4), expected);
}

using Take = Positions (*)(const Stream&, std::size_t units, std::size_t count);

class NestingTest : public testing::TestWithParam<Take> {};

TEST_P(NestingTest, KeepsAllOfALesserDose) {
  for (int sample = 0; sample < 50; ++sample) {
    for (std::size_t units : {1U, 2U, 7U, 40U}) {
      Positions previous;
      for (std::size_t count = 0; count <= units; ++count) {
        const Positions taken = GetParam()(stream(sample), units, count);
        ASSERT_TRUE(std::is_sorted(taken.begin(), taken.end()));
        ASSERT_TRUE(std::includes(taken.begin(), taken.end(), previous.begin(), previous.end()))
            << units << " " << count;
        previous = taken;
      }
      EXPECT_EQ(previous.size(), units);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Ways, NestingTest,
    testing::Values(
        +[](const Stream& s, std::size_t n, std::size_t k) {
          return take_each(s, eligible_units(n), static_cast<double>(k) / static_cast<double>(n));
        },
        +[](const Stream& s, std::size_t n, std::size_t k) { return take_count(s, eligible_units(n), k); },
        +[](const Stream& s, std::size_t n, std::size_t k) { return take_blocks(s, eligible_units(n), k); },
        +[](const Stream& s, std::size_t n, std::size_t k) { return take_blocks(s, eligible_units(n), k, 3); },
        +[](const Stream& s, std::size_t n, std::size_t k) { return take_blocks(s, eligible_units(n), k, 100); }));

TEST(PositionsTest, TakesOneRunOfTheExactLengthInsideTheProtection) {
  const auto eligible = eligible_units(20, true, true);
  std::map<std::size_t, int> starts;
  for (int sample = 0; sample < 6000; ++sample) {
    const auto taken = take_blocks(stream(sample), eligible, 6);
    ASSERT_EQ(taken.size(), 6U);
    ASSERT_EQ(taken.back() - taken.front(), 5U) << "not contiguous";
    ++starts[taken.front()];
  }
  // 18 eligible positions leave 13 starts, 1 to 13, each as likely as any other.
  ASSERT_EQ(starts.size(), 13U);
  EXPECT_EQ(starts.begin()->first, 1U);
  for (const auto& [start, count] : starts) EXPECT_NEAR(count, 6000 / 13.0, 5 * std::sqrt(6000 / 13.0)) << start;
}

TEST(PositionsTest, SpreadsSeveralRunsOverTheLength) {
  const auto runs = runs_of(take_blocks(stream(4), eligible_units(90), 9, 3));
  ASSERT_LE(runs.size(), 3U);
  double taken = 0;
  for (const Span& run : runs) taken += run.end - run.begin;
  EXPECT_EQ(taken, 9);
  const auto positions = take_blocks(stream(4), eligible_units(90), 9, 3);
  for (std::size_t third = 0; third < 3; ++third) {
    EXPECT_EQ(std::count_if(positions.begin(), positions.end(), [&](std::size_t p) { return p / 30 == third; }), 3);
  }
}

TEST(PositionsTest, EverySubsetOfARankingIsAsLikely) {
  std::map<Positions, int> seen;
  for (int sample = 0; sample < 6000; ++sample) ++seen[take_count(stream(sample), eligible_units(4), 2)];
  ASSERT_EQ(seen.size(), 6U);
  for (const auto& [subset, count] : seen) EXPECT_NEAR(count, 1000, 5 * std::sqrt(1000.0));
}

TEST(PositionsTest, SharesAreOfTheEligibleUnits) {
  Dose dose;
  dose.total = 20;
  dose.eligible = 8;
  dose.taken = 4;
  dose.changed = 2;
  EXPECT_EQ(with_shares(dose).realised, 0.5);
  EXPECT_EQ(with_shares(dose).effective, 0.25);
  EXPECT_TRUE(std::isnan(with_shares(Dose{}).realised));
}

TEST(PositionsTest, JoinsNeighboursIntoSpans) {
  const auto runs = runs_of({1, 2, 3, 7, 9, 10});
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].begin, 1);
  EXPECT_EQ(runs[0].end, 4);
  EXPECT_EQ(runs[2].begin, 9);
  EXPECT_EQ(runs[2].end, 11);
}

}  // namespace
}  // namespace shakedown::perturb
