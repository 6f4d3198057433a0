// Every audio dose at every step of its ladder on speech, of the demo and, where it is there, recorded; by estimators
// of this file.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "shakedown/core/text.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/decode.h"
#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

struct Speech {
  std::string name;
  std::filesystem::path file;
};

// Clips of the demo, and of the real data those that are there.
std::vector<Speech> speech() {
  const std::filesystem::path demo = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "examples/talking_heads/Raw";
  std::vector<Speech> result = {{"demo41", demo / "spk41/0003.mp4"}, {"demo50", demo / "spk50/0000.mp4"}};
  const char* root = std::getenv("SHAKEDOWN_REAL_DATA");
  for (const char* name : {"speech/jfk.wav", "speech/cmu-arctic/cmu_arctic_us_aew_a0001.wav",
                           "speech/cmu-arctic/cmu_arctic_us_axb_a0004.wav", "speech/asterisk-en-8k/demo-thanks.wav"}) {
    if (root == nullptr || !std::filesystem::exists(std::filesystem::path(root) / name)) continue;
    result.push_back({std::filesystem::path(name).stem().string(), std::filesystem::path(root) / name});
  }
  for (auto& s : result) std::replace(s.name.begin(), s.name.end(), '-', '_');
  return result;
}

class SpeechDoseTest : public ::testing::TestWithParam<Speech> {
 protected:
  void SetUp() override {
    const Waveform wave = media::decode_audio(GetParam().file);
    rate_ = wave.sample_rate_hz;
    sample_ = sound(media::to_mono(wave), rate_, 1, GetParam().name);
  }

  [[nodiscard]] const std::vector<float>& pcm() const { return sample_.waveform->pcm; }

  // The outcome at each step of the ladder. Steps that this sound cannot take are left out: no more than `beyond`.
  [[nodiscard]] std::vector<std::pair<double, Outcome>> steps(const std::string& name, ParamMap params = {},
                                                              std::size_t beyond = 0) const {
    std::vector<std::pair<double, Outcome>> result;
    const DoseSpec& dose = builtins().find(name).dose;
    for (const double step : dose.ladder) {
      params[dose.parameter] = format_number(step);
      Outcome out = apply_to(sample_, name, params);
      if (out.effect.state == State::kApplied) {
        result.emplace_back(step, std::move(out));
      } else {
        EXPECT_GT(beyond, 0U) << name << " at " << step << ": " << out.effect.reason;
        beyond -= beyond > 0 ? 1 : 0;
      }
    }
    return result;
  }

  Sample sample_;
  int rate_ = 0;
};

// Fundamentals by YIN (de Cheveigne and Kawahara, JASA 111(4), 2002): the first dip of the cumulative mean normalised
// difference below .15, with a parabola through it; 0 where there is none.
std::vector<double> yin(const std::vector<float>& x, int rate) {
  const int window = rate / 40, longest = rate / 35, shortest = rate / 500;
  std::vector<double> track;
  for (int start = 0; start + window + longest < static_cast<int>(x.size()); start += rate / 50) {
    std::vector<double> d(static_cast<std::size_t>(longest) + 1, 1.0);
    double sum = 0;
    for (int lag = 1; lag <= longest; ++lag) {
      double difference = 0;
      for (int i = start; i < start + window; ++i) {
        const double e = static_cast<double>(x[static_cast<std::size_t>(i)]) - x[static_cast<std::size_t>(i + lag)];
        difference += e * e;
      }
      sum += difference;
      d[static_cast<std::size_t>(lag)] = sum > 0 ? difference * lag / sum : 1;
    }
    track.push_back(0);
    for (auto lag = static_cast<std::size_t>(shortest); lag < static_cast<std::size_t>(longest); ++lag) {
      if (d[lag] > 0.15) continue;
      while (lag + 1 < static_cast<std::size_t>(longest) && d[lag + 1] < d[lag]) ++lag;
      const double bend = d[lag - 1] - 2 * d[lag] + d[lag + 1];
      const double off = bend > 0 ? 0.5 * (d[lag - 1] - d[lag + 1]) / bend : 0;
      track.back() = rate / (static_cast<double>(lag) + off);
      break;
    }
  }
  return track;
}

// Median shift of the fundamental in cents, about `near`, over frames that are voiced in both.
double cents_between(const std::vector<float>& x, const std::vector<float>& y, int rate, double near = 0) {
  const auto from = yin(x, rate), to = yin(y, rate);
  std::vector<double> cents;
  for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
    if (!(from[i] > 0 && to[i] > 0)) continue;
    const double c = 1200 * std::log2(to[i] / from[i]);
    if (std::abs(c - near) < 300) cents.push_back(c);  // else an octave was mistaken
  }
  EXPECT_GT(cents.size(), 8U);
  if (cents.empty()) return NAN;
  std::nth_element(cents.begin(), cents.begin() + static_cast<std::ptrdiff_t>(cents.size() / 2), cents.end());
  return cents[cents.size() / 2];
}

