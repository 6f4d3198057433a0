#include "history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shakedown::runners {
namespace {

Outcome outcome(State state, double realised, double taken = 0) {
  Outcome made;
  made.state = state;
  made.reason = state == State::kSkipped ? "silence" : "";
  made.outputs = {1};
  made.dose.realised = realised;
  made.dose.taken = taken;
  made.dose.eligible = 10;
  made.decisions = Hasher().add(realised).finish();
  return made;
}

TEST(HistoryTest, TheDoseIsThatOfWhatWasSaidBefore) {
  const auto past = of_history(
      {outcome(State::kApplied, 2, 1), outcome(State::kApplied, 4, 3), outcome(State::kApplied, 9, 9)}, {0, 3});
  EXPECT_EQ(past[0].state, State::kIneligible);
  EXPECT_EQ(past[0].reason, "no earlier utterance");
  EXPECT_EQ(past[1].dose.realised, 2);
  EXPECT_EQ(past[2].dose.realised, 3);
  EXPECT_EQ(past[2].dose.taken, 4);
  EXPECT_EQ(past[2].dose.eligible, 20);
  EXPECT_NE(past[1].decisions, past[2].decisions);
}

TEST(HistoryTest, DialoguesDoNotReachIntoEachOther) {
  const auto past = of_history({outcome(State::kApplied, 2), outcome(State::kApplied, 4)}, {0, 1, 2});
  EXPECT_EQ(past[1].state, State::kIneligible);
}

TEST(HistoryTest, TheStateSaysWhetherAnythingBeforeWasChanged) {
  const auto past = of_history({outcome(State::kSkipped, 0), outcome(State::kUnchanged, 0), outcome(State::kApplied, 1),
                                outcome(State::kIneligible, 0)},
                               {0, 4});
  EXPECT_EQ(past[1].state, State::kSkipped);
  EXPECT_THAT(past[1].reason, testing::HasSubstr("silence"));
  EXPECT_EQ(past[2].state, State::kUnchanged);
  EXPECT_EQ(past[3].state, State::kApplied);
}

TEST(HistoryTest, WhatGotNoPredictionStaysFailed) {
  auto unread = outcome(State::kFailed, 0);
  unread.outputs.clear();
  unread.reason = "truncated";
  const auto past = of_history({outcome(State::kApplied, 2), unread}, {0, 2});
  EXPECT_EQ(past[1].state, State::kFailed);
  EXPECT_EQ(past[1].reason, "truncated");
}

}  // namespace
}  // namespace shakedown::runners
