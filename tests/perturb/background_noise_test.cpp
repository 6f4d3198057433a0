#include <algorithm>
#include <complex>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "audio.background_noise";

Sample speaker(const std::string& id, const std::string& who, double hz, double label, int rate = 16000,
               double seconds = 3) {
  Sample sample = sound(tone(hz, 0.1 + 0.0002 * hz, seconds, rate), rate, 1, id);
  sample.speaker = who;
  sample.labels["regression"].value = label;
  return sample;
}

TEST(BackgroundNoiseTest, MeetsTheRatioOfMeanSquaresInEveryColour) {
  const Sample sample = sound(syllables(5, 16000), 16000);
  for (const char* noise : {"white", "pink", "brown", "blue", "violet", "hum", "speech-shaped"}) {
    for (const int snr : {20, 15, 10, 5, 0, -10}) {
      const auto out =
          apply_to(sample, kName, {{"noise", noise}, {"snr_db", std::to_string(snr)}, {"reference", "rms"}});
      EXPECT_NEAR(db(power(sample.waveform->pcm) / power(added(out))), snr, 0.01) << noise;
      EXPECT_NEAR(out.dose.realised, snr, 0.01);
    }
  }
}

// 20 s of sine and 20 s of silence: by P.56 the active level is that of the sine (hangover, 0.2 s, aside), and the
// noise is measured over all 40 s. Mean squares over the clip would come out 3 dB lower.
TEST(BackgroundNoiseTest, SetsNoiseAgainstTheLevelOfActiveSpeech) {
  auto burst = tone(440, 0.2, 20, 8000);
  burst.resize(2 * burst.size(), 0.0F);
  const Sample sample = sound(burst, 8000);
  for (const int snr : {20, 10, 0}) {
    const auto out = apply_to(sample, kName, {{"snr_db", std::to_string(snr)}});
    EXPECT_NEAR(db(0.02 / power(added(out))), snr, 0.1);
    EXPECT_NEAR(out.dose.realised, snr, 0.01);
  }
}

TEST(BackgroundNoiseTest, MeetsTheRatioAfterAWeighting) {
  constexpr int kRate = 16000;
  const auto a_curve = [](double f) {
    const double s = f * f;
    const double r =
        12194.0 * 12194.0 * s * s /
        ((s + 20.6 * 20.6) * std::sqrt((s + 107.7 * 107.7) * (s + 737.9 * 737.9)) * (s + 12194.0 * 12194.0));
    return r * r * std::pow(10, 0.2);
  };
  const Sample sample = sound(tone(250, 0.3, 4.096, kRate), kRate);  // A(250 Hz) = -8.6 dB
  const auto out = apply_to(sample, kName, {{"noise", "pink"}, {"snr_db", "10"}, {"reference", "a"}});
  const auto noise = added(out);
  std::vector<std::complex<double>> spectrum(noise.begin(), noise.end());
  spectrum.resize(65536);
  fft(spectrum);
  double weighted = 0;
  for (std::size_t bin = 1; bin < spectrum.size() / 2; ++bin) {
    weighted += 2 * std::norm(spectrum[bin]) * a_curve(static_cast<double>(bin) * kRate / 65536.0);
  }
  weighted /= 65536.0 * 65536.0;
  const double signal = 0.045 * std::pow(10, -0.861);
  EXPECT_NEAR(db(signal / weighted), 10, 0.1);
  EXPECT_NEAR(out.dose.realised, 10, 0.01);
}

TEST(BackgroundNoiseTest, ColoursHaveTheirSlope) {
  const Sample sample = sound(tone(300, 0.2, 16, 16000), 16000);
  const std::pair<const char*, double> slopes[] = {
      {"white", 0}, {"pink", -3.01}, {"brown", -6.02}, {"blue", 3.01}, {"violet", 6.02}};
  for (const auto& [noise, slope] : slopes) {
    const auto out = apply_to(sample, kName, {{"noise", noise}, {"snr_db", "0"}, {"reference", "rms"}});
    EXPECT_NEAR(slope_db_per_octave(added(out), 16000, 60, 7000), slope, 0.2) << noise;
  }
}

