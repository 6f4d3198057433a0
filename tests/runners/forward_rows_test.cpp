#include "forward_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shakedown::runners {
namespace {

using Scope = suites::Cell::Scope;
using testing::ElementsAre;

/// "0p 1c*": sample 0 perturbed, sample 1 as it was and its answer read; rows by |, calls by ||.
std::string spelled(const std::vector<std::vector<ForwardRow>>& calls) {
  std::string text;
  for (std::size_t c = 0; c < calls.size(); ++c) {
    if (c > 0) text += " || ";
    for (std::size_t r = 0; r < calls[c].size(); ++r) {
      if (r > 0) text += " | ";
      for (std::size_t i = 0; i < calls[c][r].size(); ++i) {
        const auto& part = calls[c][r][i];
        text +=
            (i > 0 ? " " : "") + std::to_string(part.sample) + (part.perturbed ? "p" : "c") + (part.wanted ? "*" : "");
      }
    }
  }
  return text;
}

constexpr auto kReady = Readiness::kReady, kFailed = Readiness::kFailed, kAbsent = Readiness::kAbsent;

TEST(ForwardRowsTest, UtterancesFillTheBatchWithTheFirstThatCanBeAsked) {
  EXPECT_EQ(spelled(forward_calls({0, 1, 2}, {kReady, kReady}, false, Scope::kAll, 4)), "0p* | 1p* | 0p | 0p");
  EXPECT_EQ(spelled(forward_calls({0, 1, 2}, {kFailed, kReady}, false, Scope::kAll, 2)), "1p | 1p*");
  EXPECT_TRUE(forward_calls({0, 1}, {kAbsent}, false, Scope::kAll, 2).empty());
}

TEST(ForwardRowsTest, ADialogueIsARow) {
  EXPECT_EQ(spelled(forward_calls({0, 2, 3}, {kReady, kReady, kReady}, true, Scope::kAll, 3)), "0p* 1p* | 2p* | 0p 1p");
}

TEST(ForwardRowsTest, TheTargetOrItsHistoryCostARowEach) {
  const std::vector<Readiness> ready(3, kReady);
  EXPECT_EQ(spelled(forward_calls({0, 3}, ready, true, Scope::kTarget, 2)),
            "0p* 1c 2c | 0c 1p* 2c || 0c 1c 2p* | 0p 1c 2c");
  EXPECT_EQ(spelled(forward_calls({0, 3}, ready, true, Scope::kHistory, 3)), "0c* 1c 2c | 0p 1c* 2c | 0p 1p 2c*");
}

TEST(ForwardRowsTest, WhatCannotBeReadIsNotThereAndWhatCannotBeDoneStandsAsItWas) {
  const std::vector<Readiness> some{kAbsent, kReady, kFailed};
  EXPECT_EQ(spelled(forward_calls({0, 3}, some, true, Scope::kAll, 1)), "1p* 2c");
  EXPECT_EQ(spelled(forward_calls({0, 3}, some, true, Scope::kTarget, 3)), "1p 2c | 1p* 2c | 1p 2c")
      << "places of those that cannot be asked are filled";
  EXPECT_EQ(spelled(forward_calls({0, 3}, some, true, Scope::kHistory, 3)), "1c 2c | 1c* 2c | 1p 2c*")
      << "what was said before is changed whatever became of the target";
}

TEST(ForwardRowsTest, CallsAreCountedBeforeTheyAreMade) {
  EXPECT_EQ(call_count(3, 7, Scope::kAll, 2), 2U);
  EXPECT_EQ(call_count(3, 7, Scope::kTarget, 2), 4U);
}

}  // namespace
}  // namespace shakedown::runners
