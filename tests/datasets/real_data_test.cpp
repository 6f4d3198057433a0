// CMU-MOSEI utterance features and GRID clips of the folder that SHAKEDOWN_REAL_DATA names.

#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/datasets/dataset.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class RealDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* const folder = std::getenv("SHAKEDOWN_REAL_DATA");
    if (folder == nullptr || !std::filesystem::exists(folder)) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA is not set";
    root_ = std::filesystem::absolute(folder);
  }
  std::filesystem::path root_;
};

TEST_F(RealDataTest, MoseiUtterancesReadAsNumPyReadsThem) {
  const auto dataset = open(root_ / "mosei-utterance" / "test_data.pkl");
  ASSERT_EQ(dataset->size(), 658U);
  const Sample sample = dataset->load(0);
  EXPECT_EQ(sample.embedding->dims, 768U);
  EXPECT_EQ(sample.audio_features->dims, 40U);
  EXPECT_EQ(sample.vision_features->dims, 35U);
  EXPECT_EQ(sample.vision_features->steps, 1U);
  EXPECT_FLOAT_EQ(static_cast<float>(sample.labels.at("regression").value), 0.3809524F);
  EXPECT_THAT(dataset->notes(), Contains(HasSubstr("(-inf 458, inf 0, NaN 0)")));
  float largest = 0;
  for (std::size_t i = 0; i < dataset->size(); ++i) {
    const Sample each = dataset->load(i);
    for (const float value : each.audio_features->values) largest = std::max(largest, value);
  }
  EXPECT_FLOAT_EQ(largest, 352.80698F);
}

TEST_F(RealDataTest, OneFileASplitTakesStatisticsFromTrain) {
  const Folder folder;
  const auto yaml = folder.write(
      "data.yaml", "schema: shakedown.data/1\nformat: mmsa\npath: " + (root_ / "mosei-utterance").string() +
                       "\nfiles: {train: val_data.pkl, test: test_data.pkl}\n"
                       "keys: {text: language, audio: acoustic, vision: visual, labels: labels}\n");
  EXPECT_EQ(open(yaml, {"train"})->size(), 264U);
  EXPECT_EQ(open(yaml)->statistics(Form::kAudioFeatures)->split, "train");
}

TEST_F(RealDataTest, TalkingFacesHaveSoundAndPicture) {
  const auto clip = root_ / "video-grid";
  std::string table = "path,label\n";
  for (const auto& file : std::filesystem::directory_iterator(clip)) {
    if (file.path().extension() != ".csv") table += file.path().filename().string() + ",1\n";
  }
  const Folder folder;
  const auto csv = folder.write("grid.csv", table);
  const auto dataset =
      open(folder.write("data.yaml", "schema: shakedown.data/1\nformat: media\npath: " + clip.string() +
                                         "\nfile: " + csv.string() + "\nkeys: {video: path, id: path}\n"));
  const Sample sample = dataset->load(0);
  EXPECT_EQ(sample.clip->fps, 25);
  EXPECT_NEAR(static_cast<double>(sample.clip->frames.size()) / 25, 3, 0.1);
  EXPECT_NEAR(sample.waveform->seconds(), 3, 0.2);
}

}  // namespace
}  // namespace shakedown::datasets::testing
