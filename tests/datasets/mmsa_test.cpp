#include <algorithm>
#include <cmath>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/core/error.h"
#include "shakedown/datasets/dataset.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string refused(const std::filesystem::path& file, const OpenOptions& options = {}) {
  return refusal([&] { (void)open(file, options); });
}

/// Refusal of a pickle with this content.
std::string refused_content(const std::string& content) {
  const Folder folder;
  return refused(folder.write("small.pkl", content));
}

void expect_values(const Sequence& sequence, const std::vector<double>& golden, std::size_t row) {
  const std::size_t items = sequence.values.size();
  for (std::size_t i = 0; i < items; ++i) {
    const double wanted = golden.at(row * items + i);
    EXPECT_EQ(sequence.values[i], std::isfinite(wanted) ? static_cast<float>(wanted) : 0.0F)
        << "row " << row << " item " << i;
  }
}

bool warns(const Dataset& dataset, const std::string& id) {
  return std::ranges::any_of(dataset.warnings(), [&](const Warning& warning) { return warning.id == id; });
}

TEST(MmsaTest, FeaturesLoadAsNumPyReadsThem) {
  const auto dataset = open(data_file("mmsa.pkl"));
  const auto& expected = golden().at("mmsa");
  ASSERT_EQ(dataset->size(), 10U);
  const std::vector<double> audio = numbers(expected.at("audio")), vision = numbers(expected.at("vision")),
                            text = numbers(expected.at("text"));
  for (std::size_t row = 0; row < dataset->size(); ++row) {
    const Sample sample = dataset->load(row);
    EXPECT_EQ(sample.audio_features->steps, 7U);
    EXPECT_EQ(sample.audio_features->dims, 3U);
    expect_values(*sample.audio_features, audio, row);
    expect_values(*sample.vision_features, vision, row);  // Fortran order and float64 in the file
    expect_values(*sample.embedding, text, row);
    EXPECT_EQ(sample.audio_features->length, expected.at("audio_lengths")[row]);
    EXPECT_EQ(sample.vision_features->length, expected.at("vision_lengths")[row]);  // last non-zero row + 1
    EXPECT_EQ(sample.embedding->length, sample.tokens->length());
    EXPECT_EQ(sample.index, row);
  }
}

TEST(MmsaTest, ShapesAreThoseOfTheLoadedSamples) {
  const Folder folder;
  for (const auto& file : {data_file("mmsa.pkl"), data_file("left_padded.pkl"), data_file("ragged.pkl"),
                           folder.write("small.pkl", small_split({0.5F, 1, -1}))}) {
    const auto dataset = open(file);
    for (std::size_t row = 0; row < dataset->size(); ++row) {
      const SampleShape told = dataset->shape(row), loaded = shape_of(dataset->load(row));
      EXPECT_EQ(told.extents, loaded.extents) << file << ", row " << row;
    }
  }
}

TEST(MmsaTest, TokensTranscriptsIdsGroupsAndLabelsAreRead) {
  const auto dataset = open(data_file("mmsa.pkl"));
  const Sample sample = dataset->load(3);
  EXPECT_EQ(sample.id, "te1$_$03");
  EXPECT_EQ(sample.group, "te1");
  EXPECT_EQ(sample.speaker, "te1");
  EXPECT_EQ(sample.transcript->text, "te says 3");
  EXPECT_THAT(sample.tokens->ids, ElementsAre(101, 2030, 2031, 2032, 2033, 102, 0, 0));
  EXPECT_THAT(sample.tokens->mask, ElementsAre(1, 1, 1, 1, 1, 1, 0, 0));
  EXPECT_THAT(dataset->label_names(), ElementsAre("regression", "regression_T", "regression_A", "regression_V",
                                                  "annotation", "classification"));
  EXPECT_EQ(sample.labels.at("regression").value, numbers(golden().at("mmsa").at("regression"))[3]);
  EXPECT_EQ(sample.labels.at("annotation").name, "Negative");
  EXPECT_EQ(sample.labels.at("classification").name, "2");
  EXPECT_EQ(sample.labels.at("classification").value, 2);
  EXPECT_TRUE(std::isnan(dataset->info(0).labels.at("regression_A").value));
}

