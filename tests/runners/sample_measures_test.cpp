#include "sample_measures.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shakedown::runners {
namespace {

template <class T>
Shared<T> shared(T value) {
  return std::make_shared<const T>(std::move(value));
}

TEST(SampleMeasuresTest, EachIsThereWhereTheSampleHasIt) {
  Sample sample;
  EXPECT_TRUE(sample_measures(sample).empty());
  sample.transcript = shared(Transcript{"Well, I don't know.", {}, "en"});
  sample.tokens = shared(Tokens{{101, 7, 102, 0}, {1, 1, 1, 0}, {0, 0, 0, 0}});
  Sequence sequence{5, 2, 3, std::vector<float>(10, 1.0F)};
  sample.audio_features = shared(sequence);
  sequence.steps = sequence.length = 1;  // an embedding has no length
  sample.vision_features = shared(sequence);
  Waveform wave;
  for (int i = 0; i < 32000; ++i) wave.pcm.push_back(0.5F * static_cast<float>(std::sin(0.3 * i)));
  sample.waveform = shared(wave);
  sample.clip = shared(Clip{std::vector<Shared<Image>>(50), 25.0});
  FaceTrack track;
  for (const float width : {40.0F, 60.0F, 100.0F}) track.boxes.push_back(FaceTrack::Box{0, 0, width, width});
  track.boxes.emplace_back();  // no face in this frame
  sample.faces = shared(track);
  auto measures = sample_measures(sample);
  // A sine of amplitude .5 has mean square .125; speech is active all the time.
  EXPECT_NEAR(measures.at("speech_level_dbfs"), 10 * std::log10(0.125), 0.1);
  measures.erase("speech_level_dbfs");
  EXPECT_THAT(measures, ::testing::ElementsAre(::testing::Pair("audio_seconds", 2.0), ::testing::Pair("audio_steps", 3),
                                               ::testing::Pair("face_width_px", 60), ::testing::Pair("tokens", 3),
                                               ::testing::Pair("video_seconds", 2.0), ::testing::Pair("words", 4)));
}

TEST(SampleMeasuresTest, SilenceHasNoSpeechLevel) {
  Sample sample;
  sample.waveform = shared(Waveform{std::vector<float>(16000, 0.0F), 1, 16000});
  EXPECT_EQ(sample_measures(sample).count("speech_level_dbfs"), 0U);
  EXPECT_DOUBLE_EQ(sample_measures(sample).at("audio_seconds"), 1.0);
}

}  // namespace
}  // namespace shakedown::runners
