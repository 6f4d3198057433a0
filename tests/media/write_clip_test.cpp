// Clips that are written come back through the decoder: every frame in its place, the sound to 16 bits.
#include "shakedown/media/write_clip.h"

#include <cmath>
#include <csignal>
#include <random>
#include <sys/resource.h>

#include <gmock/gmock.h>

#include "media/support.h"
#include "shakedown/media/decode.h"
#include "shakedown/media/video_codec.h"

namespace shakedown::media {
namespace {

using ::testing::HasSubstr;

/// A pattern that moves, its level that of the frame; soft, as pictures are, and in colour.
Clip moving_clip(int width, int height, int frames, double fps) {
  Clip clip;
  clip.fps = fps;
  for (int i = 0; i < frames; ++i) {
    auto image = std::make_shared<Image>();
    image->width = width;
    image->height = height;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const double wave = 40 * std::sin((x + 3 * i) / 9.0) * std::cos(y / 7.0);
        for (const double base : {90.0, 120.0, 150.0})
          image->pixels.push_back(static_cast<std::uint8_t>(std::lround(base + wave + 2 * i)));
      }
    }
    clip.frames.push_back(std::move(image));
  }
  return clip;
}

Waveform noise(int channels, int rate, std::size_t frames) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> level(-0.9F, 0.9F);
  Waveform waveform;
  waveform.channels = channels;
  waveform.sample_rate_hz = rate;
  for (std::size_t i = 0; i < frames * static_cast<std::size_t>(channels); ++i) waveform.pcm.push_back(level(random));
  return waveform;
}

double psnr(const Image& a, const Image& b, int width, int height) {
  double squares = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < 3 * width; ++x) {
      const auto of = [&](const Image& image) {
        return double{1} * image.pixels[static_cast<std::size_t>(y * 3 * image.width + x)];
      };
      squares += std::pow(of(a) - of(b), 2);
    }
  }
  return 10 * std::log10(255.0 * 255.0 * 3 * width * height / squares);
}

TEST(WriteClipTest, FramesAndSoundComeBack) {
  const Scratch scratch;
  for (const auto& [width, height, fps, channels, rate] :
       {std::tuple{160, 120, 25.0, 1, 16000}, {97, 75, 12.0, 2, 44100}, {64, 48, 29.97, 1, 8000}}) {
    const Clip clip = moving_clip(width, height, 30, fps);
    const Waveform sound = noise(channels, rate, static_cast<std::size_t>(30 / fps * rate));
    const auto file = scratch.path("clip.mp4");
    write_mp4(file, clip, &sound);
    EXPECT_FALSE(std::filesystem::exists(scratch.path("clip.mp4.part")));
    const Clip back = decode_video(file);
    ASSERT_EQ(back.frames.size(), clip.frames.size());
    EXPECT_NEAR(back.fps, fps, 0.01);
    EXPECT_EQ(back.frames[0]->width, width + width % 2);
    EXPECT_EQ(back.frames[0]->height, height + height % 2);
    for (const std::size_t i : {0U, 7U, 29U}) {
      EXPECT_GT(psnr(*clip.frames[i], *back.frames[i], width, height), 40) << i;
      if (i > 0) {
        EXPECT_LT(psnr(*clip.frames[i], *back.frames[i - 1], width, height), 35) << "each at its place";
      }
    }
    const Waveform heard = decode_audio(file);
    EXPECT_EQ(heard.sample_rate_hz, rate);
    EXPECT_EQ(heard.channels, channels);
    ASSERT_EQ(heard.pcm.size(), sound.pcm.size());
    for (std::size_t i = 0; i < sound.pcm.size(); ++i) ASSERT_NEAR(heard.pcm[i], sound.pcm[i], 0.5 / 32768 + 1e-7) << i;
    const std::string bytes = read_bytes(file);
    write_mp4(file, clip, &sound);
    EXPECT_TRUE(bytes == read_bytes(file)) << "the same bytes for the same clip";
  }
}

TEST(WriteClipTest, SilentClipsAndTinyOnesAreClipsToo) {
  const Scratch scratch;
  write_mp4(scratch.path("a.mp4"), moving_clip(2, 2, 1, 25), nullptr);
  EXPECT_EQ(decode_video(scratch.path("a.mp4")).frames.size(), 1U);
  EXPECT_FALSE(has_audio(scratch.path("a.mp4")));
}

TEST(WriteClipTest, SoundAlone) {
  const Scratch scratch;
  const Waveform sound = noise(2, 22050, 999);
  write_wav(scratch.path("a.wav"), sound);
  const Waveform heard = decode_audio(scratch.path("a.wav"));
  ASSERT_EQ(heard.pcm.size(), sound.pcm.size());
  for (std::size_t i = 0; i < sound.pcm.size(); ++i) ASSERT_NEAR(heard.pcm[i], sound.pcm[i], 0.5 / 32768 + 1e-7);
}

TEST(WriteClipTest, WhatCannotBeWrittenIsOneLine) {
  const Scratch scratch;
  Clip clip = moving_clip(32, 32, 3, 25);
  const auto refused = [&](const Clip& what, const Waveform* sound = nullptr) {
    return error_of([&] { write_mp4(scratch.path("x.mp4"), what, sound); });
  };
  EXPECT_THAT(error_of([&] { write_mp4(scratch.path("none/x.mp4"), clip, nullptr); }), HasSubstr("cannot be written"));
  EXPECT_THAT(error_of([&] { write_wav(scratch.path("none/x.wav"), noise(1, 8000, 9)); }),
              HasSubstr("cannot be written"));
  EXPECT_THAT(error_of([&] { write_mp4(scratch.path("."), clip, nullptr); }), HasSubstr("no regular file"));
  const Waveform many = noise(9, 8000, 9);
  EXPECT_THAT(refused(clip, &many), HasSubstr("more than 8 channels"));
  EXPECT_THAT(refused({}), HasSubstr("no frames"));
  clip.frames.push_back(moving_clip(16, 32, 1, 25).frames[0]);
  EXPECT_THAT(refused(clip), HasSubstr("several sizes"));
  EXPECT_FALSE(std::filesystem::exists(scratch.path("x.mp4")));
  EXPECT_FALSE(std::filesystem::exists(scratch.path("x.mp4.part")));
}

/// Files cannot grow beyond `bytes` while it lives, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST(WriteClipTest, AFullDiskIsSaidAndKeepsTheOldFile) {
  const Scratch scratch;
  const Clip clip = moving_clip(160, 120, 20, 25);
  const Waveform sound = noise(1, 16000, 32000);
  scratch.write("x.mp4", "old");
  scratch.write("x.wav", "old");
  {
    const FullDisk full(4096);
    EXPECT_THAT(error_of([&] { write_mp4(scratch.path("x.mp4"), clip, &sound); }), HasSubstr("cannot be written"));
    EXPECT_THAT(error_of([&] { write_wav(scratch.path("x.wav"), sound); }), HasSubstr("cannot be written"));
  }
  for (const char* const name : {"x.mp4", "x.wav"}) {
    EXPECT_EQ(read_bytes(scratch.path(name)), "old");
    EXPECT_FALSE(std::filesystem::exists(scratch.path(std::string(name) + ".part")));
  }
}

}  // namespace
}  // namespace shakedown::media
