// audio.pitch, audio.tempo and audio.formant on signals whose frequencies are known.
#include <algorithm>

#include "shakedown/media/envelope.h"
#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

// Frequency of a sine by the phase that it gains between two stretches, which resolves thousandths of a hertz.
double frequency(const std::vector<float>& x, double near, int rate) {
  const std::size_t n = x.size() / 4, first = x.size() / 4, second = first + n;
  const auto phase = [&](std::size_t begin, double hz) {
    std::complex<double> sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n));
      sum += hann * static_cast<double>(x[begin + i]) *
             std::polar(1.0, -2 * std::numbers::pi * hz * static_cast<double>(begin + i) / rate);
    }
    return std::arg(sum);
  };
  double hz = near;
  for (int i = 0; i < 4; ++i) {
    const double gained = std::remainder(phase(second, hz) - phase(first, hz), 2 * std::numbers::pi);
    hz += gained / (2 * std::numbers::pi) * rate / static_cast<double>(n);
  }
  return hz;
}

// A vowel: a pulse train at `f0` through resonances.
std::vector<float> vowel(double f0, const std::vector<double>& formants, double seconds, int rate) {
  std::vector<double> x(static_cast<std::size_t>(seconds * rate), 0.0);
  for (double at = 0; at < static_cast<double>(x.size()); at += rate / f0) x[static_cast<std::size_t>(at)] = 1;
  for (const double hz : formants) {
    const double r = std::exp(-std::numbers::pi * 90 / rate), c = 2 * r * std::cos(2 * std::numbers::pi * hz / rate);
    double y1 = 0, y2 = 0;
    for (double& value : x) {
      const double y = value + c * y1 - r * r * y2;
      y2 = y1, y1 = y, value = y;
    }
  }
  double largest = 0;
  for (const double value : x) largest = std::max(largest, std::abs(value));
  std::vector<float> result;
  for (const double value : x) result.push_back(static_cast<float>(0.4 * value / largest));
  return result;
}

// By how many semitones the resonances of a vowel have moved: levels of its harmonics by projection beside those that
// the resonators of vowel() would have if they stood so much higher.
double tract_shift(const std::vector<float>& x, double f0, const std::vector<double>& formants, int rate) {
  const auto expected = [&](double hz) {
    double level = 0;
    for (const double centre : formants) {
      const double r = std::exp(-std::numbers::pi * 90 / rate), w = 2 * std::numbers::pi * hz / rate;
      const double c = 2 * std::numbers::pi * centre / rate;
      level -= db(std::norm((1.0 - std::polar(r, c - w)) * (1.0 - std::polar(r, -c - w))));
    }
    return level;
  };
  const std::vector<float> inside(x.begin() + rate / 4, x.begin() + rate / 4 + rate);
  std::vector<double> levels;
  for (int k = 1; k * f0 < 4000; ++k) levels.push_back(db(power_at(inside, k * f0, rate)));
  const double least = *std::max_element(levels.begin(), levels.end()) - 45;
  double best = 0, smallest = 1e300;
  for (double semitones = -12; semitones <= 12; semitones += 0.02) {
    double n = 0, sum = 0, squares = 0;
    for (std::size_t k = 0; k < levels.size(); ++k) {
      if (levels[k] < least) continue;
      const double d = levels[k] - expected(static_cast<double>(k + 1) * f0 * std::exp2(-semitones / 12));
      ++n, sum += d, squares += d * d;
    }
    const double misfit = (squares - sum * sum / n) / n;
    if (misfit < smallest) smallest = misfit, best = semitones;
  }
  return best;
}

// The centre of the strongest resonance between two frequencies: power-weighted over the harmonics.
double centroid(const std::vector<float>& x, double low, double high, int rate) {
  const auto psd = welch(x, 2048);
  double sum = 0, weighted = 0;
  for (std::size_t bin = 1; bin < psd.size(); ++bin) {
    const double hz = static_cast<double>(bin) * rate / 2048;
    if (hz < low || hz > high) continue;
    sum += psd[bin];
    weighted += psd[bin] * hz;
  }
  return weighted / sum;
}

TEST(PitchTest, ASineMovesByTheSemitonesAskedForAndKeepsItsLength) {
  for (const int rate : {16000, 44100}) {
    const Sample sample = sound(tone(440, 0.3, 2, rate), rate);
    for (const int semitones : {1, 2, 3, 6, 9}) {
      for (const auto& [direction, sign] : {std::pair{"up", 1}, std::pair{"down", -1}}) {
        for (const char* engine : {"r3", "r2"}) {
          const auto out = apply_to(sample, "audio.pitch",
                                    {{"semitones", std::to_string(semitones)},
                                     {"direction", direction},
                                     {"engine", engine},
                                     {"formants", "move"}});
          EXPECT_EQ(out.after.waveform->frames(), sample.waveform->frames());
          const double expected = 440 * std::exp2(sign * semitones / 12.0);
          const double cents = 1200 * std::log2(frequency(out.after.waveform->pcm, expected, rate) / expected);
          EXPECT_NEAR(cents, 0, 5) << semitones << direction << engine << rate;
        }
      }
    }
  }
}

