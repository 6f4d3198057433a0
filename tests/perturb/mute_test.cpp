#include <algorithm>

#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "audio.mute";

std::vector<bool> silent(const Waveform& sound) {
  std::vector<bool> zero;
  for (std::size_t i = 0; i < sound.pcm.size(); i += static_cast<std::size_t>(sound.channels)) {
    zero.push_back(sound.pcm[i] == 0);
  }
  return zero;
}

double share(const std::vector<bool>& x) {
  return static_cast<double>(std::count(x.begin(), x.end(), true)) / static_cast<double>(x.size());
}

std::size_t runs(const std::vector<bool>& x) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < x.size(); ++i) count += x[i] && (i == 0 || !x[i - 1]) ? 1U : 0U;
  return count;
}

TEST(MuteTest, OneStretchOfTheShareAskedFor) {
  for (const int rate : {8000, 16000, 44100}) {
    const Sample sample = sound(std::vector<float>(static_cast<std::size_t>(6 * rate), 0.5F), rate, 2);
    for (const char* fraction : {"0.1", "0.25", "0.5", "0.75", "1"}) {
      const auto out = apply_to(sample, kName, {{"fraction", fraction}});
      const auto zero = silent(*out.after.waveform);
      EXPECT_NEAR(share(zero), std::stod(fraction), 0.005) << rate;
      EXPECT_EQ(runs(zero), 1U);
      EXPECT_NEAR(out.dose.taken / out.dose.eligible, std::stod(fraction), 0.005);
      EXPECT_EQ(out.dose.changed, out.dose.taken);
    }
  }
}

TEST(MuteTest, PiecesFollowTheBinomialDistribution) {
  constexpr int kClips = 60, kPieces = 50;
  for (const double fraction : {0.1, 0.25, 0.5, 0.75}) {
    double sum = 0;
    for (int i = 0; i < kClips; ++i) {
      const Sample sample = sound(std::vector<float>(5 * 8000, 0.5F), 8000, 1, "clip" + std::to_string(i));
      const auto out = apply_to(sample, kName, {{"fraction", std::to_string(fraction)}, {"mode", "random"}});
      sum += share(silent(*out.after.waveform));
    }
    EXPECT_NEAR(sum / kClips, fraction, 4 * std::sqrt(fraction * (1 - fraction) / (kClips * kPieces)));
  }
}

TEST(MuteTest, SilenceThatIsMutedIsNoDamage) {
  auto pcm = std::vector<float>(16000, 0.5F);
  std::fill(pcm.begin(), pcm.begin() + 8000, 0.0F);
  const auto out = apply_to(sound(pcm, 16000), kName, {{"fraction", "1"}});
  EXPECT_EQ(out.dose.realised, 1);
  EXPECT_EQ(out.dose.effective, 0.5);
}

}  // namespace
}  // namespace shakedown::perturb::testing
