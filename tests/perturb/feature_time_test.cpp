// feature.shift, feature.time_warp and feature.dropout_runs: what happens in time.
#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include "perturb/support.h"

namespace shakedown::perturb {
namespace {

Sample with_vision(Shared<Sequence> sequence, const std::string& id = "a") {
  Sample sample;
  sample.id = id;
  sample.vision_features = std::move(sequence);
  return sample;
}

class FeatureTimeTest : public testing::Test {
 protected:
  Applied apply(const Sample& sample, const Part& part, int replicate = 0) const {
    return apply_parts(sample, {part}, *corpus_, 1, replicate);
  }
  std::unique_ptr<Corpus> corpus_ = synthetic_corpus(8);
};

// The lag at which two sequences correlate best, over lags that leave half of them.
int best_lag(const Sequence& a, const Sequence& b) {
  const int length = static_cast<int>(a.length);
  double best = -2;
  int lag = 0;
  for (int k = -length / 2; k <= length / 2; ++k) {
    double xy = 0, xx = 0, yy = 0;
    for (int t = std::max(0, k); t < std::min(length, length + k); ++t) {
      for (std::size_t d = 0; d < a.dims; ++d) {
        const double x = a.row(static_cast<std::size_t>(t - k))[d], y = b.row(static_cast<std::size_t>(t))[d];
        xy += x * y;
        xx += x * x;
        yy += y * y;
      }
    }
    if (const double r = xy / std::sqrt(xx * yy); r > best) {
      best = r;
      lag = k;
    }
  }
  return lag;
}

Shared<Sequence> white(std::size_t length, std::size_t dims, std::size_t padding) {
  Sequence sequence{length + padding, dims, length, std::vector<float>((length + padding) * dims, 0.0F)};
  const Stream stream(7, 7);
  for (std::size_t i = 0; i < length * dims; ++i) sequence.values[i] = static_cast<float>(stream.normal(i));
  return std::make_shared<Sequence>(std::move(sequence));
}

TEST_F(FeatureTimeTest, ShiftMovesTheCorrelationPeakByItsFrames) {
  const Sample before = with_vision(white(80, 3, 5));
  for (const int frames : {1, 2, 4, 8, 16}) {
    for (const std::string direction : {"up", "down"}) {
      const Part part = part_of("feature.shift", {{"frames", std::to_string(frames)}, {"direction", direction}});
      const Sample after = apply(before, part).sample;
      EXPECT_EQ(best_lag(*before.vision_features, *after.vision_features), direction == "up" ? frames : -frames);
      EXPECT_EQ(after.vision_features->length, 80U);
      for (std::size_t i = 80 * 3; i < 85 * 3; ++i) EXPECT_EQ(after.vision_features->values[i], 0.0F);
    }
  }
}

TEST_F(FeatureTimeTest, ShiftHoldsTheOutermostFrameOrZeros) {
  const Sample before = with_vision(ramp(6, 1));
  const auto values = [&](const std::string& direction, const std::string& edge) {
    return apply(before, part_of("feature.shift", {{"frames", "2"}, {"direction", direction}, {"edge", edge}}))
        .sample.vision_features->values;
  };
  EXPECT_THAT(values("up", "hold"), testing::ElementsAre(1, 1, 1, 2, 3, 4));
  EXPECT_THAT(values("down", "hold"), testing::ElementsAre(3, 4, 5, 6, 6, 6));
  EXPECT_THAT(values("up", "zero"), testing::ElementsAre(0, 0, 1, 2, 3, 4));
  const Applied too_far = apply(before, part_of("feature.shift", {{"frames", "6"}}));
  EXPECT_EQ(too_far.effects.front().state, State::kSkipped);
}

// A ramp shows where each row was read: its slope is the speed.
TEST_F(FeatureTimeTest, WarpReadsARampWithTheSlopeOfItsFactor) {
  const Sample before = with_vision(ramp(60, 1, 4));
  for (const double factor : {1.1, 1.25, 1.5, 1.75, 2.0}) {
    for (const bool faster : {true, false}) {
      const Part part =
          part_of("feature.time_warp", {{"factor", std::to_string(factor)}, {"direction", faster ? "up" : "down"}});
      const Sequence after = *apply(before, part).sample.vision_features;
      const double speed = faster ? factor : 1 / factor;
      double sxy = 0, sxx = 0;
      const double middle = static_cast<double>(after.length - 1) / 2;
      for (std::size_t t = 0; t < after.length; ++t) {
        sxy += (static_cast<double>(t) - middle) * after.row(t)[0];
        sxx += (static_cast<double>(t) - middle) * (static_cast<double>(t) - middle);
      }
      EXPECT_NEAR(sxy / sxx, speed, 1e-4 * speed);
      EXPECT_NEAR(static_cast<double>(after.length), 60 / speed, 1.5);
      EXPECT_EQ(after.row(0)[0], 1.0F);
      EXPECT_EQ(after.values.size(), after.steps);
      EXPECT_GE(after.steps, 64U);
    }
  }
}

TEST_F(FeatureTimeTest, DropoutLosesTheShareInRunsOfTheMeanLength) {
  const Sample before = with_vision(ramp(400, 1));
  for (const double fraction : {0.1, 0.25, 0.5, 0.75}) {
    const Part part = part_of("feature.dropout_runs", {{"fraction", std::to_string(fraction)}, {"mean_run", "8"}});
    double lost = 0, ended = 0, could_end = 0;
    constexpr int kReplicates = 200;
    for (int replicate = 0; replicate < kReplicates; ++replicate) {
      const Sequence after = *apply(before, part, replicate).sample.vision_features;
      for (std::size_t t = 0; t < 400; ++t) {
        if (after.row(t)[0] != 0) continue;
        ++lost;
        if (t + 1 == 400) continue;
        ++could_end;
        ended += after.row(t + 1)[0] != 0 ? 1 : 0;
      }
    }
    // A frame's state is worth that of some 2 * 8 independent ones.
    EXPECT_NEAR(lost / (400 * kReplicates), fraction,
                4 * std::sqrt(fraction * (1 - fraction) * 16 / (400 * kReplicates)));
    EXPECT_NEAR(could_end / ended, 8, 4 * 8 / std::sqrt(ended)) << fraction;
  }
}

TEST_F(FeatureTimeTest, DropoutNestsAndAtOneLosesAll) {
  const Sample before = with_vision(ramp(300, 2, 3));
  std::set<std::size_t> previous;
  for (const char* const fraction : {"0.05", "0.3", "0.6", "0.85", "0.95", "1"}) {
    const Sample after = apply(before, part_of("feature.dropout_runs", {{"fraction", fraction}})).sample;
    const auto rows = changed_rows(*before.vision_features, *after.vision_features);
    const std::set<std::size_t> lost(rows.begin(), rows.end());
    EXPECT_TRUE(std::includes(lost.begin(), lost.end(), previous.begin(), previous.end())) << fraction;
    previous = lost;
  }
  EXPECT_EQ(previous.size(), 300U);
}

}  // namespace
}  // namespace shakedown::perturb
