#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_run.h"
#include "shakedown/metrics/analyse.h"

namespace shakedown::metrics {
namespace {

using testing::RunMaker;

/// Mean absolute error of a cell.
double mae(const Results& results, const std::string& id) {
  return *results.find(id)->metrics.at("mae").value;
}

// Two variants at severity 1 and one at severity 2 of audio.a, one cell of audio.b, one of video.c.
RunMaker nested() {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(2));
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(4), "noise=pink");
  maker.add("audio.a", Modality::kAudio, 2, maker.scaled_error(8));
  maker.add("audio.b", Modality::kAudio, 1, maker.scaled_error(16));
  maker.add("video.c", Modality::kVideo, 1, maker.scaled_error(32));
  return maker;
}

TEST(AggregatesTest, StressMeanAveragesVariantsThenLevelsThenPerturbationsThenModalities) {
  RunMaker maker = nested();
  const Results results = analyse(maker.run());
  const double clean = mae(results, "clean#0");
  // By hand: a = ((2 + 4) / 2 + 8) / 2 = 5.5; audio = (5.5 + 16) / 2 = 10.75; all = (10.75 + 32) / 2 = 21.375.
  EXPECT_NEAR(*results.summary.at("stress_mean[audio]").value, 10.75 * clean, 1e-9);
  EXPECT_NEAR(*results.summary.at("stress_mean").value, 21.375 * clean, 1e-9);
  EXPECT_NEAR(*results.summary.at("stress_mean_unweighted").value, 62.0 / 5 * clean, 1e-9);
  EXPECT_NEAR(*results.summary.at("worst").value, 32 * clean, 1e-9);
  EXPECT_THAT(results.summary_notes.at("worst"), ::testing::HasSubstr("video.c@severity=1#0"));
}

// All cells are multiples of the clean error, so the whole aggregate's interval must be that multiple too.
TEST(AggregatesTest, IntervalResamplesTheWholeAggregate) {
  RunMaker maker = nested();
  const Results results = analyse(maker.run());
  const Score &clean = results.find("clean#0")->metrics.at("mae"), &mean = results.summary.at("stress_mean");
  EXPECT_NEAR(*mean.high - *mean.low, 21.375 * (*clean.high - *clean.low), 1e-9);
}

TEST(AggregatesTest, OnlyInvariantValidStrongSingleCellsEnter) {
  RunMaker maker = nested();
  const double before = *analyse(maker.run()).summary.at("stress_mean").value;
  maker.add("audio.pitch", Modality::kAudio, 9, maker.scaled_error(50)).valid = false;
  maker.add("text.mask", Modality::kText, 1, maker.scaled_error(50)).label_effect = LabelEffect::kUnknowable;
  maker.add("text.turn", Modality::kText, 1, maker.scaled_error(50)).label_effect = LabelEffect::kDirectional;
  maker.add("cross.desync", Modality::kCross, 1, maker.scaled_error(50));
  maker.add("video.d", Modality::kVideo, 1, maker.scaled_error(50))
      .parts.push_back({"audio.a", 1, Modality::kAudio, {}});
  maker.add("video.weak", Modality::kVideo, 1, maker.scaled_error(50));
  for (std::size_t sample = 0; sample < 7; ++sample) maker.run().outcomes.back()[sample].state = State::kSkipped;
  const Results results = analyse(maker.run());
  EXPECT_NEAR(*results.summary.at("stress_mean").value, before, 1e-12);
  EXPECT_TRUE(results.find("video.weak@severity=1#0")->weak);
  const double clean = mae(results, "clean#0");
  EXPECT_NEAR(*results.summary.at("information_loss").value, 50 * clean, 1e-9);
  EXPECT_NEAR(*results.summary.at("stress_mean[compositions]").value, 50 * clean, 1e-9);
  EXPECT_NEAR(*results.summary.at("stress_mean[cross.*]").value, 50 * clean, 1e-9);
  EXPECT_THAT(results.summary_notes.at("stress_mean"), ::testing::HasSubstr("1 weak"));
}

TEST(AggregatesTest, ReplicatesAreOneCellOfTheMean) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(2), "", "severity", 0);
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(4), "", "severity", 1);
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(9), "noise=pink");
  const Results results = analyse(maker.run());
  EXPECT_NEAR(*results.summary.at("stress_mean").value, (3.0 + 9.0) / 2 * mae(results, "clean#0"), 1e-9);
}

TEST(AggregatesTest, SeenPerturbationsAreSplitOff) {
  RunMaker maker = nested();
  maker.run().header.trained_with = {"video.*"};
  const Results results = analyse(maker.run());
  const double clean = mae(results, "clean#0");
  EXPECT_NEAR(*results.summary.at("stress_mean[seen]").value, 32 * clean, 1e-9);
  EXPECT_NEAR(*results.summary.at("stress_mean[unseen]").value, 10.75 * clean, 1e-9);
}

TEST(AggregatesTest, SeenVariantsOfAPerturbationAreSplitFromItsOthers) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(2), "noise=pink").parts[0].params = {{"noise", "pink"},
                                                                                                    {"loud", "true"}};
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(8)).parts[0].params = {{"noise", "babble"},
                                                                                      {"loud", "true"}};
  const auto seen = [&](const std::string& entry) {
    maker.run().header.trained_with = {entry};
    const Results results = analyse(maker.run());
    const auto mean = results.summary.find("stress_mean[seen]");
    return mean == results.summary.end() ? 0 : *mean->second.value / mae(results, "clean#0");
  };
  EXPECT_NEAR(seen("audio.a[noise=pink]"), 2, 1e-9);
  EXPECT_NEAR(seen("audio.*[noise=b*,loud=true]"), 8, 1e-9);
  EXPECT_NEAR(seen("audio.a"), 5, 1e-9);
  EXPECT_EQ(seen("audio.a[noise=pink,loud=false]"), 0);
  EXPECT_EQ(seen("audio.a[colour=pink]"), 0);
  EXPECT_EQ(seen("audio.a[noise]"), 0);
}

TEST(AggregatesTest, MeanOfNothingIsUndefinedAndSaysSo) {
  RunMaker maker;
  const Results results = analyse(maker.run());
  EXPECT_FALSE(results.summary.at("stress_mean").value);
  EXPECT_FALSE(results.summary.at("stress_mean").why.empty());
}

}  // namespace
}  // namespace shakedown::metrics