TEST(BackgroundNoiseTest, HumIsHarmonicsOfTheMains) {
  const Sample sample = sound(tone(300, 0.2, 4, 16000), 16000);
  for (const int mains : {50, 60}) {
    const auto noise = added(apply_to(
        sample, kName, {{"noise", "hum"}, {"mains", std::to_string(mains)}, {"snr_db", "0"}, {"reference", "rms"}}));
    const double first = power_at(noise, mains, 16000);
    EXPECT_NEAR(db(power_at(noise, 3 * mains, 16000) / first), -9.54, 0.1);
    EXPECT_NEAR(db(power_at(noise, 2 * mains, 16000) / first), -12.04, 0.1);
    double sum = 0;
    for (int k = 1; k <= 40; ++k) sum += power_at(noise, k * mains, 16000);
    EXPECT_NEAR(sum / power(noise), 1, 0.01);
  }
}

// Power of third-octave bands against the published table, from 125 Hz to 6.3 kHz.
TEST(BackgroundNoiseTest, SpeechShapedNoiseHasTheSpectrumOfSpeech) {
  const std::pair<double, double> bands[] = {{125, 57.7},  {250, 60.3},  {500, 62.1}, {1000, 53.7},
                                             {2000, 48.7}, {4000, 45.6}, {6300, 44.3}};
  const Sample sample = sound(tone(300, 0.2, 20, 16000), 16000);
  const auto psd = welch(added(apply_to(sample, kName, {{"noise", "speech-shaped"}, {"snr_db", "0"}})), 4096);
  const auto band = [&](double hz) {
    double sum = 0;
    for (std::size_t bin = 0; bin < psd.size(); ++bin) {
      const double at = static_cast<double>(bin) * 16000 / 4096;
      sum += at > hz * std::exp2(-1.0 / 6) && at <= hz * std::exp2(1.0 / 6) ? psd[bin] : 0;
    }
    return db(sum);
  };
  for (const auto& [hz, level] : bands) EXPECT_NEAR(band(hz) - band(500), level - 62.1, 1.5) << hz;
}

// Two tones, one 12 dB over the other, in everybody else's clips: so much apart lie their bands in the noise.
TEST(BackgroundNoiseTest, SpeechShapedNoiseHasThePowerOfTheDataSetsSpectrum) {
  std::vector<Sample> clips;
  for (int i = 0; i < 5; ++i) {
    auto pcm = tone(2000, 0.2, 3, 16000);
    const auto lower = tone(500, 0.05, 3, 16000);
    for (std::size_t n = 0; n < pcm.size(); ++n) pcm[n] += lower[n];
    clips.push_back(sound(pcm, 16000, 1, "clip" + std::to_string(i)));
    clips.back().speaker = "s" + std::to_string(i);
  }
  const auto noise =
      added(apply_to(clips[0], kName, {{"noise", "speech-shaped"}, {"spectrum", "corpus"}}, MemoryCorpus(clips)));
  const auto psd = welch(noise, 1024);
  const auto band = [&](double hz) {
    double sum = 0;
    for (std::size_t bin = 0; bin < psd.size(); ++bin)
      sum += std::abs(static_cast<double>(bin) * 16000 / 1024 - hz) < 0.3 * hz ? psd[bin] : 0;
    return db(sum);
  };
  EXPECT_NEAR(band(2000) - band(500), 12, 1);
}

TEST(BackgroundNoiseTest, SpeechShapedNoiseCanFollowTheDataSet) {
  std::vector<Sample> clips;
  for (int i = 0; i < 5; ++i) {
    clips.push_back(speaker("clip" + std::to_string(i), "s" + std::to_string(i), i == 0 ? 300 : 2000, 1));
  }
  const auto noise =
      added(apply_to(clips[0], kName, {{"noise", "speech-shaped"}, {"spectrum", "corpus"}}, MemoryCorpus(clips)));
  const auto psd = welch(noise, 1024);
  const auto loudest = std::max_element(psd.begin(), psd.end()) - psd.begin();
  EXPECT_NEAR(static_cast<double>(loudest) * 16000 / 1024, 2000, 300);  // the others' tone, not the clip's own
  const auto alone = apply_to(clips[0], kName, {{"noise", "speech-shaped"}, {"spectrum", "corpus"}});
  EXPECT_EQ(alone.effect.state, State::kSkipped);
}

