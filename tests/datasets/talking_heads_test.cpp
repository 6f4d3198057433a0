// examples/talking_heads is what its README says, seen through our own readers.

#include <algorithm>
#include <cctype>
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

/// One test clip of each speaker: what a clip holds, and whether our own face track sees the face.
TEST(TalkingHeadsTest, ClipsHoldWordsSpeechAndAFaceThatIsFound) {
  const auto dataset = split("test");
  std::size_t frames = 0, seen = 0;
  std::set<std::string> speakers;
  for (std::size_t i = 0; i < dataset->size(); ++i) {
    if (!speakers.insert(dataset->info(i).group).second) continue;
    const Sample sample = dataset->load((i + speakers.size() % 14) % dataset->size());
    for (const char letter : sample.transcript->text) {
      EXPECT_TRUE(std::islower(static_cast<unsigned char>(letter)) ||
                  std::string(" .,").find(letter) != std::string::npos)
          << sample.id << ": " << sample.transcript->text;
    }
    ASSERT_TRUE(sample.clip && sample.waveform) << sample.id;
    const double seconds = static_cast<double>(sample.clip->frames.size()) / sample.clip->fps;
    EXPECT_GE(seconds, 1.5) << sample.id;
    EXPECT_LE(seconds, 3.0) << sample.id;
    EXPECT_NEAR(sample.waveform->seconds(), seconds, 0.1) << sample.id;
    const auto loudest = std::ranges::max(sample.waveform->pcm, {}, [](float v) { return std::abs(v); });
    EXPECT_GT(std::abs(loudest), 0.03) << sample.id;
    const auto track = media::face_track(*sample.clip);
    frames += track->boxes.size();
    seen += static_cast<std::size_t>(
        std::ranges::count_if(track->boxes, [](const auto& box) { return box.has_value() && !box->interpolated; }));
  }
  EXPECT_GE(static_cast<double>(seen), 0.9 * static_cast<double>(frames));
}

}  // namespace
}  // namespace shakedown::datasets::testing
