#include <algorithm>

#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "audio.sudden_noise";

float peak(const std::vector<float>& x) {
  float largest = 0;
  for (const float value : x) largest = std::max(largest, std::abs(value));
  return largest;
}

TEST(SuddenNoiseTest, PeaksStandInTheRatioAskedFor) {
  for (const int rate : {8000, 16000, 44100}) {
    const Sample sample = sound(syllables(3, rate), rate);
    for (const char* event : {"door", "glass", "beep", "clap", "cough"}) {
      for (const int ratio : {-10, -5, 0, 5, 10}) {
        const auto out = apply_to(sample, kName, {{"event", event}, {"peak_db", std::to_string(ratio)}});
        EXPECT_NEAR(20 * std::log10(peak(added(out)) / peak(sample.waveform->pcm)), ratio, 0.02) << event;
        EXPECT_NEAR(out.dose.realised, ratio, 0.02);
      }
    }
  }
}

TEST(SuddenNoiseTest, IsShortAndElsewhereNothingChanges) {
  const Sample sample = sound(syllables(5, 16000), 16000);
  const auto out = apply_to(sample, kName, {{"event", "clap"}});
  ASSERT_EQ(out.effect.touched.size(), 1U);
  const Span span = out.effect.touched.front();
  EXPECT_LT(span.end - span.begin, 0.1);
  const auto noise = added(out);
  for (std::size_t i = 0; i < noise.size(); ++i) {
    const double t = static_cast<double>(i) / 16000;
    if (t < span.begin || t >= span.end) {
      ASSERT_EQ(noise[i], 0) << t;
    }
  }
}

TEST(SuddenNoiseTest, ABeepIsATone) {
  const auto noise = added(apply_to(sound(syllables(2, 16000), 16000), kName, {{"event", "beep"}}));
  std::vector<float> inside;
  for (const float value : noise) {
    if (value != 0) inside.push_back(value);
  }
  inside.resize(6000);
  EXPECT_GT(power_at(inside, 1000, 16000) / power(inside), 0.9);
}

TEST(SuddenNoiseTest, HappensAnywhereAndDrawsItsKind) {
  double earliest = 1e9, latest = 0;
  std::array<int, 5> kinds{};
  for (int i = 0; i < 60; ++i) {
    const auto out = apply_to(sound(syllables(4, 8000), 8000, 1, "clip" + std::to_string(i)), kName, {});
    earliest = std::min(earliest, out.effect.touched.front().begin);
    latest = std::max(latest, out.effect.touched.front().end);
    ++kinds.at(static_cast<std::size_t>(out.effect.decisions.front()));
  }
  EXPECT_LT(earliest, 0.5);
  EXPECT_GT(latest, 3.5);
  for (const int count : kinds) EXPECT_GT(count, 2);
}

TEST(SuddenNoiseTest, PlaysAFileOfTheFolder) {
  const TemporaryFolder folder;
  folder.write("tone.wav", tone(700, 0.5, 0.5, 44100), 44100);
  const auto out = apply_to(sound(syllables(3, 16000), 16000), kName,
                            {{"event", "folder"}, {"folder", folder.path.string()}, {"peak_db", "0"}});
  const auto noise = added(out);
  EXPECT_NEAR(out.dose.realised, 0, 0.02);
  EXPECT_NEAR(out.effect.touched.front().end - out.effect.touched.front().begin, 0.5, 0.01);
  EXPECT_THROW((void)builtins().create(kName, {{"event", "folder"}}), Error);
}

TEST(SuddenNoiseTest, SkipsSilence) {
  EXPECT_EQ(apply_to(sound(std::vector<float>(8000, 0.0F), 16000), kName, {}).effect.state, State::kSkipped);
}

}  // namespace
}  // namespace shakedown::perturb::testing
