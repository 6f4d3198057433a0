#include "shakedown/datasets/write.h"

#include <cstdlib>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/core/error.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/media/write_clip.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::HasSubstr;

std::vector<Sample> samples_of(const Dataset& dataset) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < dataset.size(); ++i) samples.push_back(dataset.load(i));
  return samples;
}

TEST(WriteTest, WhatIsWrittenReadsBackEqual) {
  const Folder folder;
  for (const char* const name : {"mmsa.pkl", "left_padded.pkl"}) {
    const auto original = open(data_file(name));
    const auto samples = samples_of(*original);
    write_feature_pickle(folder.path() / name, "test", samples);
    const auto copy = open(folder.path() / name);
    ASSERT_EQ(copy->size(), samples.size());
    EXPECT_EQ(copy->forms(), original->forms());
    EXPECT_EQ(copy->label_names(), original->label_names());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Sample again = copy->load(i);
      EXPECT_EQ(again.id, samples[i].id);
      EXPECT_EQ(again.audio_features->values, samples[i].audio_features->values);
      EXPECT_EQ(again.audio_features->length, samples[i].audio_features->length);
      EXPECT_EQ(again.vision_features->values, samples[i].vision_features->values);
      EXPECT_EQ(again.vision_features->length, samples[i].vision_features->length);
      EXPECT_EQ(again.embedding->values, samples[i].embedding->values);
      EXPECT_EQ(again.labels.at("regression").value, samples[i].labels.at("regression").value);
      if (samples[i].tokens) {
        EXPECT_EQ(again.tokens->ids, samples[i].tokens->ids);
      }
      if (samples[i].transcript) {
        EXPECT_EQ(again.transcript->text, samples[i].transcript->text);
      }
    }
  }
}

// The reader that the field uses. check_written.py compares with mmsa.pkl as NumPy itself reads it.
TEST(WriteTest, NumPyReadsWhatIsWritten) {
  const std::string script = "/usr/bin/python3 '" + data_file("check_written.py").string() + "' ";
  ASSERT_EQ(std::system((script + "--probe >/dev/null 2>&1").c_str()), 0)
      << "install python3-numpy (packages-test.txt)";
  const Folder folder;
  write_feature_pickle(folder.path() / "copy.pkl", "test", samples_of(*open(data_file("mmsa.pkl"))));
  const auto copy = (folder.path() / "copy.pkl").string();
  EXPECT_EQ(std::system((script + "'" + data_file("mmsa.pkl").string() + "' '" + copy + "'").c_str()), 0);
}

TEST(WriteTest, UnevenSamplesAndFilesThatCannotBeWrittenAreRefused) {
  const Folder folder;
  auto samples = samples_of(*open(data_file("mmsa.pkl")));
  samples[1].vision_features.reset();
  EXPECT_THAT(refusal([&] { write_feature_pickle(folder.path() / "a.pkl", "test", samples); }),
              HasSubstr("forms other than the first"));
  samples.resize(1);
  EXPECT_THROW(write_feature_pickle(folder.path() / "no" / "a.pkl", "test", samples), Error);
}

/// A media folder with ids that no file can have, labels, metadata and commas.
void write_hostile_media(const Folder& folder) {
  folder.write("label.csv",
               "id,who,video_id,clip_id,text,label,label_T,mode,file,sound,place\n"
               "../../etc/x,a,v,1,\"Well, \"\"yes\"\"\",0.5,1,test,c.mp4,,\"a,b\"\n"
               "v$_$2,a,v,2,No,-1,0,test,c.mp4,,c\n"
               "v$_$3,b,v,3,Oh,0,,test,,s.wav,d\n");
  folder.write("c.mp4", read_file(std::filesystem::path(SHAKEDOWN_TEST_DATA) / "media" / "tone_and_bars.mp4"));
  Waveform tone;
  tone.sample_rate_hz = 8000;
  tone.pcm.assign(500, 0.25F);
  media::write_wav(folder.path() / "s.wav", tone);
  folder.write("data.yaml",
               "schema: shakedown.data/1\nformat: media\nname: \"it's mine\"\nconvention: mosi\ngroup: who\n"
               "keys: {id: id, video: file, audio: sound}\nlabels: {regression: label, regression_T: label_T}\n");
}

TEST(WriteTest, ClipsReadBackWithIdsLabelsAndMetadata) {
  const Folder folder, out;
  write_hostile_media(folder);
  const auto original = open(folder.path() / "data.yaml");
  MediaFolderWriter writer(out.path() / "cell", *original, "test");
  for (std::size_t i = 0; i < original->size(); ++i) EXPECT_EQ(writer.add(original->load(i)), "");
  writer.finish();
  const auto copy = open(out.path() / "cell/data.yaml");
  ASSERT_EQ(copy->size(), 3U);
  EXPECT_EQ(copy->name(), "it's mine");
  EXPECT_EQ(copy->convention(), "mosi");
  EXPECT_EQ(copy->label_names(), original->label_names());
  for (std::size_t i = 0; i < copy->size(); ++i) {
    const Sample was = original->load(i), is = copy->load(i);
    EXPECT_EQ(is.id, was.id);
    EXPECT_EQ(is.group, was.group);
    EXPECT_EQ(is.transcript->text, was.transcript->text);
    EXPECT_EQ(is.labels.at("regression").value, was.labels.at("regression").value);
    EXPECT_EQ(is.metadata.at("place"), was.metadata.at("place"));
    EXPECT_EQ(is.clip != nullptr, was.clip != nullptr);
    EXPECT_EQ(is.waveform->pcm.size(), was.waveform->pcm.size());
    if (was.clip) {
      EXPECT_EQ(is.clip->frames.size(), was.clip->frames.size());
    }
  }
  EXPECT_TRUE(std::filesystem::exists(out.path() / "cell/Raw/v/2.mp4")) << "MMSA's layout where ids have its form";
  EXPECT_TRUE(std::filesystem::exists(out.path() / "cell/Raw/v/3.wav"));
  std::size_t outside = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out.path()))
    outside += entry.path().string().find("etc") != std::string::npos ? 1 : 0;
  EXPECT_EQ(outside, 0U);
}

TEST(WriteTest, AClipOfWhichNothingIsLeftIsLeftOutWithTheReason) {
  const Folder folder, out;
  write_hostile_media(folder);
  const auto original = open(folder.path() / "data.yaml");
  MediaFolderWriter writer(out.path() / "cell", *original, "test");
  Sample sample = original->load(1);
  sample.waveform.reset();
  sample.clip = std::make_shared<const Clip>();
  EXPECT_THAT(writer.add(sample), HasSubstr("neither frames nor sound"));
  EXPECT_EQ(writer.add(original->load(0)), "");
  writer.finish();
  EXPECT_EQ(open(out.path() / "cell/data.yaml")->size(), 1U);
}

}  // namespace
}  // namespace shakedown::datasets::testing
