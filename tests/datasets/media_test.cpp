#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/core/utterance_mask.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/media/encode.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string tone(int frames) {
  Waveform wave;
  wave.sample_rate_hz = 8000;
  for (int i = 0; i < frames; ++i) wave.pcm.push_back(0.5F * std::sin(0.3F * static_cast<float>(i)));
  const auto bytes = media::encode_wav(wave);
  return {bytes.begin(), bytes.end()};
}

constexpr const char* kHeader = "video_id,clip_id,text,label,label_T,label_A,label_V,annotation,mode\n";

/// Two speakers, three clips: a video with sound, a sound file, and one that is missing.
void write_folder(const Folder& folder) {
  folder.write("label.csv", std::string(kHeader) +
                                "007,01,\"Well, yes\",0.5,1,0,-1,Positive,test\n"
                                "007,1,No,-1,,,,Negative,test\n"
                                "8,2,Oh,0,0,0,0,Neutral,test\n"
                                "9,1,Bad,3,0,0,0,Positive,train\n");
  const std::string video = read_file(std::filesystem::path(SHAKEDOWN_TEST_DATA) / "media" / "tone_and_bars.mp4");
  folder.write("Raw/007/01.mp4", video);
  folder.write("Raw/007/1.wav", tone(800));
}

TEST(MediaTest, ClipsOfTheSplitAreReadByTheirTextualIds) {
  const Folder folder;
  write_folder(folder);
  const auto dataset = open(folder.path());
  EXPECT_EQ(dataset->format(), "media");
  ASSERT_EQ(dataset->size(), 3U);
  EXPECT_EQ(dataset->info(0).id, "007$_$01");
  EXPECT_EQ(dataset->info(0).group, "007");
  EXPECT_EQ(dataset->info(1).id, "007$_$1");
  const Sample clip = dataset->load(0);
  EXPECT_EQ(clip.transcript->text, "Well, yes");
  ASSERT_NE(clip.clip, nullptr);
  EXPECT_FALSE(clip.clip->frames.empty());
  ASSERT_NE(clip.waveform, nullptr);
  EXPECT_GT(clip.waveform->frames(), 0U);
  const Sample sound = dataset->load(1);
  EXPECT_EQ(sound.clip, nullptr);
  EXPECT_EQ(sound.waveform->frames(), 800U);
  EXPECT_EQ(dataset->forms(), (Forms{Form::kTranscript, Form::kWaveform, Form::kFrames}));
}

TEST(MediaTest, LabelsOfOneModalityMayBeAbsent) {
  const Folder folder;
  write_folder(folder);
  const auto dataset = open(folder.path());
  EXPECT_THAT(dataset->label_names(),
              ElementsAre("regression", "regression_T", "regression_A", "regression_V", "annotation"));
  EXPECT_EQ(dataset->info(0).labels.at("regression").value, 0.5);
  EXPECT_EQ(dataset->info(0).labels.at("regression_V").value, -1);
  EXPECT_TRUE(std::isnan(dataset->info(1).labels.at("regression_T").value));
  EXPECT_EQ(dataset->info(1).labels.at("annotation").name, "Negative");
}

TEST(MediaTest, FurtherColumnsBecomeMetadata) {
  const Folder folder;
  write_folder(folder);
  folder.write("label.csv",
               "video_id,clip_id,text,label,mode,conflict,gender,show\n"
               "007,01,Yes,0.5,test,none,f,news\n"
               "007,1,No,-1,test,\"text, face\",m,news\n");
  const auto dataset =
      open(folder.write("data.yaml", "schema: shakedown.data/1\nformat: media\nspeaker: gender\ngroup: show\n"));
  using Metadata = std::map<std::string, std::string>;
  EXPECT_EQ(dataset->info(1).metadata, (Metadata{{"conflict", "text, face"}, {"gender", "m"}}));
  EXPECT_EQ(dataset->load(1).metadata, dataset->info(1).metadata);
  EXPECT_EQ(dataset->info(1).group, "news");
}

TEST(MediaTest, AMaskIsReadWhereItIsNamedAndIsZeroOrOne) {
  const Folder folder;
  write_folder(folder);
  const auto table = [&](const std::string& second) {
    folder.write("label.csv",
                 "video_id,clip_id,text,label,mode,umask\n007,01,Yes,0.5,test,1\n007,1,No,-1,test," + second + "\n");
  };
  table("0");
  EXPECT_FALSE(open(folder.path())->info(1).metadata.contains(kUtteranceMask))
      << "a column of that name may mean anything";
  const auto manifest = folder.write("data.yaml", "schema: shakedown.data/1\nformat: media\nkeys: {mask: umask}\n");
  EXPECT_EQ(open(manifest)->info(0).metadata.at(kUtteranceMask), "1");
  EXPECT_EQ(open(manifest)->info(1).metadata.at(kUtteranceMask), "0");
  table("yes");
  EXPECT_THAT(refusal([&] { (void)open(manifest); }), AllOf(HasSubstr("label.csv:3"), HasSubstr("a mask is 0 or 1")));
}

