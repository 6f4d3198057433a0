#include <csignal>
#include <random>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "isolated.h"
#include "shakedown/core/error.h"
#include "shakedown/datasets/dataset.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// formats.json, made by NumPy and h5py.
const nlohmann::json& formats_golden() {
  static const nlohmann::json golden = nlohmann::json::parse(read_file(data_file("formats.json")));
  return golden;
}

void expect_row(const Sequence& sequence, const nlohmann::json& golden, std::size_t row) {
  const std::vector<double> all = numbers(golden);
  ASSERT_GE(all.size(), (row + 1) * sequence.values.size());
  for (std::size_t i = 0; i < sequence.values.size(); ++i) {
    EXPECT_EQ(sequence.values[i], static_cast<float>(all[row * sequence.values.size() + i])) << row << " " << i;
  }
}

std::vector<std::string> ids(const Dataset& dataset) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < dataset.size(); ++i) ids.push_back(dataset.info(i).id);
  return ids;
}

std::string refused(const std::filesystem::path& file) {
  return refusal([&] { (void)open(file); });
}

TEST(NpzTest, ReadsWhatNumPyWrote) {
  const auto& golden = formats_golden().at("npz");
  for (const char* const name : {"splits.npz", "deflated.npz", "test_split.npz"}) {
    SCOPED_TRACE(name);
    const auto dataset = open(data_file(name));
    EXPECT_EQ(dataset->format(), "npz");
    EXPECT_THAT(ids(*dataset), ElementsAre("te0$_$0", "te0$_$1", "te1$_$2", "te1$_$3"));
    EXPECT_EQ(dataset->info(3).group, "te1");
    for (std::size_t row = 0; row < dataset->size(); ++row) {
      const Sample sample = dataset->load(row);
      expect_row(*sample.audio_features, golden.at("audio"), row);
      expect_row(*sample.vision_features, golden.at("vision"), row);
      EXPECT_EQ(static_cast<double>(sample.audio_features->length), numbers(golden.at("audio_lengths"))[row]);
      EXPECT_EQ(sample.transcript->text, "te says " + std::to_string(row));
    }
    const bool whole = std::string(name) != "test_split.npz";
    EXPECT_EQ(dataset->statistics(Form::kAudioFeatures)->split, whole ? "train" : "test");
  }
}

TEST(NpzTest, DamageIsOneLine) {
  const Folder folder;
  std::string content = read_file(data_file("deflated.npz"));
  const auto with = [&](const std::string& bytes) { return refused(folder.write("x.npz", bytes)); };
  EXPECT_THAT(with(content.substr(0, content.size() / 2)), HasSubstr("truncated"));
  std::string flipped = read_file(data_file("splits.npz"));
  flipped[flipped.find("\x93NUMPY") + 200] ^= 1;  // a number of the first array
  EXPECT_THAT(with(flipped), HasSubstr("checksum"));
  // Encrypted: a flag of the first entry of the directory.
  std::string encrypted = content;
  encrypted[encrypted.find("PK\1\2") + 8] |= 1;
  EXPECT_THAT(with(encrypted), HasSubstr("encrypted"));
  // A size that no deflated data of this length can have.
  std::string bomb = content;
  const std::size_t entry = bomb.find("PK\1\2");
  for (int i = 0; i < 3; ++i) bomb[entry + 24 + static_cast<std::size_t>(i)] = '\xFF';
  EXPECT_THAT(with(bomb), HasSubstr("more bytes than its compressed data can hold"));
  EXPECT_THAT(with("PK\x03\x04 and no more"), HasSubstr("no zip archive"));
}

TEST(NpzTest, InflatesNoMoreThanMemoryAllows) {
  const std::string message =
      refusal([&] { (void)open(data_file("deflated.npz"), {.split = "test", .memory_bytes = 300, .watch = nullptr}); });
  EXPECT_THAT(message, HasSubstr("--memory"));
}

TEST(NpzTest, DamagedFilesOpenOrAreRefused) {
  std::mt19937_64 random(77);
  const Folder folder;
  std::size_t refused_count = 0;
  for (const char* const name : {"splits.npz", "deflated.npz"}) {
    const std::string whole = read_file(data_file(name));
    for (int round = 0; round < 300; ++round) {
      std::string content = whole;
      for (int flips = 0; flips < 3; ++flips) content[random() % content.size()] = static_cast<char>(random());
      const auto file = folder.write(std::to_string(round) + ".npz", content);
      try {
        (void)open(file)->load(0);
      } catch (const Error& error) {
        EXPECT_EQ(exit_code(error.kind()), 2);
        ++refused_count;
      }
      std::filesystem::remove(file);
    }
  }
  EXPECT_GT(refused_count, 300U);
}