double peak(const std::vector<float>& x) {
  double largest = 0;
  for (const float value : x) largest = std::max(largest, std::abs(static_cast<double>(value)));
  return largest;
}

// Pieces of `seconds`, and which of them are all zero where the clean sound is not.
std::vector<bool> lost(const std::vector<float>& clean, const std::vector<float>& x, int rate, double seconds) {
  const auto size = static_cast<std::size_t>(std::lround(seconds * rate));
  std::vector<bool> result;
  for (std::size_t begin = 0; begin + size <= x.size(); begin += size) {
    const auto zero = [&](const std::vector<float>& v) {
      return std::all_of(v.begin() + static_cast<std::ptrdiff_t>(begin),
                         v.begin() + static_cast<std::ptrdiff_t>(begin + size), [](float s) { return s == 0; });
    };
    result.push_back(zero(x) && !zero(clean));
  }
  return result;
}

TEST_P(SpeechDoseTest, NoiseStandsInTheRatio) {
  for (const char* noise : {"white", "pink", "brown", "blue", "violet", "hum", "speech-shaped"}) {
    for (const auto& [snr, out] : steps("audio.background_noise", {{"noise", noise}, {"reference", "rms"}})) {
      EXPECT_NEAR(db(power(pcm()) / power(added(out))), snr, 0.1) << noise;
    }
  }
  // The level of speech is compared with another implementation in tests/media.
  const auto level = media::active_speech_level(pcm(), rate_);
  ASSERT_TRUE(level);
  for (const auto& [snr, out] : steps("audio.background_noise")) {
    EXPECT_NEAR(db(level->mean_square / power(added(out))), snr, 0.1);
    EXPECT_NEAR(out.dose.realised, snr, 0.1);
  }
}

TEST_P(SpeechDoseTest, EventsPeaksClippingAndGainAreCounted) {
  for (const auto& [ratio, out] : steps("audio.sudden_noise")) {
    EXPECT_NEAR(20 * std::log10(peak(added(out)) / peak(pcm())), ratio, 0.05);
  }
  for (const auto& [fraction, out] : steps("audio.clipping")) {
    const auto& y = out.after.waveform->pcm;
    std::size_t changed = 0;
    for (std::size_t i = 0; i < y.size(); ++i) changed += y[i] != pcm()[i] ? 1U : 0U;
    // Equal magnitudes of 16-bit sound go together.
    EXPECT_NEAR(static_cast<double>(changed) / static_cast<double>(y.size()), fraction, 0.005);
  }
  for (const auto& [gain, out] : steps("audio.gain")) {
    EXPECT_NEAR(db(power(out.after.waveform->pcm) / power(pcm())), gain, 0.001);
  }
}

// The response is what a click at the same place becomes; the speech is its convolution.
TEST_P(SpeechDoseTest, RoomsDecayInTheTimeAskedFor) {
  for (const auto& [rt60, out] : steps("audio.reverb")) {
    std::vector<float> click(static_cast<std::size_t>((1.3 * rt60 + 0.1) * rate_), 0.0F);
    click[0] = 1;
    const auto h = apply_to(sound(click, rate_, 1, GetParam().name), "audio.reverb", {{"rt60", format_number(rt60)}})
                       .after.waveform->pcm;
    std::vector<double> left(h.size() + 1, 0.0);
    for (std::size_t i = h.size(); i-- > 0;) {
      left[i] = left[i + 1] + static_cast<double>(h[i]) * static_cast<double>(h[i]);
    }
    const auto below = [&](double level) {
      return static_cast<double>(
                 std::find_if(left.begin(), left.end(), [&](double e) { return db(e / left[0]) < level; }) -
                 left.begin()) /
             rate_;
    };
    double sum_of_times = 0;
    for (const double top : {-5.0, -7.0, -9.0}) sum_of_times += 60.0 / 22 * (below(top - 22) - below(top));
    EXPECT_NEAR(sum_of_times / 3, rt60, 0.05 * rt60);
    const std::size_t n = pcm().size() / 2;
    double sum = 0;
    for (std::size_t k = 0; k < std::min(h.size(), n + 1); ++k) {
      sum += static_cast<double>(h[k]) * static_cast<double>(pcm()[n - k]);
    }
    EXPECT_NEAR(out.after.waveform->pcm[n], sum, 1e-3);
  }
}