TEST(MmsaTest, StatisticsAreOfTheTrainSplitOverFiniteValidValues) {
  const auto dataset = open(data_file("mmsa.pkl"));
  for (const auto& [form, key] :
       {std::pair{Form::kAudioFeatures, "train_audio"}, {Form::kVisionFeatures, "train_vision"}}) {
    const auto statistics = dataset->statistics(form);
    ASSERT_NE(statistics, nullptr);
    EXPECT_EQ(statistics->split, "train");
    const auto mean = numbers(golden().at("mmsa").at(key).at("mean"));
    const auto deviation = numbers(golden().at("mmsa").at(key).at("std"));
    ASSERT_EQ(statistics->mean.size(), mean.size());
    for (std::size_t d = 0; d < mean.size(); ++d) {
      EXPECT_NEAR(statistics->mean[d], mean[d], 1e-12);
      EXPECT_NEAR(statistics->standard_deviation[d], deviation[d], 1e-12);
    }
  }
  EXPECT_EQ(dataset->statistics(Form::kWaveform), nullptr);
}

TEST(MmsaTest, NonFiniteValuesAreCountedAndWarnedAbout) {
  const auto dataset = open(data_file("mmsa.pkl"));
  EXPECT_TRUE(warns(*dataset, "nonfinite_input"));
  EXPECT_THAT(dataset->notes(), Contains(HasSubstr("audio.features: 2 values in 2 of 10 samples are not finite (-inf "
                                                   "1, inf 0, NaN 1)")));
  EXPECT_FALSE(warns(*open(data_file("left_padded.pkl")), "nonfinite_input"));
}

TEST(MmsaTest, ValidValAndDevAreOneSplit) {
  for (const char* const name : {"valid", "val", "dev"}) EXPECT_EQ(open(data_file("mmsa.pkl"), {name})->size(), 6U);
  EXPECT_THAT(refused(data_file("mmsa.pkl"), {"tset"}), HasSubstr("no split 'tset'; it has: train, valid, test"));
}

TEST(MmsaTest, LeftPaddedSequencesAreReadWholeAndSaidSo) {
  const auto dataset = open(data_file("left_padded.pkl"));
  const auto audio = numbers(golden().at("left_padded").at("audio"));
  for (std::size_t row = 0; row < dataset->size(); ++row) {
    const Sample sample = dataset->load(row);
    EXPECT_EQ(sample.audio_features->length, 6U);
    expect_values(*sample.audio_features, audio, row);
  }
  EXPECT_EQ(dataset->info(1).id, "clip0_1.5_2.5");
  EXPECT_EQ(dataset->info(1).group, "clip0");
  EXPECT_EQ(dataset->info(1).labels.at("regression").value, -1);
  EXPECT_THAT(dataset->notes(), Contains(HasSubstr("3 samples begin with zero rows (left padding)")));
  EXPECT_FALSE(warns(*dataset, "already_missing"));
}

TEST(MmsaTest, StatisticsLeaveLeftPaddingOut) {
  const auto dataset = open(data_file("left_padded.pkl"));
  const auto audio = numbers(golden().at("left_padded").at("audio"));
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < audio.size(); i += 2) {
    sum += audio[i];
    count += audio[i] != 0 ? 1 : 0;
  }
  EXPECT_NEAR(dataset->statistics(Form::kAudioFeatures)->mean[0], sum / count, 1e-12);
}

TEST(MmsaTest, ListsOfArraysOfDifferentLengthAreRead) {
  const auto dataset = open(data_file("ragged.pkl"));
  for (std::size_t row = 0; row < dataset->size(); ++row) {
    const Sample sample = dataset->load(row);
    const auto& expected = golden().at("ragged")[row];
    EXPECT_EQ(sample.audio_features->steps, expected.at("shape")[0]);
    expect_values(*sample.audio_features, numbers(expected), 0);
    EXPECT_EQ(sample.vision_features->values, sample.audio_features->values);
  }
  EXPECT_EQ(dataset->info(0).id, "a$_$1");
  EXPECT_EQ(dataset->info(2).group, "b");
  EXPECT_EQ(dataset->info(2).labels.at("regression").value, -2);
}

TEST(MmsaTest, WithoutIdsRowsAreNamedAndSaidSo) {
  const Folder folder;
  const auto dataset = open(folder.write("small.pkl", small_split({0.5F, 1, -1})));
  EXPECT_EQ(dataset->info(2).id, "row:000002");
  EXPECT_THAT(dataset->notes(), Contains(HasSubstr("no ids")));
  EXPECT_TRUE(warns(*dataset, "unknown_groups"));
  EXPECT_TRUE(warns(*dataset, "few_groups"));
  EXPECT_FALSE(warns(*open(data_file("mmsa.pkl")), "unknown_groups"));
  EXPECT_FALSE(warns(*open(data_file("mmsa.pkl")), "few_groups"));
}

