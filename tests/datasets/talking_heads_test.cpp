// examples/talking_heads is what its README says, seen through our own readers.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/datasets/dataset.h"
#include "shakedown/media/faces.h"

namespace shakedown::datasets::testing {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(SHAKEDOWN_TEST_DATA) / "../../examples/talking_heads";

std::unique_ptr<Dataset> split(const std::string& name) {
  OpenOptions options;
  options.split = name;
  return open(kFolder, options);
}

std::map<std::string, int> clips_of_speakers(const Dataset& dataset) {
  std::map<std::string, int> counts;
  for (std::size_t i = 0; i < dataset.size(); ++i) ++counts[dataset.info(i).group];
  return counts;
}

TEST(TalkingHeadsTest, NoSpeakerIsInTwoSplits) {
  std::set<std::string> speakers;
  std::size_t sum = 0;
  for (const char* const name : {"train", "valid", "test"}) {
    const auto dataset = split(name);
    EXPECT_THAT(dataset->warnings(), ::testing::IsEmpty()) << name;
    const auto counts = clips_of_speakers(*dataset);
    for (const auto& [speaker, clips] : counts) speakers.insert(speaker);
    sum += counts.size();
  }
  EXPECT_EQ(speakers.size(), sum);
  EXPECT_GE(sum, 60U);
}

TEST(TalkingHeadsTest, TestSpeakersAreManyAndSpeakOften) {
  const auto counts = clips_of_speakers(*split("test"));
  EXPECT_GE(counts.size(), 24U);
  for (const auto& [speaker, clips] : counts) EXPECT_GE(clips, 14) << speaker;
}

TEST(TalkingHeadsTest, LabelsAreInRangeAndMixTheModalities) {
  for (const char* const name : {"train", "valid", "test"}) {
    const auto dataset = split(name);
    std::map<std::string, std::size_t> classes;
    double squares = 0;
    for (std::size_t i = 0; i < dataset->size(); ++i) {
      const auto& labels = dataset->info(i).labels;
      const auto value = [&labels](const char* label) { return labels.at(label).value; };
      for (const char* const label : {"regression", "regression_T", "regression_A", "regression_V"}) {
        EXPECT_LE(std::abs(value(label)), 3) << dataset->info(i).id << " " << label;
      }
      const double mixed = 0.36 * value("regression_T") + 0.32 * value("regression_A") + 0.32 * value("regression_V");
      squares += (value("regression") - mixed) * (value("regression") - mixed);
      const std::string expected = std::abs(value("regression")) <= 0.5 ? "Neutral"
                                   : value("regression") > 0            ? "Positive"
                                                                        : "Negative";
      EXPECT_EQ(labels.at("annotation").name, expected) << dataset->info(i).id;
      ++classes[expected];
    }
    // The raters' noise has a standard deviation of 0.12.
    EXPECT_NEAR(std::sqrt(squares / static_cast<double>(dataset->size())), 0.12, 0.03) << name;
    EXPECT_EQ(classes.size(), 3U);
    for (const auto& [label, count] : classes) EXPECT_GE(5 * count, dataset->size()) << name << " " << label;
  }
}

TEST(TalkingHeadsTest, ClipsHoldWordsSpeechAndPictures) {
  const auto dataset = split("test");
  for (std::size_t i = 0; i < dataset->size(); ++i) {
    const Sample sample = dataset->load(i);
    for (const char letter : sample.transcript->text) {
      EXPECT_TRUE((letter >= 'a' && letter <= 'z') || std::string(" .,").find(letter) != std::string::npos)
          << sample.id << ": " << sample.transcript->text;
    }
    ASSERT_TRUE(sample.clip && sample.waveform) << sample.id;
    const double seconds = static_cast<double>(sample.clip->frames.size()) / sample.clip->fps;
    EXPECT_GE(seconds, 1.5) << sample.id;
    EXPECT_LE(seconds, 3.0) << sample.id;
    EXPECT_NEAR(sample.waveform->seconds(), seconds, 0.1) << sample.id;
    float loudest = 0;
    for (const float value : sample.waveform->pcm) loudest = std::max(loudest, std::abs(value));
    EXPECT_GT(loudest, 0.03F) << sample.id;
  }
}

/// One clip of each test speaker, the first of one, the second of the next and so on, through our own face track.
TEST(TalkingHeadsTest, FacesAreFound) {
  const auto dataset = split("test");
  std::size_t frames = 0, seen = 0;
  std::map<std::string, std::size_t> speakers;
  for (std::size_t i = 0; i < dataset->size(); ++i) {
    const auto [speaker, fresh] = speakers.try_emplace(dataset->info(i).group, speakers.size());
    if (!fresh) continue;
    const std::size_t chosen = i + speaker->second % 14;
    ASSERT_EQ(dataset->info(chosen).group, speaker->first);
    const auto track = media::face_track(*dataset->load(chosen).clip);
    frames += track->boxes.size();
    seen += static_cast<std::size_t>(
        std::ranges::count_if(track->boxes, [](const auto& box) { return box.has_value() && !box->interpolated; }));
  }
  EXPECT_GE(static_cast<double>(seen), 0.9 * static_cast<double>(frames));
}

}  // namespace
}  // namespace shakedown::datasets::testing
