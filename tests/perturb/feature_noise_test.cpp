#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "perturb/support.h"

namespace shakedown::perturb {
namespace {

class FeatureNoiseTest : public testing::Test {
 protected:
  Applied apply(const Sample& sample, const ParamMap& params) const {
    return apply_parts(sample, {part_of("feature.noise", params)}, *corpus_, 1, 0);
  }
  std::unique_ptr<Corpus> corpus_ = synthetic_corpus(40);
};

// Dimensions of the synthetic audio differ in scale by 100; the spread is computed here anew.
TEST_F(FeatureNoiseTest, AddsTheSameMultipleOfEveryDimensionsSpread) {
  const double requested = 0.4;
  for (std::size_t d = 0; d < 3; ++d) {
    std::vector<double> clean, noise;
    for (std::size_t i = 0; i < corpus_->size(); ++i) {
      const Sample before = corpus_->load(i);
      const Sample after = apply(before, {{"std", "0.4"}, {"modality", "audio"}}).sample;
      for (std::size_t step = 0; step < before.audio_features->length; ++step) {
        clean.push_back(before.audio_features->row(step)[d]);
        noise.push_back(double{after.audio_features->row(step)[d]} - clean.back());
      }
    }
    const auto spread = [](const std::vector<double>& values) {
      double mean = 0, squares = 0;
      for (const double value : values) mean += value / static_cast<double>(values.size());
      for (const double value : values) squares += (value - mean) * (value - mean);
      return std::sqrt(squares / static_cast<double>(values.size()));
    };
    const auto n = static_cast<double>(noise.size());
    EXPECT_NEAR(spread(noise) / spread(clean), requested, 4 * requested / std::sqrt(2 * n)) << d;
  }
}

TEST_F(FeatureNoiseTest, ReportsTheSpreadItReallyAdded) {
  const Sample before = corpus_->load(0);
  const Part part = part_of("feature.noise", {{"std", "0.8"}, {"modality", "video"}});
  const Applied applied = apply_parts(before, {part}, *corpus_, 1, 0);
  const auto statistics = corpus_->statistics(Form::kVisionFeatures);
  double squares = 0;
  const Sequence &a = *before.vision_features, &b = *applied.sample.vision_features;
  for (std::size_t i = 0; i < a.length * a.dims; ++i) {
    const double noise = (double{b.values[i]} - a.values[i]) / statistics->standard_deviation[i % a.dims];
    squares += noise * noise;
  }
  EXPECT_NEAR(measure_part(applied, {part}, 0, {}, 1, 0).realised,
              std::sqrt(squares / static_cast<double>(a.length * a.dims)), 1e-9);
}

// The dose is that of the steps that the model takes, whatever the rest got.
TEST_F(FeatureNoiseTest, MeasuresThePartThatTheModelTakes) {
  const Sample before = corpus_->load(0);
  const Part part = part_of("feature.noise", {{"std", "0.8"}, {"modality", "video"}});
  Applied applied = apply_parts(before, {part}, *corpus_, 1, 0);
  auto quiet = std::make_shared<Sequence>(*applied.sample.vision_features);
  std::copy_n(before.vision_features->values.begin(), 6 * quiet->dims, quiet->values.begin());
  applied.stages.back().vision_features = quiet;
  InputLimits limits;
  limits.vision_features = 6;
  EXPECT_EQ(measure_part(applied, {part}, 0, limits, 1, 0).realised, 0);
  EXPECT_GT(measure_part(applied, {part}, 0, {}, 1, 0).realised, 0.4);
}

TEST_F(FeatureNoiseTest, LevelsShareOnePattern) {
  const Sample before = corpus_->load(3);
  const auto noise = [&](const std::string& std) {
    return apply(before, {{"std", std}}).sample.audio_features->row(5)[1] - before.audio_features->row(5)[1];
  };
  EXPECT_NEAR(noise("0.8") / noise("0.4"), 2, 1e-4);
}

TEST_F(FeatureNoiseTest, LeavesPaddingAndWhatIsNotFinite) {
  Sample before = corpus_->load(0);
  auto broken = std::make_shared<Sequence>(*before.audio_features);
  broken->values[4] = -std::numeric_limits<float>::infinity();
  before.audio_features = broken;
  const Sequence after = *apply(before, {{"std", "1.6"}}).sample.audio_features;
  EXPECT_EQ(after.values[4], -std::numeric_limits<float>::infinity());
  EXPECT_NE(after.values[3], broken->values[3]);
  for (std::size_t i = after.length * after.dims; i < after.values.size(); ++i) EXPECT_EQ(after.values[i], 0.0F);
}

}  // namespace
}  // namespace shakedown::perturb