// By power spectra: speech has something everywhere below half the rate that its recording passed.
TEST_P(SpeechDoseTest, FiltersFallAtTheirCutOff) {
  constexpr std::size_t kSize = 2048;
  const auto before = welch(pcm(), kSize);
  const double loudest = *std::max_element(before.begin(), before.end());
  std::size_t checked = 0;
  const auto ladder = builtins().find("audio.band_limit").dose.ladder;
  const auto beyond = std::count_if(ladder.begin(), ladder.end(), [&](double hz) { return 2 * hz >= rate_; });
  for (const auto& [cutoff, out] : steps("audio.band_limit", {}, static_cast<std::size_t>(beyond))) {
    const auto after = welch(out.after.waveform->pcm, kSize);
    const auto gain = [&](double hz) {
      const auto bin = static_cast<std::size_t>(std::lround(hz * kSize / rate_));
      return db(after[bin] / before[bin]);
    };
    const auto bin = static_cast<std::size_t>(std::lround(cutoff * kSize / rate_));
    if (before[bin] < 1e-8 * loudest) continue;
    EXPECT_NEAR(gain(0), 0, 0.2);
    EXPECT_NEAR(gain(cutoff), -3, 1) << cutoff;
    if (2 * cutoff < 0.45 * rate_) {
      EXPECT_LT(gain(2 * cutoff), -25) << cutoff;
    }
    ++checked;
  }
  EXPECT_GT(checked, 1U);
}

TEST_P(SpeechDoseTest, LossesAreCounted) {
  // Of some 150 packets one in a hundred may be none.
  for (const auto& [rate, out] : steps("audio.packet_loss", {{"mean_burst", "2"}}, 1)) {
    const auto packets = lost(pcm(), out.after.waveform->pcm, rate_, 0.02);
    const auto n = static_cast<double>(packets.size());
    const double share = static_cast<double>(std::count(packets.begin(), packets.end(), true)) / n;
    EXPECT_NEAR(share, rate,
                4 * std::sqrt(rate * (1 - rate) * 3 / n) + 1 / n);  // bursts of 2: three times the variance
  }
  for (const auto& [fraction, out] : steps("audio.mute")) {
    const auto pieces = lost(pcm(), out.after.waveform->pcm, rate_, 0.01);
    std::size_t silent = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) silent += pieces[i] ? 1U : 0U;
    EXPECT_NEAR(static_cast<double>(silent) / static_cast<double>(pieces.size()), fraction, 0.03);
  }
}

// Every codec gives back a sound of the same length that is in time with the one that it was given.
TEST_P(SpeechDoseTest, CodecsReachTheirRateAndGetWorse) {
  double previous = 1e9;
  for (const auto& [kbps, out] : steps("audio.codec")) {
    const auto& y = out.after.waveform->pcm;
    ASSERT_EQ(y.size(), pcm().size());
    EXPECT_NEAR(out.dose.realised / kbps, 1, 0.1);
    double product = 0;
    for (std::size_t i = 0; i < y.size(); ++i) product += static_cast<double>(pcm()[i]) * static_cast<double>(y[i]);
    const double likeness = product / std::sqrt(power(pcm()) * power(y)) / static_cast<double>(y.size());
    EXPECT_GT(likeness, kbps < 10 ? 0.6 : 0.8) << kbps;
    EXPECT_LT(likeness, previous + 0.02) << kbps;
    previous = likeness;
  }
}

TEST_P(SpeechDoseTest, PitchMovesByTheSemitonesInTheSameTime) {
  for (const auto& [direction, sign] : {std::pair{"up", 1}, std::pair{"down", -1}}) {
    for (const auto& [semitones, out] : steps("audio.pitch", {{"direction", direction}})) {
      const auto& y = out.after.waveform->pcm;
      ASSERT_EQ(y.size(), pcm().size());
      const double near = 100 * sign * semitones;
      EXPECT_NEAR(cents_between(pcm(), y, rate_, near), near, 12) << semitones << direction;
    }
  }
}

TEST_P(SpeechDoseTest, TempoChangesTheLengthAndFormantsNeitherLengthNorPitch) {
  for (const auto& [direction, sign] : {std::pair{"up", -1}, std::pair{"down", 1}}) {
    for (const auto& [factor, out] : steps("audio.tempo", {{"direction", direction}})) {
      const double ratio = static_cast<double>(out.after.waveform->frames()) / static_cast<double>(pcm().size());
      EXPECT_NEAR(ratio * std::pow(factor, -sign), 1, 0.005);
    }
    for (const auto& [semitones, out] : steps("audio.formant", {{"direction", direction}})) {
      const auto& y = out.after.waveform->pcm;
      ASSERT_EQ(y.size(), pcm().size());
      // To a cent on vowels (voice_test.cpp); here YIN itself moves a little with the weights of the harmonics.
      EXPECT_NEAR(cents_between(pcm(), y, rate_), 0, 10) << semitones << direction;
      EXPECT_NEAR(out.dose.realised, semitones, semitones > 3 ? 0.7 : 0.3) << direction;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Clips, SpeechDoseTest, ::testing::ValuesIn(speech()),
                         [](const auto& instance) { return instance.param.name; });

// The clips above are fewer where the recordings are missing.
TEST(SpeechDosesTest, RecordedSpeechIsThere) {
  if (std::getenv("SHAKEDOWN_REAL_DATA") == nullptr) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA is not set";
  EXPECT_EQ(speech().size(), 6U);
}

}  // namespace
}  // namespace shakedown::perturb::testing
