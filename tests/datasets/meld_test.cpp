#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/datasets/dataset.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kHeader =
    "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\n";

TEST(MeldTest, DialoguesAreGroupsAndLabelsAreNames) {
  const Folder folder;
  const std::string video = read_file(std::filesystem::path(SHAKEDOWN_TEST_DATA) / "media" / "tone_and_bars.mp4");
  folder.write("test_sent_emo.csv",
               std::string(kHeader) +
                   "1,\"Why do all you\xE2\x80\x99re coffee mugs, \"\"hm\"\"?\",Mark,surprise,positive,3,19,"
                   "3,19,\"00:14:38,127\",\"00:14:40,378\"\n"
                   "2,Oh,Rachel,neutral,neutral,3,20,3,19,\"00:14:40,127\",\"00:14:41,378\"\n");
  folder.write("output_repeated_splits_test/dia3_utt19.mp4", video);
  folder.write("dev_splits_complete/dia3_utt20.mp4", video);  // the same name in another split is another clip
  const auto dataset = open(folder.path());
  EXPECT_EQ(dataset->format(), "meld");
  ASSERT_EQ(dataset->size(), 2U);
  const SampleInfo& info = dataset->info(0);
  EXPECT_EQ(info.id, "dia3_utt19");
  EXPECT_EQ(info.group, "3");
  EXPECT_EQ(info.speaker, "Mark");
  EXPECT_EQ(info.labels.at("emotion").name, "surprise");
  EXPECT_EQ(info.labels.at("sentiment").name, "positive");
  EXPECT_EQ(info.metadata.at("StartTime"), "00:14:38,127");
  EXPECT_THAT(dataset->label_names(), ElementsAre("emotion", "sentiment"));
  const Sample sample = dataset->load(0);
  EXPECT_EQ(sample.transcript->text, "Why do all you\xE2\x80\x99re coffee mugs, \"hm\"?");
  EXPECT_NE(sample.clip, nullptr);
  EXPECT_THAT(refusal([&] { (void)dataset->load(1); }), HasSubstr("dia3_utt20.mp4: no such clip"));
}

TEST(MeldTest, DevIsFoundAsValid) {
  const Folder folder;
  folder.write("dev_sent_emo.csv", std::string(kHeader) + "1,Oh,Ross,joy,positive,0,0,1,1,a,b\n");
  EXPECT_EQ(open(folder.path(), {"valid"})->size(), 1U);
  EXPECT_THAT(refusal([&] { (void)open(folder.path(), {"test"}); }), HasSubstr("looked for test_sent_emo.csv"));
}

}  // namespace
}  // namespace shakedown::datasets::testing
