#include "shakedown/core/feature_values.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace shakedown {
namespace {

const std::vector<float> kWhole{1, 2, 3, 4, 5, 6, 7, 8};

std::shared_ptr<const FeatureValues> whole() {
  return std::make_shared<const FeatureValues>(kWhole);
}

TEST(FeatureValuesTest, BlankedRowsReadAsZeroAndTheOthersAsTheyWere) {
  const auto original = whole();
  const auto values = FeatureValues::blanked(original, 2, {0, 1, 0, 1});
  EXPECT_EQ(values.size(), 8U);
  EXPECT_EQ(values.original(), original.get());
  EXPECT_EQ(values.row(0, 2), original->row(0, 2)) << "no copy";
  EXPECT_EQ(values.row(1, 2)[0], 0);
  EXPECT_EQ(values.row(1, 2)[1], 0);
  EXPECT_EQ(values.all(), (std::vector<float>{1, 2, 0, 0, 5, 6, 0, 0}));
  EXPECT_EQ(values[4], 5);
  EXPECT_EQ(original->all(), kWhole);
}

TEST(FeatureValuesTest, PartsOfACompositionAddUp) {
  const auto original = whole();
  const auto first = std::make_shared<const FeatureValues>(FeatureValues::blanked(original, 2, {0, 1, 0, 0}));
  const auto second = FeatureValues::blanked(first, 2, {1, 0, 0, 0});
  EXPECT_EQ(second.original(), original.get());
  EXPECT_EQ(second.all(), (std::vector<float>{0, 0, 0, 0, 5, 6, 7, 8}));
  EXPECT_EQ(first->all(), (std::vector<float>{1, 2, 0, 0, 5, 6, 7, 8}));
}

TEST(FeatureValuesTest, WritingMakesACopy) {
  const auto original = whole();
  auto values = FeatureValues::blanked(original, 2, {0, 1, 0, 0});
  const auto kept = values;
  values[0] = 9;
  EXPECT_EQ(values.original(), nullptr);
  EXPECT_EQ(values, (std::vector<float>{9, 2, 0, 0, 5, 6, 7, 8}));
  EXPECT_EQ(kept, (std::vector<float>{1, 2, 0, 0, 5, 6, 7, 8}));
  EXPECT_EQ(*original, kWhole);
  auto other = kept;
  other.assign(2, 1.0F);
  EXPECT_EQ(other, (std::vector<float>{1, 1}));
  EXPECT_EQ(kept.size(), 8U);
}

TEST(FeatureValuesTest, EmptyRowsAreFoundAnewAfterAChange) {
  FeatureValues values{0, 0, 1, 0, 0, 0, 0, 2};
  using Rows = std::vector<std::uint8_t>;
  EXPECT_EQ(values.empty_rows(2), (Rows{1, 0, 1, 0}));
  FeatureValues copy = values;
  copy[0] = 5;
  EXPECT_EQ(copy.empty_rows(2), (Rows{0, 0, 1, 0}));
  EXPECT_EQ(values.empty_rows(2), (Rows{1, 0, 1, 0}));
  values = copy;
  EXPECT_EQ(values.empty_rows(2), (Rows{0, 0, 1, 0}));
  values.assign(4, 0.0F);
  EXPECT_EQ(values.empty_rows(2), (Rows{1, 1}));
  EXPECT_EQ(FeatureValues().empty_rows(0), Rows());
}

TEST(FeatureValuesTest, ThreadsMayAskForEmptyRowsAtOnce) {
  const FeatureValues values(std::vector<float>(30000, 0.0F));
  std::vector<const std::vector<std::uint8_t>*> found(4);
  std::vector<std::thread> threads;
  for (auto& one : found) threads.emplace_back([&] { one = &values.empty_rows(3); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::set(found.begin(), found.end()).size(), 1U) << "all have the same ones";
}

TEST(FeatureValuesTest, LivesLongerThanItsOriginalsOwner) {
  auto original = whole();
  const auto values = FeatureValues::blanked(original, 2, {1, 0, 0, 0});
  original.reset();
  EXPECT_EQ(values.row(3, 2)[1], 8);
}

}  // namespace
}  // namespace shakedown
