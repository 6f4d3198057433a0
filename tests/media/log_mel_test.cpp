#include <algorithm>

#include "media/support.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

LogMelOptions slaney() {
  return {.mels = 40};
}

void expect_near(const Sequence& sequence, const Matrix& golden, double tolerance) {
  ASSERT_EQ(sequence.steps, golden.rows);
  ASSERT_EQ(sequence.dims, golden.columns);
  EXPECT_EQ(sequence.length, sequence.steps);
  double worst = 0;
  for (std::size_t i = 0; i < golden.values.size(); ++i) {
    worst = std::max(worst, std::abs(sequence.values[i] - golden.values[i]));
  }
  EXPECT_LT(worst, tolerance);
}

TEST(LogMelTest, MatchesLibrosasDefinition) {
  expect_near(log_mel({noise(1600, 4, 0.5F), 1, 16000}, slaney()), read_golden("mel.txt")["slaney"], 2e-5);
}

TEST(LogMelTest, MatchesHtksScaleWithoutPadding) {
  LogMelOptions options{.fft = 512, .hop = 256, .mels = 23, .low_hz = 20, .high_hz = 7600};
  options.slaney = options.area_norm = options.center = false;
  options.log = LogMelOptions::Log::kE;
  expect_near(log_mel({noise(1600, 4, 0.5F), 1, 16000}, options), read_golden("mel.txt")["htk"], 5e-5);
}

// tests/data/media/make_torchaudio.py has the same settings.
TEST(LogMelTest, EqualsTorchaudio) {
  using Log = LogMelOptions::Log;
  auto golden = read_golden("torchaudio.txt");
  const Waveform x{noise(1600, 4, 0.5F), 1, 16000};
  LogMelOptions htk{.mels = 40};
  htk.slaney = htk.area_norm = false;
  htk.log = Log::kE;
  auto options = htk;
  options.mels = 64;
  expect_near(log_mel(x, options), golden["htk"], 1e-4);
  options = htk;
  options.fft = 512, options.window_length = 400, options.low_hz = 20, options.high_hz = 7600;
  options.floor = 1e-6, options.add_floor = true;
  expect_near(log_mel(x, options), golden["htk_add"], 1e-4);
  options = {.fft = 512, .hop = 200, .mels = 40, .window_length = 320};
  expect_near(log_mel(x, options), golden["slaney"], 1e-4);
  options = htk;
  options.slaney = true;
  expect_near(log_mel(x, options), golden["slaney_unnormed"], 1e-4);
  options = htk;
  options.power = 1, options.log = Log::kDecibel, options.top_db = 30;
  expect_near(log_mel(x, options), golden["amplitude_db"], 1e-4);
  options = htk;
  options.center = false, options.window = LogMelOptions::Window::kHamming;
  options.floor = 1e-6, options.add_floor = true;
  expect_near(log_mel(x, options), golden["hamming"], 1e-4);
}

TEST(MfccTest, EqualsTorchaudio) {
  auto golden = read_golden("torchaudio.txt");
  const Waveform x{noise(1600, 4, 0.5F), 1, 16000};
  LogMelOptions options{.mels = 40};
  options.slaney = options.area_norm = false;
  options.log = LogMelOptions::Log::kDecibel, options.top_db = 80;
  expect_near(mfcc(x, options, 13), golden["mfcc"], 1e-4);
  options.log = LogMelOptions::Log::kE, options.top_db = 0, options.floor = 1e-6, options.add_floor = true;
  expect_near(mfcc(x, options, 20), golden["mfcc_log"], 1e-4);
}

TEST(LogMelTest, AToneLightsItsBand) {
  const Sequence mel = log_mel({sine(16000, 1000, 16000), 1, 16000}, slaney());
  const float* row = mel.row(50);
  const auto loudest = std::max_element(row, row + mel.dims) - row;
  const Sequence higher = log_mel({sine(16000, 3000, 16000), 1, 16000}, slaney());
  const float* higher_row = higher.row(50);
  EXPECT_LT(loudest, std::max_element(higher_row, higher_row + higher.dims) - higher_row);
}

TEST(LogMelTest, ResamplesAndMixesFirst) {
  const std::vector<float> tone = sine(44100, 500, 44100, 0.5);
  Waveform stereo{{}, 2, 44100};
  for (const float value : tone) stereo.pcm.insert(stereo.pcm.end(), {value, value});
  const Sequence mel = log_mel(stereo, slaney());
  const Sequence direct = log_mel({sine(16000, 500, 16000, 0.5), 1, 16000}, slaney());
  ASSERT_EQ(mel.steps, direct.steps);
  const float* a = mel.row(50);
  const float* b = direct.row(50);
  EXPECT_NEAR(*std::max_element(a, a + mel.dims), *std::max_element(b, b + direct.dims), 1e-3);
}

TEST(LogMelTest, SilenceIsTheFloor) {
  for (const float value : log_mel({std::vector<float>(800), 1, 16000}, slaney()).values) EXPECT_FLOAT_EQ(value, -10);
}

TEST(LogMelTest, ShortSignalsStillGiveFrames) {
  EXPECT_EQ(log_mel({{}, 1, 16000}, slaney()).steps, 0U);
  EXPECT_EQ(log_mel({{0.5F}, 1, 16000}, slaney()).steps, 1U);
  EXPECT_EQ(log_mel({noise(100, 1), 1, 16000}, slaney()).steps, 1U);
  LogMelOptions whole = slaney();
  whole.center = false;
  EXPECT_EQ(log_mel({noise(399, 1), 1, 16000}, whole).steps, 0U);
  EXPECT_EQ(log_mel({noise(400, 1), 1, 16000}, whole).steps, 1U);
}

TEST(LogMelTest, RefusesSettingsOutsideTheirRange) {
  const auto message = [](LogMelOptions options) {
    return error_of([&] { (void)log_mel({noise(100, 1), 1, 16000}, options); });
  };
  EXPECT_NE(message({.sample_rate_hz = 8000}).find("high_hz: 8000 given, above low_hz to 4000"), std::string::npos);
  EXPECT_NE(message({.fft = 1}).find("fft: 1 given"), std::string::npos);
  EXPECT_NE(message({.hop = 0}).find("hop: 0 given"), std::string::npos);
  EXPECT_NE(message({.mels = 0}).find("mels: 0 given"), std::string::npos);
  EXPECT_NE(message({.low_hz = -1}).find("low_hz: -1 given"), std::string::npos);
  EXPECT_NE(message({.floor = 0}).find("floor: 0 given"), std::string::npos);
}

TEST(MfccTest, MatchesTheOrthonormalTransformOfTheLogMel) {
  expect_near(mfcc({noise(1600, 4, 0.5F), 1, 16000}, slaney(), 13), read_golden("mel.txt")["mfcc"], 5e-5);
}

TEST(MfccTest, RefusesMoreCoefficientsThanBands) {
  EXPECT_NE(error_of([] {
              (void)mfcc({noise(100, 1), 1, 16000}, slaney(), 41);
            }).find("1 to mels (40)"),
            std::string::npos);
}

}  // namespace
}  // namespace shakedown::media
