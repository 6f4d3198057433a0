#include "media/support.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/decode.h"
#include "shakedown/media/faces.h"

namespace shakedown::media {
namespace {

class RealDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!real_data()) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA does not name a folder";
  }
  [[nodiscard]] static std::vector<std::filesystem::path> files(const std::string& folder) {
    std::vector<std::filesystem::path> result;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*real_data() / folder)) {
      if (entry.is_regular_file()) result.push_back(entry.path());
    }
    return result;
  }
};

TEST_F(RealDataTest, EverySoundFileIsRead) {
  for (const std::string folder : {"noise", "speech"}) {
    for (const std::filesystem::path& file : files(folder)) {
      const std::string extension = file.extension().string();
      if (extension.empty() || extension == ".json") continue;  // transcripts
      EXPECT_NO_THROW(EXPECT_GT(decode_audio(file).frames(), 0U)) << file;
    }
  }
}

// Golden values of tests/data/media/make_speech_levels.py.
TEST_F(RealDataTest, ActiveLevelOfRealSpeechIsThatOfAnotherImplementation) {
  std::ifstream golden(test_data("speech_levels.txt"));
  std::size_t count = 0;
  double level = 0, activity = 0;
  for (std::string name; golden >> name >> level >> activity; ++count) {
    const Waveform speech = decode_audio(*real_data() / name);
    const auto measured = active_speech_level(to_mono(speech), speech.sample_rate_hz);
    ASSERT_TRUE(measured) << name;
    EXPECT_NEAR(10 * std::log10(measured->mean_square), level, 0.1) << name;
    EXPECT_NEAR(measured->activity, activity, 0.01) << name;
  }
  EXPECT_GT(count, 40U);
}

TEST_F(RealDataTest, AnMp3NamedWavIsRead) {
  const Waveform dog = decode_audio(*real_data() / "noise/openvna/sudden_dog.wav");
  EXPECT_EQ(dog.sample_rate_hz, 44100);
  EXPECT_NEAR(dog.seconds(), 1.8, 0.1);
}

TEST_F(RealDataTest, TalkingFacesHaveSoundPictureAndAFaceInNearlyEveryFrame) {
  for (const std::filesystem::path& file : files("video-grid")) {
    EXPECT_NEAR(decode_audio(file).seconds(), 3, 0.1) << file;
    const Clip clip = decode_video(file);
    EXPECT_EQ(clip.frames.size(), 75U) << file;
    EXPECT_GE(face_track(clip)->found(), 68U) << file;
  }
}

TEST_F(RealDataTest, AVideoWithoutAFaceHasNone) {
  EXPECT_LE(face_track(decode_video(*real_data() / "faces/pyfeat_no_face.mp4"))->found(), 2U);
}

TEST_F(RealDataTest, DamagedPicturesGiveAnErrorOrAPicture) {
  for (const std::filesystem::path& file : files("damaged-images")) {
    try {
      (void)decode_image(file);
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(file.filename().string()), std::string::npos);
    }
  }
}

TEST_F(RealDataTest, SpeechInBabbleIsLouderThanItsCleanTwin) {
  const Waveform clean = decode_audio(*real_data() / "noise/pesq/speech.wav");
  const Waveform noisy = decode_audio(*real_data() / "noise/pesq/speech_bab_0dB.wav");
  const auto clean_level = active_speech_level(to_mono(clean), clean.sample_rate_hz);
  const auto noisy_level = active_speech_level(to_mono(noisy), noisy.sample_rate_hz);
  ASSERT_TRUE(clean_level && noisy_level);
  EXPECT_LT(clean_level->activity, noisy_level->activity) << "babble fills the pauses";
  EXPECT_LT(mean_square(to_mono(clean)), mean_square(to_mono(noisy)));
}

}  // namespace
}  // namespace shakedown::media