TEST(MediaTest, AMissingClipFailsItsSampleOnly) {
  const Folder folder;
  write_folder(folder);
  const auto dataset = open(folder.path());
  EXPECT_THAT(refusal([&] { (void)dataset->load(2); }),
              AllOf(HasSubstr("sample '8$_$2'"), HasSubstr("Raw/8/2.mp4: no such clip")));
  EXPECT_THAT(dataset->notes(), Contains(HasSubstr("1 of 3 clips are missing: 8$_$2")));
  EXPECT_NO_THROW((void)dataset->load(0));
}

TEST(MediaTest, ABrokenClipIsNamed) {
  const Folder folder;
  write_folder(folder);
  folder.write("Raw/8/2.mp4", "this is no video");
  const auto dataset = open(folder.path());
  EXPECT_THAT(refusal([&] { (void)dataset->load(2); }), AllOf(HasSubstr("8$_$2"), HasSubstr("2.mp4")));
}

TEST(MediaTest, TheHashFollowsTheBytesOfTheClips) {
  const Folder folder;
  write_folder(folder);
  const auto hash = [&] { return open(folder.path())->files().back().sha256; };
  const std::string before = hash();
  EXPECT_EQ(hash(), before);
  std::string changed = tone(800);
  changed[100] = static_cast<char>(changed[100] + 1);
  folder.write("Raw/007/1.wav", changed);  // the same size
  EXPECT_NE(hash(), before);
}

TEST(MediaTest, ColumnsMayNameTheFiles) {
  const Folder folder;
  folder.write("sounds/x.wav", tone(400));
  folder.write("table.csv", "name,wav,feeling,said,actor\nx,sounds/x.wav,joy,hello,ann\ny,sounds/y.wav,fear,bye,bob\n");
  const auto dataset = open(folder.write("data.yaml", R"(schema: shakedown.data/1
format: media
file: table.csv
keys: {id: name, audio: wav, text: said}
labels: {emotion: feeling}
group: actor
language: en
)"));
  ASSERT_EQ(dataset->size(), 2U);
  EXPECT_EQ(dataset->info(0).id, "x");
  EXPECT_EQ(dataset->info(0).group, "ann");
  EXPECT_EQ(dataset->info(0).labels.at("emotion").name, "joy");
  EXPECT_EQ(dataset->load(0).waveform->frames(), 400U);
  EXPECT_EQ(dataset->load(0).transcript->language, "en");
  EXPECT_THAT(refusal([&] { (void)dataset->load(1); }), HasSubstr("y.wav: no such clip"));
}

TEST(MediaTest, ClipsThatNameNoGroupAreWarnedAbout) {
  const Folder folder;
  const auto warned = [&](const std::string& more) {
    folder.write("label.csv", "id,wav,label\nx,x.wav,1\ny,y.wav,2\n");
    const auto warnings =
        open(folder.write("data.yaml", "schema: shakedown.data/1\nformat: media\nkeys: {audio: wav}\n" + more))
            ->warnings();
    return std::ranges::any_of(warnings, [](const Warning& warning) { return warning.id == "unknown_groups"; });
  };
  EXPECT_TRUE(warned(""));
  EXPECT_FALSE(warned("group: label\n"));
}

TEST(MediaTest, BadTablesAreRefusedWithTheirLine) {
  const auto refused = [](const std::string& table, const std::string& split = "test") {
    const Folder folder;
    folder.write("label.csv", table);
    return refusal([&] { (void)open(folder.path(), {split}); });
  };
  EXPECT_THAT(refused("video_id,text,label\n"), HasSubstr("label.csv:1: no column 'clip_id'"));
  EXPECT_THAT(refused("video_id,clip_id,text\n"), HasSubstr("no column 'label'"));
  EXPECT_THAT(refused(std::string(kHeader) + "1,1,a,good,,,,,test\n"),
              HasSubstr("label.csv:2: label 'regression' is 'good'"));
  EXPECT_THAT(refused(std::string(kHeader) + "1,1,a,,,,,,test\n"), HasSubstr("'1$_$1' is missing or NaN"));
  EXPECT_THAT(refused(std::string(kHeader) + "1,1,a,1,,,,,test\n1,1,a,1,,,,,test\n"),
              HasSubstr("given twice, by samples 0 and 1"));
  EXPECT_THAT(refused(std::string(kHeader) + "1,1,a,1,,,,,train\n"),
              HasSubstr("split 'test' is empty; the table has: train (1)"));
  EXPECT_THAT(refused("\x80\x04\x95 not text"), HasSubstr("not UTF-8"));
  const Folder folder;
  std::filesystem::create_directories(folder.path() / "label.csv");
  EXPECT_THAT(refusal([&] { (void)open(folder.path()); }), HasSubstr("label.csv: is a folder"));
}

}  // namespace
}  // namespace shakedown::datasets::testing