TEST(PitchTest, AVowelsFormantsStayUnlessTheyAreToMove) {
  const Sample sample = sound(vowel(120, {800, 2400}, 2, 16000), 16000);
  const double before = centroid(sample.waveform->pcm, 400, 1400, 16000);
  const auto keep = apply_to(sample, "audio.pitch", {{"semitones", "6"}, {"direction", "up"}});
  const auto move = apply_to(sample, "audio.pitch", {{"semitones", "6"}, {"direction", "up"}, {"formants", "move"}});
  EXPECT_NEAR(keep.dose.realised, 6, 0.05);
  EXPECT_NEAR(move.dose.realised, 6, 0.05);
  EXPECT_NEAR(centroid(keep.after.waveform->pcm, 400, 1400, 16000) / before, 1, 0.1);
  EXPECT_GT(centroid(move.after.waveform->pcm, 400, 1800, 16000) / before, 1.25);
}

TEST(FormantTest, TheResonancesOfAVowelMoveByTheSemitonesAskedForAndNothingElseDoes) {
  const std::vector<double> vowels[] = {{700, 1200, 2600}, {300, 2200, 3000}, {500, 1500, 2500}};
  for (const double f0 : {100.0, 125.0, 160.0}) {
    for (const auto& formants : vowels) {
      const Sample sample = sound(vowel(f0, formants, 1.5, 16000), 16000);
      ASSERT_NEAR(tract_shift(sample.waveform->pcm, f0, formants, 16000), 0, 0.1);
      for (const double semitones : {1, 2, 3, 6, 9}) {
        for (const auto& [direction, sign] : {std::pair{"up", 1}, std::pair{"down", -1}}) {
          const auto out =
              apply_to(sample, "audio.formant", {{"semitones", std::to_string(semitones)}, {"direction", direction}});
          const auto& y = out.after.waveform->pcm;
          ASSERT_EQ(y.size(), sample.waveform->pcm.size());
          EXPECT_NEAR(tract_shift(y, f0, formants, 16000), sign * semitones, 0.35) << f0 << " " << formants[0];
          EXPECT_NEAR(out.dose.realised, semitones, 0.5);
          EXPECT_NEAR(1200 * std::log2(frequency(y, f0, 16000) / f0), 0, 1);
          EXPECT_NEAR(db(power(y) / power(sample.waveform->pcm)), 0, 0.01);
        }
      }
    }
  }
}

// What Rubber Band takes for the envelope is too smooth for single resonances; pitch and time are right.
TEST(FormantTest, RubberBandsEnginesMoveTheEnvelopeByLessAndSaySo) {
  const std::vector<double> formants = {500, 1500, 2500};
  const Sample sample = sound(vowel(125, formants, 1.5, 16000), 16000);
  for (const char* engine : {"r3", "r2"}) {
    for (const auto& [direction, sign] : {std::pair{"up", 1}, std::pair{"down", -1}}) {
      const auto out =
          apply_to(sample, "audio.formant", {{"semitones", "3"}, {"direction", direction}, {"engine", engine}});
      const auto& y = out.after.waveform->pcm;
      ASSERT_EQ(y.size(), sample.waveform->pcm.size());
      EXPECT_NEAR(1200 * std::log2(frequency(y, 125, 16000) / 125), 0, 5) << engine << direction;
      const double moved = sign * tract_shift(y, 125, formants, 16000);
      EXPECT_GT(moved, 0.3) << engine << direction;
      EXPECT_LT(moved, 3.3) << engine << direction;
      EXPECT_NEAR(out.dose.realised, moved, 1) << engine << direction;
    }
  }
}

TEST(FormantTest, ServesScrapsSilenceAndEveryRate) {
  EXPECT_THROW((void)media::scale_envelope(std::vector<float>(100, 0.5F), 0, {}, 2), Error);
  EXPECT_THROW((void)media::scale_envelope(std::vector<float>(100, 0.5F), 8000, {}, 0), Error);
  EXPECT_FALSE(media::envelope_ratio(std::vector<float>(8000, 0.0F), std::vector<float>(8000, 0.0F), 8000));
  EXPECT_EQ(apply_to(sound(std::vector<float>(8000, 0.0F), 16000), "audio.formant", {}).effect.state,
            State::kUnchanged);
  for (const int rate : {1000, 8000, 44100, 192000}) {
    for (const std::size_t frames : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      for (const char* engine : {"envelope", "r3", "r2"}) {
        const auto x = std::vector<float>(2 * frames, 0.25F);
        const auto out = apply_to(sound(x, rate, 2), "audio.formant", {{"engine", engine}});
        EXPECT_EQ(out.after.waveform->frames(), frames) << engine << rate;
        for (const float value : out.after.waveform->pcm) ASSERT_TRUE(std::isfinite(value));
      }
    }
  }
}