// Four fifths of the clip are silence: a mean square over the clip would put the noise 7 dB too low.
TEST(BackgroundNoiseTest, MeetsTheRatioInsideSpeechOfAClipThatIsMostlySilent) {
  std::vector<float> x(40 * 16000, 0.0F);
  const auto burst = tone(440, 0.2, 8, 16000);
  std::copy(burst.begin(), burst.end(), x.begin() + 48000);
  for (const int snr : {20, 10, 0}) {
    const auto noise = added(apply_to(sound(x, 16000), kName, {{"snr_db", std::to_string(snr)}}));
    const std::vector<float> inside(noise.begin() + 48000, noise.begin() + 176000);
    EXPECT_NEAR(db(power(burst) / power(inside)), snr,
                0.2);  // P.56 counts 0.3 s behind the last sound as active: .16 dB of 8 s
  }
}

TEST(BackgroundNoiseTest, BeginsAFileWhereItIsTold) {
  const TemporaryFolder folder;
  auto two = tone(500, 0.3, 2, 16000);
  const auto high = tone(3000, 0.3, 2, 16000);
  two.insert(two.end(), high.begin(), high.end());
  folder.write("two.wav", two, 16000);
  for (const auto& [offset, hz] : {std::pair{"0", 500.0}, std::pair{"2.2", 3000.0}}) {
    const auto noise = added(apply_to(sound(tone(900, 0.2, 1.5, 16000), 16000), kName,
                                      {{"noise", "folder"}, {"folder", folder.path.string()}, {"offset_s", offset}}));
    EXPECT_GT(power_at(noise, hz, 16000) / power(noise), 0.95);
  }
}

TEST(BackgroundNoiseTest, IsOneNoiseAtEveryLevel) {
  const Sample sample = sound(syllables(2, 16000), 16000);
  for (const char* noise : {"white", "pink"}) {
    const auto loud = added(apply_to(sample, kName, {{"noise", noise}, {"snr_db", "0"}}));
    const auto soft = added(apply_to(sample, kName, {{"noise", noise}, {"snr_db", "20"}}));
    for (std::size_t i = 0; i < loud.size(); i += 97) EXPECT_NEAR(soft[i], loud[i] / 10, 1e-6);
  }
}

TEST(BackgroundNoiseTest, DiffersBetweenClips) {
  const auto a = added(apply_to(sound(syllables(2, 16000), 16000, 1, "a"), kName, {}));
  const auto b = added(apply_to(sound(syllables(2, 16000), 16000, 1, "b"), kName, {}));
  double product = 0;
  for (std::size_t i = 0; i < a.size(); ++i) product += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  EXPECT_LT(std::abs(product / static_cast<double>(a.size())), 4 * power(a) / std::sqrt(static_cast<double>(a.size())));
}

TEST(BackgroundNoiseTest, EveryChannelGetsTheSameNoise) {
  const auto left = syllables(2, 16000);
  std::vector<float> both;
  for (const float value : left) both.insert(both.end(), {value, 0.5F * value});
  const auto out = apply_to(sound(both, 16000, 2), kName, {{"snr_db", "10"}, {"reference", "rms"}});
  const auto noise = added(out);
  for (std::size_t i = 0; i < noise.size(); i += 2) ASSERT_NEAR(noise[i], noise[i + 1], 1e-6);
  EXPECT_NEAR(db(0.75 * 0.75 * power(left) / power(noise)), 10, 0.01);  // on the mean of the channels
}

