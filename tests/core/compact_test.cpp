#include "shakedown/core/compact.h"

#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/hash.h"

namespace shakedown {
namespace {

using ::testing::ElementsAre;

TEST(OutputsTest, HoldOneInPlaceAndSeveralOutside) {
  Outputs outputs;
  EXPECT_TRUE(outputs.empty());
  EXPECT_EQ(outputs.begin(), outputs.end());
  outputs = {1.5};
  EXPECT_THAT(outputs, ElementsAre(1.5));
  outputs[0] = 2.5;
  Outputs other = outputs;
  other = std::vector<double>{1, 2, 3};
  EXPECT_THAT(other, ElementsAre(1, 2, 3));
  EXPECT_THAT(outputs, ElementsAre(2.5));
  const Outputs copy = other;
  other[1] = 7;
  EXPECT_THAT(copy, ElementsAre(1, 2, 3));
  const Outputs moved = std::move(other);
  EXPECT_THAT(moved, ElementsAre(1, 7, 3));
  other = {4};  // NOLINT(bugprone-use-after-move): given a value again
  EXPECT_THAT(other, ElementsAre(4));
  const double numbers[] = {1, 2, 3, 4};
  other.assign(numbers + 1, numbers + 4);
  EXPECT_THAT(other, ElementsAre(2, 3, 4));
  other.assign(numbers, numbers + 3);
  EXPECT_THAT(other, ElementsAre(1, 2, 3));
  EXPECT_EQ(other.at(2), 3);
  EXPECT_THROW((void)other.at(3), std::out_of_range);
  other.clear();
  EXPECT_EQ(other.size(), 0U);
}

TEST(SharedTextTest, EqualTextsAreOneInAllThreads) {
  const SharedText nothing, text("a reason"), same(std::string("a ") + "reason"), other("another");
  EXPECT_TRUE(nothing.empty());
  EXPECT_EQ(nothing, SharedText(""));
  EXPECT_EQ(text, same);
  EXPECT_NE(text, other);
  EXPECT_EQ(&text.str(), &same.str());
  std::vector<SharedText> made(4);
  std::vector<std::thread> threads;
  for (auto& each : made) {
    threads.emplace_back([&each] {
      for (int i = 0; i < 1000; ++i) each = "reason " + std::to_string(i);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& each : made) EXPECT_EQ(each.str(), "reason 999");
}

TEST(MeasuresTest, AreOrderedByName) {
  Measures measures{{"b", 2}, {"a", 1}};
  measures["c"] = 3;
  measures["a"] += 0.5;
  EXPECT_EQ(measures.map(), (std::map<std::string, double>{{"a", 1.5}, {"b", 2}, {"c", 3}}));
  EXPECT_EQ(measures.begin()->first.str(), "a");
  EXPECT_EQ(*measures.find("b"), 2);
  EXPECT_EQ(measures.find("d"), nullptr);
  EXPECT_THROW((void)measures.at("d"), std::out_of_range);
  EXPECT_EQ(Measures(measures.map()).map(), measures.map());
}

TEST(DigestTest, ComesBackFromItsDigits) {
  const Digest digest = Hasher().add("x").finish();
  EXPECT_EQ(Digest::from_hex(digest.hex()), digest);
  EXPECT_EQ(digest.text(), digest.hex());
  EXPECT_EQ(Digest().text(), "");
  for (const char* wrong : {"", "0", "0123456789abcdef0123456789abcdeF", "0123456789abcdef0123456789abcdef0"})
    EXPECT_FALSE(Digest::from_hex(wrong)) << wrong;
}

}  // namespace
}  // namespace shakedown
