#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "audio.gain";

TEST(GainTest, PeakAndPowerFollowAtEveryStep) {
  for (const int channels : {1, 2}) {
    const Sample sample = sound(syllables(2, 16000), 16000, channels);
    for (const int gain : {-6, -12, -18, -24, -36, 6}) {
      const auto out = apply_to(sample, kName, {{"gain_db", std::to_string(gain)}});
      EXPECT_NEAR(db(power(out.after.waveform->pcm) / power(sample.waveform->pcm)), gain, 1e-3);
      EXPECT_NEAR(out.dose.realised, gain, 1e-3);
      EXPECT_NEAR(out.after.waveform->pcm[1000] / sample.waveform->pcm[1000], std::pow(10, gain / 20.0), 1e-5);
    }
  }
}

TEST(GainTest, CountsWhatGoesBeyondFullScaleAndClipsOnRequest) {
  const Sample sample = sound(tone(300, 0.8, 1, 16000), 16000);
  const auto out = apply_to(sample, kName, {{"gain_db", "20"}});
  std::size_t over = 0;
  for (const float value : out.after.waveform->pcm) over += std::abs(value) > 1 ? 1U : 0U;
  EXPECT_GT(over, 10000U);
  EXPECT_DOUBLE_EQ(out.effect.measures.at("over_full_scale"), static_cast<double>(over) / 16000);
  const auto clipped = apply_to(sample, kName, {{"gain_db", "20"}, {"clip", "true"}});
  for (const float value : clipped.after.waveform->pcm) ASSERT_LE(std::abs(value), 1);
}

TEST(GainTest, SilenceStaysSilenceAndHasNoGain) {
  const auto out = apply_to(sound(std::vector<float>(100, 0.0F), 16000), kName, {});
  EXPECT_TRUE(std::isnan(out.dose.realised));
  EXPECT_EQ(power(out.after.waveform->pcm), 0);
}

}  // namespace
}  // namespace shakedown::perturb::testing
