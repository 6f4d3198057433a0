#include "media/support.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

constexpr int kRate = 8000;

double decibels(double power) {
  return 10 * std::log10(power);
}

void append(std::vector<float>& signal, const std::vector<float>& part) {
  signal.insert(signal.end(), part.begin(), part.end());
}

std::vector<float> silence(double seconds) {
  return std::vector<float>(static_cast<std::size_t>(seconds * kRate));
}

SpeechLevel level_of(std::span<const float> signal, int rate = kRate) {
  const std::optional<SpeechLevel> level = active_speech_level(signal, rate);
  EXPECT_TRUE(level.has_value());
  return level.value_or(SpeechLevel{});
}

TEST(ActiveSpeechLevelTest, MatchesTheRecommendationComputedSampleBySample) {
  auto golden = read_golden("levels.txt");
  std::vector<float> half, steps = noise(3 * kRate, 2);
  const std::vector<float> quarter = noise(kRate, 1, 0.25F);
  for (int i = 0; i < 2; ++i) append(half, quarter), append(half, silence(1));
  const std::vector<int> exponents = {1, 6, 2, 9, 3, 7, 12, 2, 4, 11, 1, 5, 8, 10, 3};
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = std::ldexp(steps[i], -exponents[i / (kRate / 5)]);
  for (const auto& [name, signal] :
       {std::pair{"half", half}, std::pair{"steps", steps}, std::pair{"loud", noise(kRate, 3)}}) {
    const SpeechLevel level = level_of(signal);
    EXPECT_NEAR(decibels(level.mean_square), golden[name].values[0], 0.001) << name;
    EXPECT_NEAR(level.activity, golden[name].values[1], 0.0002) << name;
  }
}

TEST(ActiveSpeechLevelTest, HalfSilenceIsThreeDecibelsBelowTheActiveLevel) {
  std::vector<float> signal = noise(20 * kRate, 8, 0.25F);
  const double active = mean_square(signal);
  append(signal, silence(20));
  const SpeechLevel level = level_of(signal);
  EXPECT_NEAR(level.activity, 0.5, 0.02);  // the hangover of 0.2 s and the decay count as active
  EXPECT_NEAR(decibels(level.mean_square), decibels(active), 0.15);
  EXPECT_NEAR(decibels(level.mean_square) - decibels(mean_square(signal)), 3.01, 0.15);
}

TEST(ActiveSpeechLevelTest, SilenceAfterwardsChangesOnlyTheActivity) {
  std::vector<float> signal = noise(2 * kRate, 9, 0.125F);
  append(signal, silence(2));
  const SpeechLevel shorter = level_of(signal);
  append(signal, silence(6));
  const SpeechLevel longer = level_of(signal);
  EXPECT_NEAR(decibels(longer.mean_square), decibels(shorter.mean_square), 1e-6);
  EXPECT_NEAR(longer.activity, shorter.activity * 4 / 10, 1e-6);
}

TEST(ActiveSpeechLevelTest, FollowsTheGain) {
  std::vector<float> signal = noise(kRate, 10, 0.5F);
  append(signal, silence(0.7));
  append(signal, noise(kRate, 11, 0.05F));
  const double reference = decibels(level_of(signal).mean_square);
  for (const double gain_db : {-60.2059991, -20.0, -6.0205999, -1.0, 3.0, 24.0823997}) {
    std::vector<float> scaled = signal;
    for (float& value : scaled) value *= static_cast<float>(std::pow(10, gain_db / 20));
    // The standard's thresholds stand 6 dB apart and the level between them is interpolated.
    EXPECT_NEAR(decibels(level_of(scaled).mean_square), reference + gain_db, 0.5) << gain_db;
  }
}

TEST(ActiveSpeechLevelTest, PowersOfTwoOfGainAreExact) {
  std::vector<float> signal = noise(kRate, 12, 0.5F), scaled = signal;
  for (float& value : scaled) value /= 1024;
  // The squares are; the interpolation in dB rounds.
  EXPECT_EQ(mean_square(scaled) * 1024 * 1024, mean_square(signal));
  EXPECT_NEAR(level_of(scaled).mean_square * 1024 * 1024 / level_of(signal).mean_square, 1, 1e-13);
}

TEST(ActiveSpeechLevelTest, SilenceAndScrapsHaveNoLevel) {
  EXPECT_FALSE(active_speech_level({}, kRate).has_value());
  EXPECT_FALSE(active_speech_level(silence(1), kRate).has_value());
  EXPECT_FALSE(active_speech_level(noise(kRate, 13, 1e-6F), kRate).has_value());
  EXPECT_FALSE(active_speech_level(noise(79, 13), kRate).has_value());
  EXPECT_TRUE(active_speech_level(noise(80, 13), kRate).has_value());
}

TEST(ActiveSpeechLevelTest, ALoneClickHasAFiniteLevel) {
  std::vector<float> click = silence(1);
  click[100] = 1;
  const SpeechLevel level = level_of(click);
  EXPECT_TRUE(std::isfinite(level.mean_square));
  EXPECT_GT(level.activity, 0);
  EXPECT_LE(level.activity, 1);
}

TEST(ActiveSpeechLevelTest, RefusesNonFiniteSamples) {
  std::vector<float> bad = noise(kRate, 14);
  bad[5] = NAN;
  EXPECT_NE(error_of([&] { (void)active_speech_level(bad, kRate); }).find("NaN"), std::string::npos);
  EXPECT_NE(error_of([&] { (void)active_speech_level(bad, 0); }).find("positive rate"), std::string::npos);
}

TEST(AWeightingTest, MatchesTheStandardsTable) {
  // IEC 61672-1, table 3; the frequencies are exact powers of 10^(1/10).
  for (const auto& [exponent, expected] :
       {std::pair{15, -39.4}, std::pair{18, -26.2}, std::pair{20, -19.1}, std::pair{21, -16.1}, std::pair{24, -8.6},
        std::pair{27, -3.2}, std::pair{30, 0.0}, std::pair{33, 1.2}, std::pair{36, 1.0}, std::pair{39, -1.1},
        std::pair{40, -2.5}}) {
    const double hz = std::nearbyint(std::pow(10, exponent / 10.0) * 5) / 5;  // whole periods in 5 s
    const std::vector<float> tone = sine(240000, hz, 48000, 0.5);
    const double gain = decibels(a_weighted_mean_square(tone, 48000) / mean_square(tone));
    EXPECT_NEAR(gain, expected, 0.1) << hz << " Hz";
  }
}

TEST(AWeightingTest, OfNothingIsNothing) {
  EXPECT_EQ(a_weighted_mean_square({}, kRate), 0);
  EXPECT_EQ(a_weighted_mean_square(silence(0.1), kRate), 0);
}

}  // namespace
}  // namespace shakedown::media