TEST(TempoTest, LengthChangesAndPitchDoesNot) {
  const Sample sample = sound(tone(440, 0.3, 3, 16000), 16000, 1);
  for (const double factor : {1.1, 1.25, 1.5, 1.75, 2.0}) {
    for (const auto& [direction, sign] : {std::pair{"up", 1}, std::pair{"down", -1}}) {
      const auto out = apply_to(sample, "audio.tempo", {{"factor", std::to_string(factor)}, {"direction", direction}});
      const double ratio = static_cast<double>(out.after.waveform->frames()) / 48000;
      EXPECT_NEAR(ratio * std::pow(factor, sign), 1, 0.005);
      EXPECT_NEAR(out.dose.realised, factor, 0.005);
      EXPECT_NEAR(1200 * std::log2(frequency(out.after.waveform->pcm, 440, 16000) / 440), 0, 5) << factor << direction;
    }
  }
}

// Where a burst of a tone between `from` and `to` seconds has its centre.
double centre(const std::vector<float>& x, double from, double to, int rate) {
  double energy = 0, weighted = 0;
  for (auto i = static_cast<std::size_t>(from * rate); i < std::min(x.size(), static_cast<std::size_t>(to * rate));
       ++i) {
    const double power = static_cast<double>(x[i]) * static_cast<double>(x[i]);
    energy += power;
    weighted += power * static_cast<double>(i) / rate;
  }
  return weighted / energy;
}

// A clip of the right length may still hold the sound at another speed, cut or padded.
TEST(TempoTest, WhatIsHeardMovesAsTheLengthDoes) {
  std::vector<float> x(3 * 16000, 0.0F);
  const auto burst = tone(440, 0.3, 0.2, 16000);
  for (const double at : {0.5, 1.4, 2.3}) {
    std::copy(burst.begin(), burst.end(), x.begin() + static_cast<std::ptrdiff_t>(at * 16000));
  }
  for (const char* engine : {"r3", "r2"}) {
    for (const auto& [direction, sign] : {std::pair{"up", -1}, std::pair{"down", 1}}) {
      const double ratio = std::pow(1.5, sign);
      const auto out =
          apply_to(sound(x, 16000), "audio.tempo", {{"factor", "1.5"}, {"direction", direction}, {"engine", engine}});
      for (const double at : {0.6, 1.5, 2.4}) {
        const double now = centre(out.after.waveform->pcm, (at - 0.4) * ratio, (at + 0.4) * ratio, 16000);
        EXPECT_NEAR(now, at * ratio, 0.02) << engine << direction << at;
      }
    }
  }
}

TEST(TempoTest, WordsAndPicturesFollowOrTheDriftIsDeclared) {
  Sample sample = sound(syllables(2, 16000), 16000);
  sample.transcript =
      std::make_shared<const Transcript>(Transcript{"one two", {{0, 3, 0.2, 0.8}, {4, 7, 1.0, 1.8}}, "en"});
  sample.clip = std::make_shared<const Clip>(
      Clip{std::vector<Shared<Image>>(50, std::make_shared<const Image>(picture(4, 4))), 25});
  const ParamMap twice = {{"factor", "2"}, {"direction", "up"}};
  const auto follow = apply_to(sample, "audio.tempo", twice);
  EXPECT_DOUBLE_EQ(follow.after.transcript->times[1].end_s, 0.9);
  EXPECT_DOUBLE_EQ(follow.after.clip->fps, 50);
  EXPECT_EQ(follow.after.clip->frames, sample.clip->frames);
  EXPECT_EQ(follow.effect.measures.at("desync_s"), 0);
  ParamMap still = twice;
  still["sync"] = "keep";
  const auto keep = apply_to(sample, "audio.tempo", still);
  EXPECT_EQ(keep.after.transcript, sample.transcript);
  EXPECT_NEAR(keep.effect.measures.at("desync_s"), 1, 1e-3);
}

TEST(VoiceTest, ShortSoundsKeepTheirLength) {
  for (const std::size_t frames : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    const auto x = std::vector<float>(2 * frames, 0.25F);
    EXPECT_EQ(apply_to(sound(x, 16000, 2), "audio.pitch", {}).after.waveform->frames(), frames);
  }
}

TEST(VoiceTest, DirectionIsDrawnByClip) {
  int up = 0;
  for (int i = 0; i < 40; ++i) {
    const auto out = apply_to(sound(std::vector<float>(100, 0.25F), 8000, 1, "clip" + std::to_string(i)), "audio.tempo",
                              {{"engine", "r2"}});
    up += out.effect.measures.at("direction") > 0 ? 1 : 0;
  }
  EXPECT_GT(up, 8);
  EXPECT_LT(up, 32);
}

}  // namespace
}  // namespace shakedown::perturb::testing