TEST(BackgroundNoiseTest, CountsWhatGoesBeyondFullScaleAndClipsOnRequest) {
  const Sample sample = sound(tone(300, 0.9, 1, 16000), 16000);
  const auto as_is = apply_to(sample, kName, {{"snr_db", "0"}});
  const auto clipped = apply_to(sample, kName, {{"snr_db", "0"}, {"clip", "true"}});
  std::size_t over = 0;
  for (const float value : as_is.after.waveform->pcm) over += std::abs(value) > 1 ? 1 : 0;
  EXPECT_GT(over, 0U);
  EXPECT_DOUBLE_EQ(as_is.effect.measures.at("over_full_scale"), static_cast<double>(over) / 16000);
  EXPECT_DOUBLE_EQ(clipped.effect.measures.at("over_full_scale"), static_cast<double>(over) / 16000);
  for (const float value : clipped.after.waveform->pcm) ASSERT_LE(std::abs(value), 1);
}

TEST(BackgroundNoiseTest, SkipsWhatHasNoRatio) {
  for (const char* reference : {"p56", "rms", "a"}) {
    const auto silent = apply_to(sound(std::vector<float>(16000, 0.0F), 16000), kName, {{"reference", reference}});
    EXPECT_EQ(silent.effect.state, State::kSkipped);
    EXPECT_EQ(silent.effect.reason, "silence has no SNR");
    EXPECT_EQ(silent.after.waveform, silent.before.waveform);
  }
  const auto blip = apply_to(sound({0.5F}, 16000), kName, {});
  EXPECT_EQ(blip.effect.state, State::kSkipped);
  EXPECT_THAT(blip.effect.reason, ::testing::HasSubstr("10 ms"));
  EXPECT_EQ(apply_to(sound({}, 16000), kName, {}).effect.state, State::kIneligible);
}

TEST(BackgroundNoiseTest, ServesASingleSample) {
  for (const char* noise : {"white", "pink", "brown"}) {
    const auto out = apply_to(sound({0.5F}, 16000), kName, {{"noise", noise}, {"snr_db", "0"}, {"reference", "rms"}});
    EXPECT_NEAR(std::abs(added(out)[0]), 0.5, 1e-6) << noise;
  }
}

TEST(BackgroundNoiseTest, LeavesTheInputAtInfiniteRatio) {
  const auto out = apply_to(sound(syllables(1, 16000), 16000), kName, {{"snr_db", "inf"}});
  EXPECT_EQ(out.effect.state, State::kUnchanged);
  EXPECT_EQ(out.after.waveform, out.before.waveform);
}

TEST(BackgroundNoiseTest, BabbleIsOtherSpeakersAtOneLevel) {
  std::vector<Sample> clips;
  for (int i = 0; i < 9; ++i) {  // two clips a speaker; the second at another rate and shorter than the target
    const double hz = 300 + 200 * i;
    const std::string who = "s" + std::to_string(i);
    clips.push_back(speaker(who + "x", who, hz, i % 2 == 0 ? 1 : -1));
    clips.push_back(speaker(who + "y", who, hz, i % 2 == 0 ? 1 : -1, 8000, 1.5));
  }
  const MemoryCorpus corpus(clips);
  const auto out = apply_to(clips[4], kName, {{"noise", "babble"}, {"voices", "5"}, {"snr_db", "10"}}, corpus);
  ASSERT_EQ(out.effect.state, State::kApplied);
  EXPECT_EQ(out.effect.measures.at("voices"), 5);
  EXPECT_NEAR(db(power(clips[4].waveform->pcm) / power(added(out))), 10, 0.1);

  std::set<std::string> speakers;
  int sign = 0;
  for (std::size_t i = 0; i < out.effect.decisions.size(); i += 2) {
    const auto& info = corpus.info(static_cast<std::size_t>(out.effect.decisions[i]));
    EXPECT_NE(info.speaker, "s2");
    speakers.insert(info.speaker);
    const int own = info.labels.at("regression").value > 0 ? 1 : -1;
    EXPECT_NE(own, sign) << "positive and negative donors take turns";
    sign = own;
  }
  EXPECT_EQ(speakers.size(), 5U);
  const auto noise = added(out);
  for (int i = 0; i < 9; ++i) {
    const double share = power_at(noise, 300 + 200 * i, 16000) / power(noise);
    EXPECT_NEAR(share, speakers.count("s" + std::to_string(i)) ? 0.2 : 0, 0.04) << i;
  }
}