TEST(CsdTest, SequencesAreCutToTheIntervalsOfTheLabels) {
  const auto dataset = open(data_file("csd/data.yaml"));
  EXPECT_EQ(dataset->format(), "csd");
  EXPECT_THAT(ids(*dataset), ElementsAre("vid2[0]", "vid2[1]", "vid0[0]", "vid0[1]"));  // in the order of test.txt
  for (std::size_t i = 0; i < dataset->size(); ++i) {
    const Sample sample = dataset->load(i);
    const auto& golden = formats_golden().at("csd").at(sample.id);
    EXPECT_EQ(sample.group, sample.id.substr(0, 4));
    ASSERT_EQ(sample.embedding->steps, golden.at("text").at("shape")[0]);
    ASSERT_EQ(sample.audio_features->steps, golden.at("audio").at("shape")[0]);
    expect_row(*sample.embedding, golden.at("text"), 0);
    expect_row(*sample.audio_features, golden.at("audio"), 0);
    EXPECT_EQ(sample.transcript->text, golden.at("words").get<std::string>());
    EXPECT_EQ(static_cast<float>(sample.labels.at("regression").value),
              std::stof(golden.at("label").get<std::string>()));
  }
  EXPECT_EQ(dataset->statistics(Form::kAudioFeatures)->split, "train");
  EXPECT_EQ(dataset->files().size(), 7U);  // data.yaml, four sequences, two lists
  OpenOptions train;
  train.split = "train";
  EXPECT_THAT(ids(*open(data_file("csd/data.yaml"), train)), ElementsAre("vid1[0]", "vid1[1]"));
}

TEST(CsdTest, WrongFilesAreOneLine) {
  const Folder folder;
  const std::string start = "schema: shakedown.data/1\nformat: csd\n";
  const std::string labels = data_file("csd/labels.csd").string(), audio = data_file("csd/covarep.csd").string();
  const auto with = [&](const std::string& lines) { return refused(folder.write("data.yaml", start + lines)); };
  EXPECT_THAT(with(""), HasSubstr("sequences"));
  EXPECT_THAT(with("sequences: {audio: " + audio + "}\n"), HasSubstr("'labels' is missing"));
  EXPECT_THAT(with("sequences: {labels: " + labels + "}\n"), HasSubstr("text, audio and vision is needed"));
  EXPECT_THAT(with("sequences: {labels: " + labels + ", audio: gone.csd}\n"), HasSubstr("no such file"));
  folder.write("text.csd", "no HDF5");
  EXPECT_THAT(with("sequences: {labels: " + labels + ", audio: text.csd}\n"), HasSubstr("no HDF5 file"));
  folder.write("none.txt", "vid9\n");
  EXPECT_THAT(with("sequences: {labels: " + labels + ", audio: " + audio + "}\nvideos: {test: none.txt}\n"),
              HasSubstr("no video 'vid9'"));
  EXPECT_THAT(refused(data_file("csd/labels.csd")), HasSubstr("format: csd"));
}

TEST(CsdTest, DamagedFilesOpenOrAreRefused) {
  std::mt19937_64 random(5);
  const Folder folder;
  const std::string whole = read_file(data_file("csd/glove.csd"));
  const auto yaml = folder.write("data.yaml", "schema: shakedown.data/1\nformat: csd\nsequences: {labels: " +
                                                  data_file("csd/labels.csd").string() + ", text: x.csd}\n");
  std::size_t refused_count = 0;
  for (int round = 0; round < 150; ++round) {
    std::string content = whole;
    for (int flips = 0; flips < 12; ++flips) content[random() % content.size()] = static_cast<char>(random());
    folder.write("x.csd", content);
    try {
      (void)open(yaml)->load(0);
    } catch (const Error& error) {
      EXPECT_EQ(exit_code(error.kind()), 2) << error.what();
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
      ++refused_count;
    }
  }
  EXPECT_GT(refused_count, 15U);
}

TEST(IsolatedTest, TheDeathOfALibraryIsOneLine) {
  const ChildLimits limits{.memory_bytes = std::size_t{64} << 20U, .seconds = 1};
  const auto message = [&](const std::function<void(const std::string&)>& work) {
    return refusal([&] { (void)run_isolated("libhdf5", limits, work); });
  };
  EXPECT_THAT(message([](const std::string&) { (void)std::raise(SIGSEGV); }), HasSubstr("libhdf5 died on it"));
  EXPECT_THAT(message([](const std::string&) {
                for (;;) ::pause();
              }),
              HasSubstr("longer than 1 s"));
  EXPECT_THAT(message([](const std::string&) { throw Error(ErrorKind::kData, "x.csd: no data"); }),
              HasSubstr("x.csd: no data"));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_THAT(message([](const std::string&) { std::vector<char>(std::size_t{1} << 30U).back() = 1; }),
              HasSubstr("--memory"));
#endif
}

