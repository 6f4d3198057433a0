#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>

#include <sndfile.h>

#include "media/support.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/decode.h"

// libsndfile 1.2 loses the Vorbis header of an Ogg file that it then refuses; asked for by the leak sanitizer.
extern "C" __attribute__((visibility("default"))) const char* __lsan_default_suppressions() {  // NOLINT
  return "leak:vorbis_info_init\n";
}

namespace shakedown::media {
namespace {

void write_sound(const std::filesystem::path& file, int format, const std::vector<float>& pcm, int channels = 1,
                 int rate = 16000) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = channels;
  info.format = format;
  ASSERT_TRUE(sf_format_check(&info));
  SNDFILE* sound = sf_open(file.c_str(), SFM_WRITE, &info);
  ASSERT_NE(sound, nullptr) << sf_strerror(nullptr);
  sf_writef_float(sound, pcm.data(), static_cast<sf_count_t>(pcm.size()) / channels);
  sf_close(sound);
}

std::string message(const std::filesystem::path& file, const DecodeLimits& limits = {}) {
  return error_of([&] { (void)decode_audio(file, limits); });
}

/// Energy of the tone at `hz` as a share of all energy.
double tone_share(const Waveform& waveform, double hz) {
  const std::vector<float> mono = to_mono(waveform);
  double re = 0, im = 0;
  for (std::size_t i = 0; i < mono.size(); ++i) {
    const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / waveform.sample_rate_hz;
    re += mono[i] * std::cos(phase);
    im += mono[i] * std::sin(phase);
  }
  const auto n = static_cast<double>(mono.size());
  return 2 * (re * re + im * im) / (n * n) / mean_square(mono);
}

TEST(DecodeAudioTest, ReadsEveryFormatByContentUnderAnyName) {
  const Scratch scratch;
  const std::vector<float> tone = sine(16000, 440, 16000, 0.5);
  int index = 0;
  for (const auto& [format, tolerance] :
       {std::pair{SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1e-4}, std::pair{SF_FORMAT_WAV | SF_FORMAT_PCM_24, 1e-6},
        std::pair{SF_FORMAT_WAV | SF_FORMAT_FLOAT, 0.0}, std::pair{SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 0.0},
        std::pair{SF_FORMAT_WAV | SF_FORMAT_ULAW, 0.02}, std::pair{SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1e-4},
        std::pair{SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 1e-4}, std::pair{SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.05},
        std::pair{SF_FORMAT_OGG | SF_FORMAT_OPUS, 1.0}}) {
    const std::filesystem::path file = scratch.path(std::to_string(index++) + ".wav");
    write_sound(file, format, tone);
    const Waveform waveform = decode_audio(file);
    EXPECT_EQ(waveform.channels, 1);
    EXPECT_EQ(waveform.sample_rate_hz, 16000);
    ASSERT_EQ(waveform.frames(), tone.size()) << std::hex << format;
    EXPECT_GT(tone_share(waveform, 440), 0.98) << std::hex << format;
    for (std::size_t i = 0; i < tone.size(); ++i)
      ASSERT_NEAR(waveform.pcm[i], tone[i], tolerance) << std::hex << format;
  }
}

TEST(DecodeAudioTest, ReadsAnMp3StreamNamedWav) {
  const Scratch scratch;
  write_sound(scratch.path("a.wav"), SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, sine(32000, 440, 16000, 0.5));
  const Waveform waveform = decode_audio(scratch.path("a.wav"));
  EXPECT_NEAR(waveform.seconds(), 2, 0.1);
  EXPECT_GT(tone_share(waveform, 440), 0.95);
}

TEST(DecodeAudioTest, KeepsChannelsApart) {
  const Scratch scratch;
  std::vector<float> stereo;
  for (const float value : sine(8000, 300, 8000, 0.5)) stereo.insert(stereo.end(), {value, 0.25F});
  write_sound(scratch.path("s.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_24, stereo, 2, 8000);
  const Waveform waveform = decode_audio(scratch.path("s.flac"));
  ASSERT_EQ(waveform.channels, 2);
  ASSERT_EQ(waveform.frames(), 8000U);
  EXPECT_NEAR(waveform.pcm[1], 0.25, 1e-6);
  EXPECT_NEAR(waveform.pcm[15999], 0.25, 1e-6);
}

TEST(DecodeAudioTest, ReadsTheSoundOfAVideo) {
  const Waveform waveform = decode_audio(test_data("tone_and_bars.mp4"));
  EXPECT_EQ(waveform.channels, 1);
  EXPECT_EQ(waveform.sample_rate_hz, 16000);
  EXPECT_NEAR(waveform.seconds(), 2, 0.1);
  EXPECT_GT(tone_share(waveform, 440), 0.9);
}

TEST(DecodeAudioTest, NamesTheFileAndTheReason) {
  const Scratch scratch;
  EXPECT_NE(message(scratch.path("absent.wav")).find("absent.wav: no such file"), std::string::npos);
  EXPECT_NE(message(scratch.path("")).find("a regular file is accepted"), std::string::npos);
  EXPECT_NE(message(scratch.write("empty.wav", "")).find("empty.wav: is empty"), std::string::npos);
  EXPECT_NE(message(scratch.write("text.wav", "no sound at all, only words")).find("not a whole file of a format"),
            std::string::npos);
  EXPECT_NE(message(test_data("rotated.mp4")).find("has no audio stream"), std::string::npos);
}

TEST(DecodeAudioTest, PlayListsAreNotFollowed) {
  const Scratch scratch;
  write_sound(scratch.path("real.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, sine(16000, 440, 16000));
  const std::string list = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nreal.wav\n#EXT-X-ENDLIST\n";
  EXPECT_NE(message(scratch.write("list.m3u8", list)).find("not a whole file of a format"), std::string::npos);
  EXPECT_NE(message(scratch.write("list.txt", "ffconcat version 1.0\nfile real.wav\n")).find("not a whole file"),
            std::string::npos);
}

TEST(DecodeAudioTest, RefusesTruncatedSound) {
  const Scratch scratch;
  const std::vector<float> sound = noise(32000, 1, 0.5F);
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16}) {
    write_sound(scratch.path("whole"), format, sound);
    const std::string bytes = read_bytes(scratch.path("whole"));
    const std::string why = message(scratch.write("cut", std::string_view(bytes).substr(0, bytes.size() / 2)));
    EXPECT_TRUE(why.find("truncated") != std::string::npos || why.find("damaged") != std::string::npos) << why;
  }
  const std::string video = read_bytes(test_data("tone_and_bars.mp4"));
  const std::string why = message(scratch.write("cut.mp4", std::string_view(video).substr(0, video.size() / 2)));
  EXPECT_NE(why.find("truncated"), std::string::npos) << why;
}

TEST(DecodeAudioTest, AcceptsAWavWhoseSizesWereNeverFilledIn) {
  const Scratch scratch;
  write_sound(scratch.path("a.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, noise(1000, 1));
  std::string bytes = read_bytes(scratch.path("a.wav"));
  for (std::size_t i = 0; i < 4; ++i) bytes[4 + i] = bytes[40 + i] = '\xff';  // as a recorder writes into a pipe
  EXPECT_EQ(decode_audio(scratch.write("piped.wav", bytes)).frames(), 1000U);
}

TEST(DecodeAudioTest, RefusesNanAndInfinity) {
  const Scratch scratch;
  for (const float bad : {NAN, INFINITY}) {
    std::vector<float> sound = noise(16000, 2, 0.5F);
    sound[8000] = bad;
    write_sound(scratch.path("bad.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, sound);
    EXPECT_NE(message(scratch.path("bad.wav")).find("NaN or infinite sample at 0.5 s"), std::string::npos);
  }
}

TEST(DecodeAudioTest, RefusesWhatIsBeyondTheLimits) {
  const Scratch scratch;
  write_sound(scratch.path("long.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, noise(32000, 3));
  EXPECT_NE(message(scratch.path("long.wav"), {.max_seconds = 1.5}).find("lasts 2 s: at most 1.5 s"),
            std::string::npos);
  EXPECT_NE(message(scratch.path("long.wav"), {.max_bytes = 100000}).find("at most 100000 are accepted"),
            std::string::npos);
  EXPECT_NE(message(test_data("tone_and_bars.mp4"), {.max_seconds = 1.5}).find("at most 1.5 s"), std::string::npos);
  EXPECT_NE(message(test_data("tone_and_bars.mp4"), {.max_bytes = 50000}).find("at most 50000"), std::string::npos);
  EXPECT_NE(message(scratch.path("long.wav"), {.max_seconds = 0}).find("max_seconds: 0 given"), std::string::npos);
}

TEST(DecodeAudioTest, AHostileLengthAllocatesNothing) {
  const Scratch scratch;
  write_sound(scratch.path("a.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, noise(16000, 4));
  std::string flac = read_bytes(scratch.path("a.flac"));
  flac[21] = static_cast<char>(flac[21] | 0x0F);  // 36-bit number of samples, from the low half of byte 21 on
  for (std::size_t i = 22; i < 26; ++i) flac[i] = '\xff';
  EXPECT_NE(message(scratch.write("hostile.flac", flac)).find("lasts"), std::string::npos);

  write_sound(scratch.path("a.w64"), SF_FORMAT_W64 | SF_FORMAT_PCM_16, noise(16000, 4));
  std::string w64 = read_bytes(scratch.path("a.w64"));
  const std::size_t data = w64.find("data");
  ASSERT_NE(data, std::string::npos);
  for (std::size_t i = 0; i < 7; ++i) w64[data + 16 + i] = '\xff';  // 2^56 bytes of sound
  const std::filesystem::path hostile = scratch.write("hostile.w64", w64);
  try {
    EXPECT_LE(decode_audio(hostile).frames(), 16000U);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("hostile.w64"), std::string::npos);
  }
}

TEST(DecodeAudioTest, DamagedFilesGiveAnErrorOrSoundAndPrintNothing) {
  const Scratch scratch;
  write_sound(scratch.path("a.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, noise(800, 5));
  write_sound(scratch.path("a.ogg"), SF_FORMAT_OGG | SF_FORMAT_VORBIS, noise(800, 5));
  write_sound(scratch.path("a.mp3"), SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, noise(800, 5));
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  std::uint32_t random = 1;
  for (const std::filesystem::path& whole :
       {scratch.path("a.wav"), scratch.path("a.ogg"), scratch.path("a.mp3"), test_data("tone_and_bars.mp4")}) {
    for (int round = 0; round < 40; ++round) {
      std::string bytes = read_bytes(whole);
      for (int hits = 0; hits < 4; ++hits) {
        random = 1664525U * random + 1013904223U;
        // Half of the hits fall on the header.
        const std::size_t range = hits % 2 == 0 ? std::min<std::size_t>(bytes.size(), 200) : bytes.size();
        bytes[(random >> 8U) % range] = static_cast<char>(random >> 24U);
      }
      try {
        (void)decode_audio(scratch.write("damaged", bytes));
      } catch (const Error&) {  // either is fine; anything else fails the test
      }
    }
  }
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(HasStreamTest, TellsSoundAndPictureApart) {
  const Scratch scratch;
  write_sound(scratch.path("a.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, noise(800, 5));
  EXPECT_TRUE(has_audio(scratch.path("a.wav")));
  EXPECT_FALSE(has_video(scratch.path("a.wav")));
  EXPECT_TRUE(has_audio(test_data("tone_and_bars.mp4")));
  EXPECT_TRUE(has_video(test_data("tone_and_bars.mp4")));
  EXPECT_FALSE(has_audio(test_data("rotated.mp4")));
  EXPECT_TRUE(has_video(test_data("rotated.mp4")));
  EXPECT_FALSE(has_audio(scratch.path("absent")));
  EXPECT_FALSE(has_video(scratch.path("absent")));
}

}  // namespace
}  // namespace shakedown::media
