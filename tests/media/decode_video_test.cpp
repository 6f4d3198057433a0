#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

#include "media/support.h"
#include "shakedown/media/decode.h"

namespace shakedown::media {
namespace {

constexpr int kStep = 8;  // grey levels from frame to frame: the level tells which frame it is

/// Motion JPEG of even grey frames, frame i of level 8 i.
std::filesystem::path write_video(const Scratch& scratch, int frames, double fps, cv::Size size = {64, 48}) {
  std::filesystem::path file = scratch.path("grey.avi");
  cv::VideoWriter writer(file.string(), cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), fps, size);
  for (int i = 0; i < frames; ++i) writer.write(cv::Mat(size, CV_8UC3, cv::Scalar::all(kStep * i)));
  return file;
}

std::vector<int> frame_numbers(const Clip& clip) {
  std::vector<int> numbers;
  for (const Shared<Image>& frame : clip.frames) numbers.push_back((frame->pixels[0] + kStep / 2) / kStep);
  return numbers;
}

std::string message(const std::filesystem::path& file, const DecodeLimits& limits = {}) {
  return error_of([&] { (void)decode_video(file, limits); });
}

TEST(DecodeVideoTest, KeepsFramesRateAndSize) {
  const Scratch scratch;
  const Clip clip = decode_video(write_video(scratch, 6, 25));
  EXPECT_DOUBLE_EQ(clip.fps, 25);
  EXPECT_EQ(frame_numbers(clip), (std::vector<int>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(clip.frames[0]->width, 64);
  EXPECT_EQ(clip.frames[0]->height, 48);
  EXPECT_EQ(clip.frames[0]->pixels.size(), 64U * 48 * 3);
}

TEST(DecodeVideoTest, ResamplesByNearestTime) {
  const Scratch scratch;
  const std::filesystem::path file = write_video(scratch, 20, 20);
  const Clip slower = decode_video(file, {.fps = 8});
  EXPECT_DOUBLE_EQ(slower.fps, 8);
  // Instants 0, .125, .25 .. .875 s are frames 0, 2.5, 5 .. 17.5; a tie takes the earlier frame.
  EXPECT_EQ(frame_numbers(slower), (std::vector<int>{0, 2, 5, 7, 10, 12, 15, 17}));
  const Clip faster = decode_video(file, {.fps = 40});
  EXPECT_EQ(faster.frames.size(), 40U);
  EXPECT_EQ(faster.frames[10], faster.frames[11]);
  EXPECT_NE(faster.frames[11], faster.frames[12]);
  EXPECT_EQ(faster.frames[38], faster.frames[39]) << "repeated frames share their pixels";
}

TEST(DecodeVideoTest, OneFrameIsAClipAtAnyRate) {
  const Scratch scratch;
  const std::filesystem::path file = write_video(scratch, 1, 25);
  EXPECT_EQ(decode_video(file).frames.size(), 1U);
  EXPECT_EQ(decode_video(file, {.fps = 1}).frames.size(), 1U);
}

TEST(DecodeVideoTest, ScalesTheLongerSideDownOnly) {
  const Scratch scratch;
  const std::filesystem::path file = write_video(scratch, 2, 25, {64, 48});
  const Clip small = decode_video(file, {.max_side = 32});
  EXPECT_EQ(small.frames[0]->width, 32);
  EXPECT_EQ(small.frames[0]->height, 24);
  EXPECT_EQ(decode_video(file, {.max_side = 100}).frames[0]->width, 64);
}

TEST(DecodeVideoTest, AppliesRotation) {
  const Clip clip = decode_video(test_data("rotated.mp4"));
  EXPECT_EQ(clip.frames[0]->width, 48);
  EXPECT_EQ(clip.frames[0]->height, 64);
  EXPECT_GT(clip.frames[0]->pixels[2], 200) << "channel 2 is red";
  EXPECT_LT(clip.frames[0]->pixels[0], 50);
}

TEST(DecodeVideoTest, IsTheSameTwice) {
  const Clip a = decode_video(test_data("tone_and_bars.mp4")), b = decode_video(test_data("tone_and_bars.mp4"));
  ASSERT_EQ(a.frames.size(), 20U);
  ASSERT_EQ(b.frames.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(a.frames[i]->pixels, b.frames[i]->pixels);
}

TEST(DecodeVideoTest, NamesTheFileAndTheReason) {
  const Scratch scratch;
  EXPECT_NE(message(scratch.path("absent.mp4")).find("absent.mp4: no such file"), std::string::npos);
  EXPECT_NE(message(scratch.write("empty.mp4", "")).find("is empty"), std::string::npos);
  EXPECT_NE(message(scratch.write("text.mp4", "only words")).find("not a whole file of a format"), std::string::npos);
  const std::string wav(
      "RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\x08\0\0\0\0\0\0\0\0\0\0\0", 52);
  EXPECT_NE(message(scratch.write("sound.mp4", wav)).find("has no video stream"), std::string::npos);
}

TEST(DecodeVideoTest, RefusesWhatIsBeyondTheLimits) {
  const Scratch scratch;
  const std::filesystem::path file = write_video(scratch, 20, 10);
  EXPECT_NE(message(file, {.max_seconds = 1}).find("at most 1 s"), std::string::npos);
  EXPECT_NE(message(file, {.max_bytes = 100000}).find("more than 100000 bytes"), std::string::npos);
  EXPECT_EQ(message(file, {.fps = 2, .max_bytes = 100000}), "") << "what is not kept does not count";
  EXPECT_NE(message(file, {.fps = -1}).find("fps: -1 given"), std::string::npos);
  EXPECT_NE(message(file, {.max_side = -1}).find("max_side: -1 given"), std::string::npos);
}

TEST(DecodeVideoTest, RefusesATruncatedVideo) {
  const Scratch scratch;
  const std::string bytes = read_bytes(test_data("tone_and_bars.mp4"));
  EXPECT_NE(message(scratch.write("cut.mp4", std::string_view(bytes).substr(0, bytes.size() / 2))).find("truncated"),
            std::string::npos);
}

TEST(DecodeVideoTest, DamagedVideosGiveAnErrorOrFramesAndPrintNothing) {
  const Scratch scratch;
  const std::string whole = read_bytes(test_data("tone_and_bars.mp4"));
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  std::uint32_t random = 7;
  for (int round = 0; round < 40; ++round) {
    std::string bytes = whole;
    for (int hits = 0; hits < 6; ++hits) {
      random = 1664525U * random + 1013904223U;
      bytes[(random >> 8U) % bytes.size()] = static_cast<char>(random >> 24U);
    }
    try {
      (void)decode_video(scratch.write("damaged.mp4", bytes));
    } catch (const Error&) {  // either is fine; anything else fails the test
    }
  }
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace shakedown::media
