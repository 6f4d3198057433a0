#include <algorithm>

#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "audio.packet_loss";
constexpr std::size_t kPacket = 160;  // 20 ms at 8 kHz

// Packets of a constant sound that came out as zeros.
std::vector<bool> zeros(const Waveform& sound) {
  std::vector<bool> lost;
  for (std::size_t i = 0; i < sound.pcm.size(); i += kPacket) lost.push_back(sound.pcm[i] == 0);
  return lost;
}

struct Channel {
  double lost = 0, bursts = 0, packets = 0;
  [[nodiscard]] double rate() const { return lost / packets; }
  [[nodiscard]] double mean_burst() const { return lost / bursts; }
};

Channel run(double rate, double burst, double bad_loss = 1) {
  Channel channel;
  for (int clip = 0; clip < 20; ++clip) {
    const Sample sample = sound(std::vector<float>(5000 * kPacket, 0.5F), 8000, 1, "clip" + std::to_string(clip));
    const auto out = apply_to(sample, kName,
                              {{"rate", std::to_string(rate)},
                               {"mean_burst", std::to_string(burst)},
                               {"bad_loss", std::to_string(bad_loss)}});
    const auto lost = zeros(*out.after.waveform);
    for (std::size_t i = 0; i < lost.size(); ++i) {
      channel.lost += lost[i] ? 1 : 0;
      channel.bursts += lost[i] && (i == 0 || !lost[i - 1]) ? 1 : 0;
    }
    channel.packets += static_cast<double>(lost.size());
  }
  return channel;
}

// Lengths of bursts are geometric; a renewal process of losses has a variance (2 L - 1) times the binomial's.
TEST(PacketLossTest, RateAndMeanBurstWithinTheirSamplingError) {
  for (const double rate : {0.01, 0.03, 0.05, 0.1, 0.2}) {
    for (const double burst : {1.5, 2.0, 5.0}) {
      const Channel channel = run(rate, burst);
      EXPECT_NEAR(channel.rate(), rate, 4 * std::sqrt(rate * (1 - rate) * (2 * burst - 1) / channel.packets));
      EXPECT_NEAR(channel.mean_burst(), burst, 4 * std::sqrt(burst * (burst - 1) / channel.bursts) + 0.01);
    }
  }
}

TEST(PacketLossTest, ShortestBurstsAreIndependentLosses) {
  for (const double rate : {0.05, 0.2}) {
    const Channel channel = run(rate, 1);
    EXPECT_NEAR(channel.rate(), rate, 4 * std::sqrt(rate * (1 - rate) / channel.packets));
    EXPECT_NEAR(channel.mean_burst(), 1 / (1 - rate), 0.02);
  }
}

TEST(PacketLossTest, BadSpellsThatLosePartOfTheirPacketsKeepTheRate) {
  const Channel channel = run(0.1, 5, 0.5);
  EXPECT_NEAR(channel.rate(), 0.1, 4 * std::sqrt(0.1 * 0.9 * 6 / channel.packets));
  EXPECT_LT(channel.mean_burst(), 2.2);
  EXPECT_THROW((void)builtins().create(kName, {{"rate", "0.2"}, {"bad_loss", "0.1"}}), Error);
}

TEST(PacketLossTest, ConcealmentsPlayWhatTheySay) {
  std::vector<float> x(1000 * kPacket);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.1F + 0.001F * static_cast<float>(i % 701);
  const ParamMap base = {{"rate", "0.2"}, {"mean_burst", "5"}};
  const auto with = [&](const char* conceal) {
    ParamMap params = base;
    params["conceal"] = conceal;
    return apply_to(sound(x, 8000), kName, params);
  };
  const auto zero = with("zero"), repeat = with("repeat"), fade = with("fade");
  EXPECT_EQ(zero.effect.decisions, fade.effect.decisions);
  const auto lost = zeros(*zero.after.waveform);
  std::size_t long_bursts = 0, run = 0;
  for (std::size_t packet = 0; packet < lost.size(); ++packet) {
    run = lost[packet] ? run + 1 : 0;
    for (std::size_t k = 0; k < kPacket; ++k) {
      const std::size_t i = packet * kPacket + k;
      const float last = run == 0 ? x[i] : run > packet ? 0 : x[i - run * kPacket];
      ASSERT_EQ(repeat.after.waveform->pcm[i], last);
      const auto age = static_cast<double>((run == 0 ? 0 : run - 1) * kPacket + k);
      const double gain = run == 0 ? 1 : std::max(0.0, 1 - age / 480);
      ASSERT_NEAR(fade.after.waveform->pcm[i], gain * last, 1e-6);
    }
    long_bursts += run == 4 ? 1U : 0U;
  }
  EXPECT_GT(long_bursts, 0U);
}

}  // namespace
}  // namespace shakedown::perturb::testing