TEST(TokenizerKeyTest, SaysWhoseTokensTheDataHolds) {
  const Folder folder;
  const std::string file = data_file("mmsa.pkl").string();
  const auto with = [&](const std::string& line) {
    return open(folder.write("data.yaml", "schema: shakedown.data/1\nformat: mmsa\nfile: " + file + "\n" + line));
  };
  const TokenLayout bert = with("")->load(0).tokens->layout;
  EXPECT_EQ(bert.before, 1U);
  EXPECT_EQ(bert.after, 1U);
  EXPECT_EQ(bert.unknown, 100);
  const TokenLayout xlnet = with("tokenizer: xlnet\n")->load(0).tokens->layout;
  EXPECT_EQ(xlnet.before, 0U);
  EXPECT_EQ(xlnet.after, 2U);
  EXPECT_TRUE(xlnet.pads_left);
  EXPECT_EQ(xlnet.unknown, 0);
  EXPECT_EQ(xlnet.pad, 5);
  EXPECT_THROW((void)with("tokenizer: xlnt\n"), Error);
  const auto media = folder.write("media.yaml", "schema: shakedown.data/1\nformat: media\ntokenizer: bert\n");
  try {
    (void)open(media);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("media.yaml:3"));
    EXPECT_THAT(error.what(), HasSubstr("format media holds none"));
  }
}

TEST(NormaliseTest, TrainConstantsBeforeAnyPerturbation) {
  const Folder folder;
  const std::string file = data_file("mmsa.pkl").string();
  const auto plain = open(data_file("mmsa.pkl"));
  const auto yaml =
      folder.write("data.yaml", "schema: shakedown.data/1\nformat: mmsa\nfile: " + file + "\nnormalise: [audio]\n");
  const auto dataset = open(yaml);
  const auto constants = plain->statistics(Form::kAudioFeatures);  // tested against NumPy in mmsa_test.cpp
  ASSERT_EQ(constants->split, "train");
  for (std::size_t i = 0; i < dataset->size(); ++i) {
    const Sample a = plain->load(i), b = dataset->load(i);
    for (std::size_t step = 0; step < a.audio_features->steps; ++step) {
      for (std::size_t d = 0; d < a.audio_features->dims; ++d) {
        const double x = a.audio_features->row(step)[d];
        const double wanted = (x - constants->mean[d]) / (constants->standard_deviation[d] + 1e-6);
        EXPECT_FLOAT_EQ(b.audio_features->row(step)[d],
                        static_cast<float>(step < a.audio_features->length ? wanted : 0.0));
      }
    }
    EXPECT_EQ(a.vision_features->values, b.vision_features->values);
  }
  EXPECT_EQ(dataset->statistics(Form::kAudioFeatures)->mean[0], 0);
  EXPECT_NEAR(dataset->statistics(Form::kAudioFeatures)->standard_deviation[0], 1, 1e-5);
}

TEST(FacialMmtTest, UtterancesAreJoinedWithTheirProfile) {
  const auto dataset = open(data_file("facialmmt"));
  EXPECT_EQ(dataset->format(), "facialmmt");
  const auto& golden = formats_golden().at("facialmmt");
  EXPECT_THAT(ids(*dataset), ElementsAre("dia0_utt0", "dia0_utt1", "dia0_utt2", "dia1_utt0", "dia1_utt1"));
  const std::vector<std::string> emotions{"neutral", "joy", "anger", "sadness", "surprise"};
  for (std::size_t i = 0; i < dataset->size(); ++i) {
    const Sample sample = dataset->load(i);
    EXPECT_EQ(sample.group, i < 3 ? "dia0" : "dia1");
    EXPECT_EQ(sample.labels.at("emotion").name, emotions[i]);
    EXPECT_EQ(sample.audio_features->length, golden.at("lengths").at("audio")[i]);
    EXPECT_EQ(sample.vision_features->length, golden.at("lengths").at("vision")[i]);
    expect_row(*sample.audio_features, golden.at("audio"), i);
    expect_row(*sample.vision_features, golden.at("vision"), i);
  }
  EXPECT_EQ(dataset->files().size(), 3U);
  EXPECT_THAT(refusal([&] {
                (void)open(data_file("facialmmt"), {.split = "train", .memory_bytes = 1 << 20, .watch = nullptr});
              }),
              HasSubstr("no file for split 'train'"));
}

}  // namespace
}  // namespace shakedown::datasets::testing
