// The doses of raw-media perturbations on real speech and a real talking face.
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "media_support.h"
#include "shakedown/core/text.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/decode.h"
#include "shakedown/media/faces.h"

namespace shakedown::perturb::testing {
namespace {

class RealMediaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("SHAKEDOWN_REAL_DATA");
    if (root == nullptr || !std::filesystem::is_directory(root)) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA is not set";
    root_ = root;
  }

  std::filesystem::path root_;
};

// The noise is the difference of the two sounds; its level a plain mean square, the speech's that of media.
TEST_F(RealMediaTest, SpeechMeetsTheRatio) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ / "speech")) {
    if (entry.path().extension() != ".wav" || entry.file_size() > 200000) continue;
    Sample sample = sound({}, 16000, 1, entry.path().stem().string());
    sample.waveform = std::make_shared<const Waveform>(media::decode_audio(entry.path()));
    const auto mono = media::to_mono(*sample.waveform);
    const auto level = media::active_speech_level(mono, sample.waveform->sample_rate_hz);
    ASSERT_TRUE(level) << entry.path();
    for (const int snr : {20, 0}) {
      const auto out = apply_to(sample, "audio.background_noise", {{"noise", "pink"}, {"snr_db", std::to_string(snr)}});
      EXPECT_NEAR(db(level->mean_square / power(added(out))), snr, 0.1) << entry.path();
    }
    ++files;
  }
  EXPECT_GT(files, 30U);
}

// Every dose of the audio family at every step of its ladder, as measured on real speech.
TEST_F(RealMediaTest, EveryAudioDoseIsRealisedOnSpeech) {
  Sample sample = sound({}, 16000, 1, "jfk");
  sample.waveform = std::make_shared<const Waveform>(media::decode_audio(root_ / "speech/jfk.wav"));
  for (const auto* spec : builtins().all()) {
    if (!spec->name.starts_with("audio.") || spec->dose.fraction) continue;
    ParamMap params;
    if (spec->name == "audio.tempo") params["engine"] = "r2";  // lengths, not quality
    for (const double dose : spec->dose.ladder) {
      params[spec->dose.parameter] = format_number(dose);
      const auto out = apply_to(sample, spec->name, params);
      ASSERT_EQ(out.effect.state, State::kApplied) << spec->name << " " << dose << " " << out.effect.reason;
      // A voice is no sine: the median of its frames is within a twentieth of a semitone for small shifts only.
      const double tolerance = spec->name == "audio.pitch" ? 0.25 : spec->dose.tolerance;
      EXPECT_NEAR(out.dose.realised, dose, tolerance) << spec->name;
    }
  }
}

Sample talking_face(const std::filesystem::path& root) {
  Sample sample;
  sample.id = "bbaf2n";
  for (const auto& entry : std::filesystem::directory_iterator(root / "video-grid")) {
    if (entry.path().stem() == sample.id) {
      sample.clip = std::make_shared<const Clip>(media::decode_video(entry.path(), {.max_side = 200}));
    }
  }
  if (sample.clip) sample.faces = media::face_track(*sample.clip);
  return sample;
}

TEST_F(RealMediaTest, TalkingFaceIsBlurredAndDarkenedAsAsked) {
  const Sample sample = talking_face(root_);
  ASSERT_TRUE(sample.clip);
  ASSERT_GT(sample.faces->median_width(), 40);
  for (const char* length : {"0.05", "0.2", "0.5"}) {
    const auto out = apply_to(sample, "video.motion_blur", {{"length", length}});
    EXPECT_NEAR(out.dose.realised, std::stod(length), 0.01);
  }
  for (const char* stops : {"-1", "-3", "-5"}) {
    const auto out = apply_to(sample, "video.low_light", {{"stops", stops}});
    const double ratio = total_light(*out.after.clip->frames[30]) / total_light(*out.before.clip->frames[30]);
    EXPECT_NEAR(std::log2(ratio), std::stod(stops), 0.05);
    EXPECT_NEAR(out.dose.realised, std::stod(stops), 0.02);
  }
}

// Deterministic doses, within what each declares, at severities 2 and 4.
TEST_F(RealMediaTest, TalkingFaceTakesEveryVideoDose) {
  const Sample sample = talking_face(root_);
  ASSERT_TRUE(sample.clip);
  std::size_t checked = 0;
  for (const PerturbationSpec* spec : builtins().all()) {
    if (spec->modality != Modality::kVideo || !spec->reads.has(Form::kFrames) || spec->dose.tolerance == 0) continue;
    for (const double severity : {2.0, 4.0}) {
      const double dose = spec->dose.at_severity(severity);
      const auto out = apply_to(sample, spec->name, spec->complete({{spec->dose.parameter, std::to_string(dose)}}));
      ASSERT_EQ(out.effect.state, State::kApplied) << spec->name << ": " << out.effect.reason;
      EXPECT_NEAR(out.dose.realised, dose, spec->dose.tolerance) << spec->name;
      ++checked;
    }
  }
  EXPECT_GE(checked, 26U);
}

}  // namespace
}  // namespace shakedown::perturb::testing
