#include <gmock/gmock.h>

#include "shakedown/media/audio.h"
#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "audio.band_limit";

std::vector<float> white(std::size_t n) {
  std::vector<float> x(n);
  Stream(1, 2).normals(0, x);
  for (float& value : x) value *= 0.1F;
  return x;
}

// Gain in dB about `hz`, from the power spectra of the sounds before and after; about 0 Hz: that of the lowest bins.
double gain_at(const Outcome& out, double hz, int rate) {
  constexpr std::size_t kSize = 4096;
  const auto before = welch(out.before.waveform->pcm, kSize), after = welch(out.after.waveform->pcm, kSize);
  const auto bin = static_cast<std::size_t>(std::lround(hz * kSize / rate));
  double a = 0, b = 0;
  for (std::size_t i = bin > 3 ? bin - 3 : 0; i <= bin + 3; ++i) a += before[i], b += after[i];
  return db(b / a);
}

TEST(BandLimitTest, ResponseAtNothingCutOffAndAnOctaveAbove) {
  for (const int rate : {16000, 44100, 48000}) {
    const Sample sample = sound(white(static_cast<std::size_t>(8 * rate)), rate);
    for (const int cutoff : {7000, 5000, 3400, 2000, 1000}) {
      const auto out = apply_to(sample, kName, {{"cutoff_hz", std::to_string(cutoff)}});
      ASSERT_EQ(out.effect.state, State::kApplied);
      EXPECT_NEAR(gain_at(out, 0, rate), 0, 0.1);
      EXPECT_NEAR(gain_at(out, cutoff / 2.0, rate), 0, 0.2);
      EXPECT_NEAR(gain_at(out, cutoff, rate), -3.01, 0.25) << rate << " " << cutoff;
      if (2 * cutoff < 0.45 * rate) {
        EXPECT_LT(gain_at(out, 2 * cutoff, rate), -36);
      }
      EXPECT_NEAR(out.dose.realised, cutoff, 0.01 * cutoff + 10) << rate;
    }
  }
}

TEST(BandLimitTest, AConstantPassesALowPassAndNotTheTelephone) {
  const Sample sample = sound(std::vector<float>(32000, 0.25F), 16000);
  for (const char* cutoff : {"7000", "5000", "3400", "2000", "1000"}) {
    EXPECT_NEAR(apply_to(sample, kName, {{"cutoff_hz", cutoff}}).after.waveform->pcm[16000], 0.25, 1e-5);
  }
  EXPECT_NEAR(apply_to(sample, kName, {{"preset", "telephone"}}).after.waveform->pcm[16000], 0, 1e-3);
}

TEST(BandLimitTest, WhereTheClipHasNothingNoCutOffIsRead) {
  // A hum over faint sound of 16 kHz in a file of 48 kHz: above 8 kHz there is the rounding of the FFT only.
  auto wave = media::resample(white(48000), 16000, 48000);
  for (std::size_t i = 0; i < wave.size(); ++i)
    wave[i] = 0.01F * wave[i] + 0.9F * static_cast<float>(std::sin(2 * M_PI * 200 * static_cast<double>(i) / 48000));
  const Sample sample = sound(wave, 48000);
  for (const int cutoff : {5000, 3400}) {
    const auto out = apply_to(sample, kName, {{"cutoff_hz", std::to_string(cutoff)}});
    EXPECT_NEAR(out.dose.realised, cutoff, 0.01 * cutoff + 40);
  }
}

TEST(BandLimitTest, SkipsWhatTheRateDoesNotCarry) {
  const Sample sample = sound(white(8000), 8000);
  for (const char* cutoff : {"7000", "5000", "4000"}) {
    const auto out = apply_to(sample, kName, {{"cutoff_hz", cutoff}});
    EXPECT_EQ(out.effect.state, State::kSkipped);
    EXPECT_EQ(out.effect.reason, "no effect at 8 kHz");
    EXPECT_EQ(out.after.waveform, out.before.waveform);
  }
  EXPECT_EQ(apply_to(sample, kName, {{"cutoff_hz", "3400"}}).effect.state, State::kApplied);
}

TEST(BandLimitTest, RelativeCutOffsFollowTheRate) {
  const Sample sample = sound(white(80000), 8000);
  const auto out = apply_to(sample, kName, {{"cutoff_hz", "4000"}, {"cutoff", "relative"}});
  EXPECT_NEAR(gain_at(out, 2000, 8000), -3.01, 0.25);
  EXPECT_NEAR(out.dose.realised, 4000, 50);
}

TEST(BandLimitTest, TelephoneIsABandWithTheNoiseOfMuLaw) {
  const Sample sample = sound(white(160000), 16000);
  const auto out = apply_to(sample, kName, {{"preset", "telephone"}});
  EXPECT_NEAR(gain_at(out, 300, 16000), -3.01, 0.4);
  EXPECT_NEAR(gain_at(out, 1000, 16000), 0, 0.1);
  EXPECT_NEAR(gain_at(out, 3400, 16000), -3.01, 0.4);
  EXPECT_LT(gain_at(out, 100, 16000), -20);
  EXPECT_LT(gain_at(out, 0, 16000), -35);
  // The floor in the stop band is the quantiser's, not the filter's.
  EXPECT_NEAR(gain_at(out, 7500, 16000), -39, 3);
  const auto bare = apply_to(sample, kName, {});
  EXPECT_LT(gain_at(bare, 7500, 16000), -60);
}

TEST(BandLimitTest, ChannelsAreFilteredEachByItself) {
  const auto left = white(16000);
  std::vector<float> both;
  for (const float value : left) both.insert(both.end(), {value, -0.5F * value});
  const auto mono = apply_to(sound(left, 16000), kName, {}).after.waveform;
  const auto stereo = apply_to(sound(both, 16000, 2), kName, {}).after.waveform;
  for (std::size_t i = 0; i < left.size(); ++i) {
    ASSERT_NEAR(stereo->pcm[2 * i], mono->pcm[i], 1e-6);
    ASSERT_NEAR(stereo->pcm[2 * i + 1], -0.5 * mono->pcm[i], 1e-6);
  }
}

}  // namespace
}  // namespace shakedown::perturb::testing