TEST(MmsaTest, MissingInputIsWarnedAbout) {
  const Folder folder;
  const auto vision = [](std::vector<float> values) {
    return [values](Pickler& pickler) {
      pickler.text("vision").floats({2, 2, 1}, values).text("vision_lengths").op("K\x02K\x02\x86");
    };
  };
  EXPECT_TRUE(warns(*open(folder.write("a.pkl", small_split({1, 2}, vision({0, 1, 1, 1})))), "already_missing"));
  EXPECT_FALSE(warns(*open(folder.write("b.pkl", small_split({1, 2}, vision({1, 1, 1, 1})))), "already_missing"));
}

TEST(MmsaTest, RepeatedIdsNameTheTwoSamples) {
  const std::string content = small_split({1, 2, 3}, [](Pickler& pickler) {
    pickler.text("id").op("](").text("v$_$1").text("v$_$2").text("v$_$1").op("e");
  });
  EXPECT_THAT(refused_content(content), HasSubstr("id 'v$_$1' is given twice, by samples 0 and 2"));
}

TEST(MmsaTest, ArraysOfDifferentLengthNameBoth) {
  const std::string content = small_split({1, 2, 3}, [](Pickler& pickler) {
    pickler.text("vision").floats({2, 1, 1}, {1, 2});
  });
  EXPECT_THAT(refused_content(content), HasSubstr("'vision' has 2 samples but 'labels' has 3"));
}

TEST(MmsaTest, LabelsThatAreNotNumbersAreRefused) {
  EXPECT_THAT(refused_content(small_split({1, NAN, 3, NAN})),
              HasSubstr("label 'regression' of sample 'row:000001' is missing or NaN (2 of 4 samples)"));
  EXPECT_THAT(refused_content(small_split({1, -INFINITY})), HasSubstr("is infinite"));
}

TEST(MmsaTest, AnEmptySplitIsRefused) {
  EXPECT_THAT(refused_content(small_split({})), HasSubstr("is empty"));
}

TEST(MmsaTest, WhatIsNotADataSetIsRefused) {
  EXPECT_THAT(refused_content(Pickler().op("]").finish()), HasSubstr("holds a list; a dict"));
  EXPECT_THAT(refused_content(Pickler().op("}").finish()), HasSubstr("no split 'test'"));
  EXPECT_THAT(refused_content(Pickler().op("}(").text("audio").floats({1, 1}, {1}).op("u").finish()),
              HasSubstr("no labels"));
  EXPECT_THAT(refused_content(Pickler().op("}(").text("labels").floats({1}, {1}).op("u").finish()),
              HasSubstr("none of text, text_bert, raw_text, audio, vision"));
  EXPECT_THAT(refused_content(Pickler()
                                  .op("}(")
                                  .text("labels")
                                  .floats({1, 7}, {1, 2, 3, 4, 5, 6, 7})
                                  .text("audio")
                                  .floats({1, 1}, {1})
                                  .op("u")
                                  .finish()),
              HasSubstr("7 values a sample; name those that count"));
}

TEST(MmsaTest, OneArrayForManySamplesIsRefused) {
  const std::string content = small_split({1, 2, 3, 4}, [](Pickler& pickler) {
    pickler.text("vision")
        .op("](")
        .floats({400, 1}, std::vector<float>(400, 1))
        .op("q\x01h\x01h\x01h\x01"
            "e");
  });
  EXPECT_THAT(refused_content(content), HasSubstr("stands for many samples"));
}

TEST(MmsaTest, TokensThatAreNoIdsFailTheirSampleByName) {
  const Folder folder;
  const auto dataset = open(folder.write("small.pkl", small_split({1, 2}, [](Pickler& pickler) {
                                           pickler.text("text_bert").floats({2, 3, 1}, {101, 1, 0, 101.5F, 1, 0});
                                         })));
  EXPECT_EQ(dataset->load(0).tokens->ids, std::vector<std::int64_t>{101});
  EXPECT_THAT(refusal([&] { (void)dataset->load(1); }),
              AllOf(HasSubstr("sample 'row:000001'"), HasSubstr("101.5 is no token id")));
}

TEST(MmsaTest, ASampleBeyondTheMemoryBoundIsRefusedByName) {
  OpenOptions options;
  options.memory_bytes = 8;
  const auto dataset = open(data_file("mmsa.pkl"), options);
  EXPECT_THAT(refusal([&] { (void)dataset->load(0); }), AllOf(HasSubstr("te0$_$00"), HasSubstr("--memory")));
}

