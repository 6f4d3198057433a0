#include <algorithm>

#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "audio.clipping";

// Noise of a smooth distribution: no two magnitudes are alike.
std::vector<float> chirp(std::size_t n, float level) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / 16000;
    x[i] = level * static_cast<float>(std::sin(400 * t + 300 * t * t) * (0.3 + 0.7 * std::abs(std::sin(5 * t))));
  }
  return x;
}

// Samples at the largest magnitude of the output.
double flat_share(const std::vector<float>& x) {
  float top = 0;
  for (const float value : x) top = std::max(top, std::abs(value));
  return static_cast<double>(std::count_if(x.begin(), x.end(), [&](float v) { return std::abs(v) == top; })) /
         static_cast<double>(x.size());
}

TEST(ClippingTest, TheShareAskedForIsFlatWhateverTheLevel) {
  for (const float level : {1.0F, 0.01F}) {
    const Sample sample = sound(chirp(40000, level), 16000);
    for (const char* fraction : {"0.01", "0.05", "0.1", "0.2", "0.4"}) {
      const auto out = apply_to(sample, kName, {{"fraction", fraction}});
      EXPECT_NEAR(flat_share(out.after.waveform->pcm), std::stod(fraction), 2e-4);
      EXPECT_NEAR(out.dose.realised, std::stod(fraction), 2e-4);
    }
  }
}

TEST(ClippingTest, WhatIsBelowTheCeilingStaysBitForBit) {
  const Sample sample = sound(chirp(40000, 0.5F), 16000, 2);
  const auto out = apply_to(sample, kName, {{"fraction", "0.2"}});
  const double ceiling = std::pow(10, out.effect.measures.at("ceiling_db") / 20);
  for (std::size_t i = 0; i < 40000; ++i) {
    const float before = sample.waveform->pcm[i], after = out.after.waveform->pcm[i];
    if (std::abs(before) < ceiling * 0.9999) {
      ASSERT_EQ(before, after);
    }
    ASSERT_EQ(std::signbit(before), std::signbit(after));
  }
}

TEST(ClippingTest, RestoresTheMeanSquareOnRequest) {
  const Sample sample = sound(chirp(40000, 0.5F), 16000);
  const auto out = apply_to(sample, kName, {{"fraction", "0.4"}, {"restore", "true"}});
  EXPECT_NEAR(db(power(out.after.waveform->pcm) / power(sample.waveform->pcm)), 0, 1e-3);
  EXPECT_NEAR(out.dose.realised, 0.4, 1e-3);
}

// 16-bit steps: magnitudes repeat, and those that are equal go together.
TEST(ClippingTest, CountsEqualMagnitudesTogether) {
  auto pcm = chirp(40000, 0.5F);
  for (float& value : pcm) value = std::nearbyint(value * 50) / 50;
  const auto out = apply_to(sound(pcm, 16000), kName, {{"fraction", "0.2"}});
  std::size_t changed = 0;
  for (std::size_t i = 0; i < pcm.size(); ++i) changed += pcm[i] != out.after.waveform->pcm[i] ? 1U : 0U;
  EXPECT_DOUBLE_EQ(out.dose.realised, static_cast<double>(changed) / 40000);
}

TEST(ClippingTest, SaysWhenThereIsNothingToClip) {
  EXPECT_EQ(apply_to(sound(std::vector<float>(100, 0.0F), 16000), kName, {}).effect.state, State::kSkipped);
  EXPECT_EQ(apply_to(sound(std::vector<float>(100, 0.5F), 16000), kName, {}).effect.state, State::kUnchanged);
  EXPECT_EQ(apply_to(sound({0.5F}, 16000), kName, {}).effect.state, State::kUnchanged);
}

}  // namespace
}  // namespace shakedown::perturb::testing
