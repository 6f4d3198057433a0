#include <gmock/gmock.h>

#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "audio.codec";

// The shift at which two sounds agree best, by brute correlation.
int lag(const std::vector<float>& x, const std::vector<float>& y, int most) {
  int best = 0;
  double largest = -1;
  for (int shift = -most; shift <= most; ++shift) {
    double sum = 0;
    for (int i = most; i + most < static_cast<int>(x.size()); i += 2) {
      sum += static_cast<double>(x[static_cast<std::size_t>(i)]) * y[static_cast<std::size_t>(i + shift)];
    }
    if (sum > largest) largest = sum, best = shift;
  }
  return best;
}

// A sweep has no period that would hide a delay.
std::vector<float> sweep(double seconds, int rate) {
  std::vector<float> x(static_cast<std::size_t>(seconds * rate));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = static_cast<double>(i) / rate;
    x[i] = static_cast<float>(0.3 * std::sin(2 * std::numbers::pi * (200 * t + 250 * t * t)) * std::sin(9 * t));
  }
  return x;
}

TEST(CodecTest, EveryCodecKeepsLengthTimeAndMostOfTheSound) {
  for (const char* codec : {"mu-law", "a-law", "gsm", "ima-adpcm", "vorbis", "opus", "mp3"}) {
    for (const int rate : {8000, 16000, 44100}) {
      const auto x = sweep(2, rate);
      const auto out = apply_to(sound(x, rate), kName, {{"codec", codec}, {"kbps", "32"}});
      ASSERT_EQ(out.effect.state, State::kApplied);
      const auto& y = out.after.waveform->pcm;
      ASSERT_EQ(y.size(), x.size());
      EXPECT_LE(std::abs(lag(x, y, 1500)), 1) << codec << " at " << rate;
      EXPECT_GT(db(power(x) / power(added(out))), 6) << codec << " at " << rate;
    }
  }
}

TEST(CodecTest, CodecsOfOneRateHaveThatOfTheirStandard) {
  const Sample sample = sound(sweep(2, 8000), 8000);
  for (const auto& [codec, kbps] :
       {std::pair{"mu-law", 64.0}, std::pair{"a-law", 64.0}, std::pair{"gsm", 13.2}, std::pair{"ima-adpcm", 32.0}}) {
    EXPECT_NEAR(apply_to(sample, kName, {{"codec", codec}}).dose.realised, kbps, 1e-9);
  }
}

TEST(CodecTest, OpusReachesEveryStepOfTheLadder) {
  for (const int rate : {16000, 48000}) {
    const Sample sample = sound(syllables(3, rate), rate);
    double previous = 1e9;
    for (const int kbps : {32, 24, 16, 12, 6}) {
      const auto out = apply_to(sample, kName, {{"kbps", std::to_string(kbps)}});
      EXPECT_NEAR(out.dose.realised, kbps, 1) << rate;
      EXPECT_LT(out.dose.realised, previous);
      previous = out.dose.realised;
    }
  }
}

// G.711 mu-law: the step at a level is a sixteenth of its segment; 37 to 38 dB of signal to quantising noise for a
// sine.
TEST(CodecTest, MuLawHasTheNoiseOfItsQuantiser) {
  const Sample sample = sound(tone(401.3, 0.5, 2, 8000), 8000);
  const auto out = apply_to(sample, kName, {{"codec", "mu-law"}});
  EXPECT_NEAR(db(power(sample.waveform->pcm) / power(added(out))), 37.5, 1.5);
  EXPECT_EQ(out.effect.measures.at("resampled"), 0);
}

TEST(CodecTest, SaysThatItResampledAndCompensated) {
  const auto out = apply_to(sound(sweep(2, 44100), 44100), kName, {{"codec", "opus"}});
  EXPECT_EQ(out.effect.measures.at("codec_rate_hz"), 48000);
  EXPECT_EQ(out.effect.measures.at("resampled"), 1);
  EXPECT_EQ(apply_to(sound(sweep(2, 16000), 16000), kName, {{"codec", "mp3"}, {"kbps", "16"}})
                .effect.measures.at("delay_samples"),
            1105);
}

}  // namespace
}  // namespace shakedown::perturb::testing