TEST(BackgroundNoiseTest, BabbleCountsWhatItCouldNotUse) {
  std::vector<Sample> clips = {speaker("a", "a", 300, 1), speaker("b", "b", 500, 1), speaker("c", "c", 700, -1),
                               speaker("d", "d", 900, 0), sound(std::vector<float>(16000, 0.0F), 16000, 1, "e")};
  MemoryCorpus corpus(clips);
  corpus.unreadable = "d";
  const auto out = apply_to(clips[0], kName, {{"noise", "babble"}}, corpus);
  ASSERT_EQ(out.effect.state, State::kApplied);
  EXPECT_EQ(out.effect.measures.at("voices"), 2);
  EXPECT_EQ(out.effect.measures.at("silent_donors"), 1);
  EXPECT_EQ(out.effect.measures.at("unreadable_donors"), 1);

  const auto alone = apply_to(clips[0], kName, {{"noise", "babble"}}, MemoryCorpus({clips[0]}));
  EXPECT_EQ(alone.effect.state, State::kSkipped);
  EXPECT_THAT(alone.effect.reason, ::testing::HasSubstr("other speakers"));
}

TEST(BackgroundNoiseTest, LoopsAShortFileWithoutClicksOrGaps) {
  const TemporaryFolder folder;
  // Ends a quarter of a cycle after it began: a bare loop would jump from crest to zero.
  folder.write("hum.wav", tone(150.625, 0.5, 0.4, 16000), 16000);
  folder.write("silent.wav", std::vector<float>(8000, 0.0F), 16000);
  std::ofstream(folder.path / "notes.txt") << "not a sound";
  const Sample sample = sound(syllables(3, 16000), 16000);
  const auto out = apply_to(
      sample, kName, {{"noise", "folder"}, {"folder", folder.path.string()}, {"snr_db", "0"}, {"reference", "rms"}});
  ASSERT_EQ(out.effect.state, State::kApplied);
  EXPECT_EQ(out.effect.measures.at("files"), 1);
  EXPECT_EQ(out.effect.measures.at("silent_files"), 1);
  EXPECT_EQ(out.effect.measures.at("looped"), 1);
  EXPECT_EQ(out.effect.measures.at("unreadable_files"), 1);
  EXPECT_NEAR(out.dose.realised, 0, 0.01);

  const auto noise = added(out);
  const double peak = std::sqrt(2 * power(noise));
  const double steepest = 1.8 * peak * 2 * std::numbers::pi * 150.625 / 16000;  // both ends of a fade may add up
  for (std::size_t i = 1; i < noise.size(); ++i) ASSERT_LT(std::abs(noise[i] - noise[i - 1]), steepest) << i;
}

TEST(BackgroundNoiseTest, ResamplesFilesToTheRateOfTheClip) {
  const TemporaryFolder folder;
  folder.write("tone.wav", tone(1000, 0.5, 5, 44100), 44100);
  const auto out =
      apply_to(sound(syllables(2, 8000), 8000), kName, {{"noise", "folder"}, {"folder", folder.path.string()}});
  const auto noise = added(out);
  EXPECT_GT(power_at(noise, 1000, 8000) / power(noise), 0.98);
}

TEST(BackgroundNoiseTest, RefusesFoldersWithoutSound) {
  const TemporaryFolder folder;
  std::ofstream(folder.path / "notes.txt") << "not a sound";
  for (const std::string& path : {folder.path.string(), folder.path.string() + "/absent", std::string()}) {
    EXPECT_THROW((void)builtins().create(kName, {{"noise", "folder"}, {"folder", path}}), Error) << path;
  }
  EXPECT_THROW((void)builtins().create(kName, {{"noise", "white"}, {"folder", "/tmp"}}), Error);
}

}  // namespace
}  // namespace shakedown::perturb::testing
