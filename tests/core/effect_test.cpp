#include "shakedown/core/effect.h"

#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

TEST(LabelEffectTest, ACompositionTakesTheWeakestClass) {
  using enum LabelEffect;
  EXPECT_EQ(weakest(kInvariant, kDirectional), kDirectional);
  EXPECT_EQ(weakest(kUnknowable, kDirectional), kUnknowable);
  EXPECT_EQ(weakest(kDiagnostic, kUnknowable), kDiagnostic);
  EXPECT_EQ(weakest(kInvariant, kInvariant), kInvariant);
}

TEST(PoolTest, PairsBecomeRatesAndNothingElseChanges) {
  std::map<std::string, double> measures{{"wer.taken", 3},     {"wer.eligible", 12}, {"none.taken", 0},
                                         {"none.eligible", 0}, {"lone.taken", 2},    {"other", .5},
                                         {"snr.realised", 10}};
  pool(measures);
  const std::map<std::string, double> expected{{"wer", .25}, {"lone.taken", 2}, {"other", .5}, {"snr.realised", 10}};
  EXPECT_EQ(measures, expected);
}

TEST(StateTest, NamesGoRoundTrip) {
  for (const auto state : {State::kApplied, State::kUnchanged, State::kIneligible, State::kSkipped, State::kFailed})
    EXPECT_EQ(state_from_name(state_name(state)), state);
  EXPECT_THROW((void)state_from_name("lost"), Error);
}

TEST(ErrorTest, ContextGoesInFrontAndTheKindStays) {
  try {
    in_context("audio.gain", [] { throw Error(ErrorKind::kData, "gain_db: 'x' is not a number"); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "audio.gain: gain_db: 'x' is not a number");
    EXPECT_EQ(exit_code(error.kind()), 2);
  }
  EXPECT_EQ(exit_code(ErrorKind::kModel), 3);
  EXPECT_EQ(exit_code(ErrorKind::kIncomplete), 4);
  EXPECT_EQ(exit_code(ErrorKind::kInternal), 70);
}

}  // namespace
}  // namespace shakedown
