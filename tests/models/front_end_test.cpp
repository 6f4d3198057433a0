#include "front_end.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/fixture.h"
#include "shakedown/core/error.h"
#include "shakedown/media/decode.h"

namespace shakedown::models {
namespace {

using ::testing::ElementsAre;

std::size_t size_of(const int&) {
  return sizeof(int);
}

TEST(IdentityCacheTest, ASharedObjectIsWorkedOnOnce) {
  IdentityCache<int, int> cache(1024);
  int calls = 0;
  const auto twice = [&calls](int x) {
    ++calls;
    return 2 * x;
  };
  const auto key = std::make_shared<const int>(21);
  EXPECT_EQ(*cache.get(key, twice, size_of), 42);
  EXPECT_EQ(*cache.get(key, twice, size_of), 42);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(*cache.get(std::make_shared<const int>(21), twice, size_of), 42);
  EXPECT_EQ(calls, 2) << "equal, yet another object";
}

TEST(IdentityCacheTest, AnotherObjectAtTheSameAddressIsNotMistaken) {
  IdentityCache<int, int> cache(1024);
  int storage = 1;
  const auto same = [](int x) { return x; };
  // Owned by different blocks, at one address: as when memory is used again.
  const auto owner = [](const int*) {};
  EXPECT_EQ(*cache.get(Shared<int>(&storage, owner), same, size_of), 1);
  storage = 2;
  EXPECT_EQ(*cache.get(Shared<int>(&storage, owner), same, size_of), 2);
}

TEST(IdentityCacheTest, TheLeastRecentlyUsedLeavesFirst) {
  IdentityCache<int, int> cache(2 * sizeof(int));
  int calls = 0;
  const auto count = [&calls](int x) {
    ++calls;
    return x;
  };
  std::vector<Shared<int>> keys;
  for (int i = 0; i < 3; ++i) keys.push_back(std::make_shared<const int>(i));
  (void)cache.get(keys[0], count, size_of);
  (void)cache.get(keys[1], count, size_of);
  (void)cache.get(keys[0], count, size_of);
  (void)cache.get(keys[2], count, size_of);
  EXPECT_EQ(calls, 3);
  (void)cache.get(keys[0], count, size_of);
  EXPECT_EQ(calls, 3);
  (void)cache.get(keys[1], count, size_of);
  EXPECT_EQ(calls, 4);
}

TEST(FrontEndTest, UntouchedSoundIsTransformedOnce) {
  InputSpec spec;
  spec.from = "audio.logmel";
  const FrontEnd front_end(spec);
  Sample sample;
  sample.waveform = std::make_shared<const Waveform>(Waveform{std::vector<float>(8000, 0.1F), 1, 16000});
  Sample cell = sample;  // of a perturbation of another modality
  cell.transcript = std::make_shared<const Transcript>();
  EXPECT_EQ(front_end.row(sample, sample).sequence, front_end.row(cell, sample).sequence);
  cell.waveform = std::make_shared<const Waveform>(*sample.waveform);
  EXPECT_NE(front_end.row(sample, sample).sequence, front_end.row(cell, sample).sequence);
}

TEST(FrontEndTest, CropsFollowTheTrackOfTheOriginalClip) {
  // A white square walks over black frames; the track follows it, so that each crop is white in its middle.
  Clip clip;
  FaceTrack track;
  for (int t = 0; t < 4; ++t) {
    Image image{64, 32, std::vector<std::uint8_t>(64 * 32 * 3, 0)};
    const int left = 10 * t;
    for (int y = 8; y < 24; ++y) {
      for (int x = left; x < left + 16; ++x) {
        for (int c = 0; c < 3; ++c) image.pixels[static_cast<std::size_t>((y * 64 + x) * 3 + c)] = 255;
      }
    }
    clip.frames.push_back(std::make_shared<const Image>(std::move(image)));
    track.boxes.push_back(FaceTrack::Box{static_cast<float>(left), 8, 16, 16, false});
  }
  InputSpec spec;
  spec.from = "video.faces";
  spec.side = 8;
  spec.margin = 0;
  Sample sample;
  sample.clip = std::make_shared<const Clip>(std::move(clip));
  sample.faces = std::make_shared<const FaceTrack>(std::move(track));
  const Row row = FrontEnd(spec).row(sample, sample);
  ASSERT_EQ(row.steps(), 4U);
  for (const auto& crop : *row.frames) {
    ASSERT_EQ(crop->width, 8);
    EXPECT_EQ(crop->pixels[(4 * 8 + 4) * 3], 255);
  }
}

TEST(RealMediaTest, TalkingFacesReachAModelThroughEveryFrontEnd) {
  const char* folder = std::getenv("SHAKEDOWN_REAL_DATA");
  if (folder == nullptr) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA is not set";
  const auto clips = std::filesystem::path(folder) / "video-grid";
  if (!std::filesystem::exists(clips)) GTEST_SKIP() << clips << " is not there";
  std::vector<Sample> samples;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(clips)) {
    if (!media::has_audio(entry.path()) || samples.size() == 3) continue;
    Sample sample;
    sample.id = entry.path().stem().string();
    sample.waveform = std::make_shared<const Waveform>(media::decode_audio(entry.path()));
    sample.clip = std::make_shared<const Clip>(media::decode_video(entry.path()));
    samples.push_back(std::move(sample));
  }
  ASSERT_EQ(samples.size(), 3U);
  const Folder scratch;
  const auto model = load_module(scratch, R"(
def forward(self, waveform, logmel, mfcc, faces, lengths):
    n = waveform.size(0)
    assert waveform.size(1) == 16000 and logmel.size(2) == 40 and mfcc.size(2) == 13
    assert faces.size(2) == 3 and faces.size(3) == 32 and int(faces.size(1)) == int(lengths.max())
    return logmel.mean([1, 2]) + mfcc[:, 0, 0] + faces.mean([1, 2, 3, 4]) + waveform.std(1)
)",
                                 R"(inputs:
  - {from: audio.waveform, sample_rate: 8000, length: 16000}
  - {from: audio.logmel, mels: 40}
  - {from: audio.mfcc}
  - {from: video.faces, side: 32, fps: 5}
  - {from: video.faces.lengths}
)");
  const ProbeReport report = probe(*model, samples, 4);
  EXPECT_EQ(report.measures.at("repeat"), 0);
  EXPECT_GT(report.measures.at("spread"), 0);
}

}  // namespace
}  // namespace shakedown::models
