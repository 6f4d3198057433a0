#include <gmock/gmock.h>

#include "perturb/support.h"
#include "shakedown/core/error.h"

namespace shakedown::perturb {
namespace {

// The synthetic corpus's external data hold its samples with other audio features.
class ExternalTest : public testing::Test {
 protected:
  Applied apply(const Sample& sample, const ParamMap& params = {{"data", "x.pkl"}}) const {
    return apply_parts(sample, {part_of("external", params)}, *corpus_, 1, 0);
  }
  std::unique_ptr<Corpus> corpus_ = synthetic_corpus(3);
};

TEST_F(ExternalTest, TakesOverWhatDiffersAndSharesTheRest) {
  const Sample before = corpus_->load(1);
  const Applied applied = apply(before);
  EXPECT_EQ(applied.effects.front().state, State::kApplied);
  EXPECT_FLOAT_EQ(applied.sample.audio_features->values[0], before.audio_features->values[0] + 1);
  EXPECT_EQ(applied.sample.tokens, before.tokens);
  EXPECT_EQ(applied.sample.vision_features, before.vision_features);
  EXPECT_EQ(applied.sample.clip, before.clip);
}

TEST_F(ExternalTest, RemovesFormsThatOnlyTheCleanDataHave) {
  Sample other;
  other.audio_features = ramp(7, 3);
  const Sample before = corpus_->load(0);
  const WithExternal corpus(*corpus_, other);
  const Applied applied = apply_parts(before, {part_of("external", {{"data", "x"}})}, corpus, 1, 0);
  EXPECT_EQ(applied.sample.audio_features->length, 7U);
  EXPECT_EQ(applied.sample.waveform, nullptr) << "the clean sound would contradict the features";
  EXPECT_EQ(applied.sample.transcript, before.transcript);
}

TEST_F(ExternalTest, SkipsIdsThatTheDataLack) {
  Sample sample = corpus_->load(0);
  sample.id = "elsewhere";
  const Applied applied = apply(sample);
  EXPECT_EQ(applied.effects.front().state, State::kSkipped);
  EXPECT_EQ(applied.effects.front().reason, "the external data has no such id");
}

TEST_F(ExternalTest, ReportsTheDoseOfTheSidecar) {
  const Part part =
      part_of("external", {{"data", "x"}, {"dose_name", "snr_db"}, {"dose_value", "10"}, {"dose_unit", "dB"}});
  const Applied applied = apply_parts(corpus_->load(0), {part}, *corpus_, 1, 0);
  EXPECT_EQ(measure_part(applied, {part}, 0, {}, 1, 0).realised, 10);
}

TEST_F(ExternalTest, IsScoredAsDeclared) {
  const PerturbationSpec& spec = builtins().find("external");
  EXPECT_EQ(spec.label_effect(spec.complete({{"label_effect", "invariant"}}), {}), LabelEffect::kInvariant);
  EXPECT_EQ(spec.label_effect(spec.complete({}), {}), LabelEffect::kDiagnostic);
  EXPECT_THROW((void)part_of("external", {{"dose_name", "snr_db"}}), Error);
  EXPECT_THROW((void)part_of("external", {{"dose_name", "snr_db"}, {"dose_value", "ten"}}), Error);
}

}  // namespace
}  // namespace shakedown::perturb
