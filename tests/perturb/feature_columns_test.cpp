// feature.f0_octave and feature.rotate: perturbations that know what columns mean.
#include <cmath>
#include <numbers>

#include <gmock/gmock.h>

#include "perturb/support.h"

namespace shakedown::perturb {
namespace {

// The synthetic corpus with other names for its columns.
class Named final : public Corpus {
 public:
  explicit Named(std::vector<ColumnBlock> columns) : columns_(std::move(columns)) {}
  std::size_t size() const override { return corpus_->size(); }
  const SampleInfo& info(std::size_t index) const override { return corpus_->info(index); }
  const std::vector<std::size_t>& by_id() const override { return corpus_->by_id(); }
  Sample load(std::size_t index) const override { return corpus_->load(index); }
  Shared<FeatureStatistics> statistics(Form form) const override { return corpus_->statistics(form); }
  std::vector<ColumnBlock> columns() const override { return columns_; }
  std::optional<Sample> external(const std::string&, const std::string&) const override { return std::nullopt; }

 private:
  std::unique_ptr<Corpus> corpus_ = synthetic_corpus(1);
  std::vector<ColumnBlock> columns_;
};

Sample with(Form form, std::size_t dims, const std::vector<float>& values) {
  Sample sample;
  sample.id = "a";
  const std::size_t length = values.size() / dims;
  (form == Form::kAudioFeatures ? sample.audio_features : sample.vision_features) =
      std::make_shared<Sequence>(Sequence{length, dims, length, values});
  return sample;
}

Applied apply(const Corpus& corpus, const Sample& sample, const Part& part, int replicate = 0) {
  return apply_parts(sample, {part}, corpus, 1, replicate);
}

TEST(F0OctaveTest, HitsVoicedFramesAtTheirShareByFactorsOfTwo) {
  const Named corpus({{Form::kAudioFeatures, "pitch", 0, 1}, {Form::kAudioFeatures, "voicing", 1, 2}});
  std::vector<float> values;
  for (int t = 0; t < 300; ++t) {
    values.push_back(static_cast<float>(100 + t));
    values.push_back(t % 3 == 0 ? 0.0F : 1.0F);  // two thirds are voiced
    values.push_back(7);
  }
  const Sample before = with(Form::kAudioFeatures, 3, values);
  const Part part = part_of("feature.f0_octave", {{"fraction", "0.2"}});
  double halved = 0, doubled = 0;
  constexpr int kReplicates = 100;
  for (int replicate = 0; replicate < kReplicates; ++replicate) {
    const Applied applied = apply(corpus, before, part, replicate);
    const Sequence& after = *applied.sample.audio_features;
    for (std::size_t t = 0; t < 300; ++t) {
      const double ratio = after.row(t)[0] / before.audio_features->row(t)[0];
      EXPECT_TRUE(ratio == 1 || ratio == 2 || ratio == 0.5) << ratio;
      EXPECT_TRUE(t % 3 != 0 || ratio == 1);
      EXPECT_EQ(after.row(t)[2], 7);
      halved += ratio == 0.5 ? 1 : 0;
      doubled += ratio == 2 ? 1 : 0;
    }
    const Dose dose = measure_part(applied, {part}, 0, {}, 1, replicate);
    EXPECT_EQ(dose.eligible, 200);
    EXPECT_EQ(dose.total, 300);
  }
  const double voiced = 200.0 * kReplicates;
  EXPECT_NEAR((halved + doubled) / voiced, 0.2, 4 * std::sqrt(0.2 * 0.8 / voiced));
  EXPECT_NEAR(halved / (halved + doubled), 0.5, 4 * 0.5 / std::sqrt(halved + doubled));
}

TEST(F0OctaveTest, SemitonesMoveByTwelveAndNeverBelowTheScale) {
  const Named corpus({{Form::kAudioFeatures, "pitch_semitones", 0, 1}});
  const Sample before = with(Form::kAudioFeatures, 1, {30, 0, 8, 25});
  const Sample after =
      apply(corpus, before, part_of("feature.f0_octave", {{"fraction", "1"}, {"direction", "down"}})).sample;
  EXPECT_THAT(after.audio_features->values, testing::ElementsAre(18, 0, 20, 13));
}

TEST(F0OctaveTest, NormalisedPitchAndUnknownColumnsAreSkipped) {
  const Part part = part_of("feature.f0_octave", {{"fraction", "1"}});
  const Sample normalised = with(Form::kAudioFeatures, 1, {0.3F, -0.8F});
  EXPECT_EQ(apply(Named({{Form::kAudioFeatures, "pitch", 0, 1}}), normalised, part).effects.front().state,
            State::kSkipped);
  EXPECT_EQ(apply(Named({}), normalised, part).effects.front().state, State::kSkipped);
}

// Every distance in the face stays, its centre stays, and every direction turns by the angle.
TEST(RotateTest, TurnsLandmarksRigidlyAboutTheirCentre) {
  const auto corpus = synthetic_corpus(1);
  const Sample before = corpus->load(0);
  for (const double degrees : {10.0, 45.0, 60.0}) {
    const Sample after =
        apply(*corpus, before, part_of("feature.rotate", {{"degrees", std::to_string(degrees)}, {"direction", "up"}}))
            .sample;
    for (std::size_t t = 0; t < before.vision_features->length; ++t) {
      const float *a = before.vision_features->row(t), *b = after.vision_features->row(t);
      for (std::size_t d = 0; d < 4; ++d) EXPECT_EQ(a[d], b[d]);
      const auto centre = [](const float* x) { return (double{x[0]} + x[1] + x[2]) / 3; };
      EXPECT_NEAR(centre(a + 4), centre(b + 4), 1e-4);
      EXPECT_NEAR(centre(a + 7), centre(b + 7), 1e-4);
      for (const std::size_t i : {0U, 1U}) {
        const double ax = a[5 + i] - a[4 + i], ay = a[8 + i] - a[7 + i], bx = b[5 + i] - b[4 + i],
                     by = b[8 + i] - b[7 + i];
        EXPECT_NEAR(std::hypot(ax, ay), std::hypot(bx, by), 1e-3);
        const double turned = std::remainder(std::atan2(by, bx) - std::atan2(ay, ax), 2 * std::numbers::pi);
        EXPECT_NEAR(turned * 180 / std::numbers::pi, degrees, 0.01);
      }
    }
  }
}

// What the rotation of the head does to a point, and the same point turned afterwards, agree.
TEST(RotateTest, HeadRotationGazeAndShapeFollow) {
  const Named corpus({{Form::kVisionFeatures, "head_rotation", 0, 3},
                      {Form::kVisionFeatures, "gaze", 3, 6},
                      {Form::kVisionFeatures, "gaze_angles", 6, 8},
                      {Form::kVisionFeatures, "roll_degrees", 8, 9}});
  const std::vector<float> row{0.3F, -0.4F, 0.2F, 0.2F, 0.1F, -0.9F, std::atan2(0.2F, 0.9F), std::atan2(0.1F, 0.9F),
                               175};
  const Sample before = with(Form::kVisionFeatures, 9, row);
  const Sample after =
      apply(corpus, before, part_of("feature.rotate", {{"degrees", "30"}, {"direction", "up"}})).sample;
  const auto& turned = after.vision_features->values;
  // Rx Ry Rz applied axis by axis, innermost first.
  const auto head = [](const float* angles, std::array<double, 3> p) {
    const auto plane = [](double& u, double& v, double angle) {
      const double x = std::cos(angle) * u - std::sin(angle) * v, y = std::sin(angle) * u + std::cos(angle) * v;
      u = x;
      v = y;
    };
    plane(p[0], p[1], angles[2]);
    plane(p[2], p[0], angles[1]);
    plane(p[1], p[2], angles[0]);
    return p;
  };
  const double angle = std::numbers::pi / 6;
  for (const std::array<double, 3> point : {std::array{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.3, -0.5, 0.8}}) {
    const auto was = head(row.data(), point), is = head(turned.data(), point);
    EXPECT_NEAR(is[0], std::cos(angle) * was[0] - std::sin(angle) * was[1], 1e-5);
    EXPECT_NEAR(is[1], std::sin(angle) * was[0] + std::cos(angle) * was[1], 1e-5);
    EXPECT_NEAR(is[2], was[2], 1e-5);
  }
  EXPECT_NEAR(turned[6], std::atan2(turned[3], -turned[5]), 1e-5);
  EXPECT_NEAR(turned[7], std::atan2(turned[4], -turned[5]), 1e-5);
  EXPECT_NEAR(std::hypot(turned[3], turned[4]), std::hypot(0.2, 0.1), 1e-6);
  EXPECT_NEAR(turned[8], -155, 1e-4) << "angles wrap at 180 degrees";
}

TEST(RotateTest, FramesWithoutAFaceStay) {
  const Named corpus({{Form::kVisionFeatures, "head_rotation", 0, 3}});
  const Sample before = with(Form::kVisionFeatures, 3, {0, 0, 0, 0.1F, 0.1F, 0.1F});
  const Sample after = apply(corpus, before, part_of("feature.rotate", {{"degrees", "30"}})).sample;
  EXPECT_EQ(changed_rows(*before.vision_features, *after.vision_features), (std::vector<std::size_t>{1}));
}

}  // namespace
}  // namespace shakedown::perturb
