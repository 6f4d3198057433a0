// feature.gain, feature.quantise and feature.channel_drop: what happens to the values.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <gmock/gmock.h>

#include "perturb/support.h"

namespace shakedown::perturb {
namespace {

class FeatureValueTest : public testing::Test {
 protected:
  Applied apply(const Sample& sample, const std::string& name, const ParamMap& params) const {
    return apply_parts(sample, {part_of(name, params)}, *corpus_, 1, 0);
  }
  std::unique_ptr<Corpus> corpus_ = synthetic_corpus(40);
};

TEST_F(FeatureValueTest, SixDecibelsDoubleAndHalve) {
  const Sample before = corpus_->load(0);
  for (const auto& [direction, factor] : {std::pair{"up", 1.9952623}, {"down", 0.5011872}}) {
    const Sample after =
        apply(before, "feature.gain", {{"gain_db", "6"}, {"direction", direction}, {"modality", "audio"}}).sample;
    for (std::size_t i = 0; i < 40; ++i) {
      const double clean = before.audio_features->values[i];
      EXPECT_NEAR(after.audio_features->values[i], clean * factor, 1e-6 * std::abs(clean));
    }
    EXPECT_EQ(after.vision_features, before.vision_features);
  }
}

TEST_F(FeatureValueTest, GainDrawsItsWayForEveryClip) {
  int louder = 0;
  for (std::size_t i = 0; i < corpus_->size(); ++i) {
    const Sample before = corpus_->load(i);
    const Sample after = apply(before, "feature.gain", {{"modality", "video"}}).sample;
    louder += std::abs(after.vision_features->values[0]) > std::abs(before.vision_features->values[0]) ? 1 : 0;
  }
  EXPECT_NEAR(louder, 20, 4 * std::sqrt(10.0));
}

// Over the corpus each dimension takes at most as many values as there are levels, evenly spaced.
TEST_F(FeatureValueTest, QuantisedDimensionsHaveNoMoreThanTheirLevels) {
  for (const int levels : {4, 8, 16, 64}) {
    for (std::size_t d = 0; d < 3; ++d) {
      std::set<float> seen;
      double error = 0, width = std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < corpus_->size(); ++i) {
        const Sample before = corpus_->load(i);
        const Sample after =
            apply(before, "feature.quantise", {{"levels", std::to_string(levels)}, {"modality", "audio"}}).sample;
        for (std::size_t t = 0; t < before.audio_features->length; ++t) {
          seen.insert(after.audio_features->row(t)[d]);
          error = std::max(error, std::abs(double{after.audio_features->row(t)[d]} - before.audio_features->row(t)[d]));
        }
      }
      EXPECT_LE(seen.size(), static_cast<std::size_t>(levels));
      EXPECT_GE(seen.size(), static_cast<std::size_t>(levels) / 2);
      for (auto at = std::next(seen.begin()); at != seen.end(); ++at) {
        width = std::min(width, double{*at} - double{*std::prev(at)});
      }
      const double spread = corpus_->statistics(Form::kAudioFeatures)->standard_deviation[d];
      EXPECT_NEAR(width, 8 * spread / levels, 1e-3 * spread);
      EXPECT_LE(error, width / 2 * 1.001) << "nothing in this corpus lies beyond four standard deviations";
    }
  }
}

TEST_F(FeatureValueTest, ChannelsDieAsWholeColumnsAndNest) {
  const Sample before = corpus_->load(2);
  std::set<std::size_t> previous;
  for (const auto& [fraction, count] : {std::pair{"0.1", 1U}, {"0.25", 2U}, {"0.5", 5U}, {"1", 10U}}) {
    const Sequence after =
        *apply(before, "feature.channel_drop", {{"fraction", fraction}, {"modality", "video"}}).sample.vision_features;
    std::set<std::size_t> dead;
    for (std::size_t d = 0; d < after.dims; ++d) {
      std::size_t zeros = 0;
      for (std::size_t t = 0; t < after.length; ++t) zeros += after.row(t)[d] == 0 ? 1U : 0U;
      if (zeros == after.length) dead.insert(d);
    }
    EXPECT_EQ(dead.size(), count) << fraction;
    EXPECT_TRUE(std::includes(dead.begin(), dead.end(), previous.begin(), previous.end()));
    previous = dead;
  }
}

TEST_F(FeatureValueTest, ANamedBlockDiesAloneAndAnUnknownOneIsSkipped) {
  const Sample before = corpus_->load(2);
  const auto drop = [&](const std::string& block) {
    return apply(before, "feature.channel_drop",
                 {{"fraction", "1"}, {"modality", "video"}, {"block", block}, {"fill", "mean"}});
  };
  const Sequence after = *drop("landmarks_y").sample.vision_features;
  const auto mean = corpus_->statistics(Form::kVisionFeatures)->mean;
  for (std::size_t d = 0; d < after.dims; ++d) {
    const float expected = d >= 7 ? static_cast<float>(mean[d]) : before.vision_features->row(3)[d];
    EXPECT_EQ(after.row(3)[d], expected) << d;
  }
  EXPECT_EQ(drop("no_such_block").effects.front().state, State::kSkipped);
}

}  // namespace
}  // namespace shakedown::perturb
