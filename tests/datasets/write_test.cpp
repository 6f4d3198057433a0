#include "shakedown/datasets/write.h"

#include <cstdlib>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/core/error.h"
#include "shakedown/datasets/dataset.h"

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

}  // namespace
}  // namespace shakedown::datasets::testing