TEST(MmsaTest, LengthsBeyondTheStoredStepsAreCutAndCounted) {
  const Folder folder;
  const auto dataset = open(folder.write("small.pkl", small_split({1, 2}, [](Pickler& pickler) {
                                           pickler.text("audio_lengths")
                                               .op("](K\x09K\x01"
                                                   "e");
                                         })));
  EXPECT_EQ(dataset->load(0).audio_features->length, 2U);
  EXPECT_EQ(dataset->load(1).audio_features->length, 1U);
  EXPECT_THAT(dataset->notes(), Contains(HasSubstr("1 lengths are beyond the 2 stored steps")));
}

TEST(MmsaTest, ThreadsShareOneDataSet) {
  const auto dataset = open(data_file("mmsa.pkl"));
  std::vector<Shared<FeatureStatistics>> seen(4);
  std::vector<std::thread> threads;
  for (auto& statistics : seen) {
    threads.emplace_back([&] {
      for (std::size_t row = 0; row < dataset->size(); ++row) (void)dataset->load(row);
      (void)dataset->notes();
      (void)dataset->files();
      statistics = dataset->statistics(Form::kAudioFeatures);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& statistics : seen) EXPECT_EQ(statistics, seen.front());  // computed once
}

TEST(MmsaTest, FilesCarryTheirHash) {
  const auto files = open(data_file("mmsa.pkl"))->files();
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].role, "data");
  EXPECT_EQ(files[0].sha256.size(), 64U);
}

TEST(MmsaTest, ManifestNamesKeysLabelsGroupsAndBlocks) {
  const Folder folder;
  folder.write("train.pkl", small_split({1, 2}, [](Pickler& pickler) {
                 pickler.text("sound").floats({2, 3}, {2, 2, 2, 4, 4, 4});
               }));
  folder.write("test.pkl", small_split({1, 2}, [](Pickler& pickler) {
                 pickler.text("sound").floats({2, 3}, {1, 2, 3, 4, 5, 6}).text("six").floats({2, 2}, {0, 7, 1, 8});
                 pickler.text("film").op("](").text("f1").text("f2").op("e");
               }));
  const auto path = folder.write("data.yaml", R"(schema: shakedown.data/1
format: mmsa
name: films
files: {train: train.pkl, test: test.pkl}
keys: {audio: sound}
labels: {regression: labels, joy: {key: six, column: 1}}
group: film
columns: {audio: {pitch: 0, rest: [1, 3]}}
convention: mosei
)");
  const auto dataset = open(path);
  EXPECT_EQ(dataset->name(), "films");
  EXPECT_EQ(dataset->convention(), "mosei");
  EXPECT_EQ(dataset->info(1).group, "f2");
  EXPECT_EQ(dataset->info(1).labels.at("joy").value, 8);
  EXPECT_EQ(dataset->load(1).audio_features->values, (std::vector<float>{4, 5, 6}));
  EXPECT_EQ(dataset->load(1).audio_features->steps, 1U);
  EXPECT_EQ(dataset->statistics(Form::kAudioFeatures)->split, "train");
  EXPECT_EQ(dataset->statistics(Form::kAudioFeatures)->mean, (std::vector<double>{3, 3, 3}));
  EXPECT_EQ(dataset->files().size(), 3U);
  EXPECT_EQ(dataset->columns().size(), 2U);
  EXPECT_THAT(refused(path, {"val"}), HasSubstr("no file for split 'val'"));
}

TEST(MmsaTest, KeysThatAreNotThereAreNamedWithASuggestion) {
  const Folder folder;
  folder.write("test.pkl", small_split({1, 2}));
  const auto yaml = [&](const std::string& more) {
    return folder.write("data.yaml", "schema: shakedown.data/1\nformat: mmsa\nfile: test.pkl\n" + more);
  };
  EXPECT_THAT(refused(yaml("keys: {audio: audjo}\n")),
              AllOf(HasSubstr("no key 'audjo' for 'audio'"), HasSubstr("did you mean 'audio'?")));
  EXPECT_THAT(refused(yaml("labels: {joy: jpy}\n")), HasSubstr("no key 'jpy' for label 'joy'"));
  EXPECT_THAT(refused(yaml("columns: {audio: {pose: [0, 9]}}\n")), HasSubstr("'pose' ends at dimension 9"));
  EXPECT_THAT(refused(yaml("group: film\n")), HasSubstr("no key 'film' for 'group'"));
}

}  // namespace
}  // namespace shakedown::datasets::testing
