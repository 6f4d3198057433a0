#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;

/// One clear line on stderr, the exit code, and no run left behind.
class ErrorsTest : public testing::Test {
 protected:
  ErrorsTest() { write(scratch / "small.yaml", kSmallSuite); }

  void expect_error(const std::vector<std::string>& words, int code, const std::string& says) {
    const auto finished = shakedown(words);
    EXPECT_EQ(finished.code, code) << finished.error;
    EXPECT_EQ(finished.error_lines(), 1U) << finished.error;
    EXPECT_THAT(finished.error, HasSubstr(says));
    EXPECT_FALSE(std::filesystem::exists(scratch / "r/run.db"));
  }

  std::vector<std::string> run_words(const std::string& model, const std::string& data, const std::string& suite) {
    return {"run", "--model", model, "--data", data, "--suite", suite, "--out", (scratch / "r").string()};
  }
  std::vector<std::string> with_data(const std::string& data) {
    return run_words(reference("plain.pt").string(), data, (scratch / "small.yaml").string());
  }
  std::vector<std::string> with_model(const std::string& model) {
    return run_words(model, clips().string(), (scratch / "small.yaml").string());
  }
  std::vector<std::string> with_suite(const std::string& suite) {
    return run_words(reference("plain.pt").string(), clips().string(), suite);
  }

  Scratch scratch;
};

TEST_F(ErrorsTest, AnUnknownCommandOrOptionNamesTheNearest) {
  expect_error({"rum"}, 2, "did you mean 'run'?");
  expect_error({"run", "--modle", "x"}, 2, "did you mean '--model'?");
  expect_error({"run", "--model", "x"}, 2, "--data is missing");
  expect_error({"list", "perturbation"}, 2, "perturbations");
  expect_error({"describe", "audio.backgroundnoise"}, 2, "audio.background_noise");
}

TEST_F(ErrorsTest, AWrongKeyInASuiteIsNamedWithFileAndLine) {
  write(scratch / "bad.yaml",
        "schema: shakedown.suite/1\nname: bad\ncells:\n  - {perturb: audio.background_noise, severty: [1]}\n");
  expect_error(with_suite((scratch / "bad.yaml").string()), 2, "bad.yaml:4");
}

TEST_F(ErrorsTest, APickleThatWouldRunCodeIsRefusedByName) {
  // cposix\nsystem: what `os.system` pickles to, protocol 0 and 2.
  write(scratch / "evil.pkl",
        "\x80\x02"
        "cposix\nsystem\nX\x04\x00\x00\x00"
        "true\x85R.");
  expect_error(with_data((scratch / "evil.pkl").string()), 2, "posix.system");
}

TEST_F(ErrorsTest, ATruncatedPickleIsADataError) {
  write(scratch / "cut.pkl", std::string("\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00}", 12));
  expect_error(with_data((scratch / "cut.pkl").string()), 2, "cut.pkl");
}

TEST_F(ErrorsTest, AFolderWithoutAReadableLabelTableIsRefused) {
  std::filesystem::create_directories(scratch / "empty");
  expect_error(with_data((scratch / "empty").string()), 2, "label.csv");
  write(scratch / "odd/label.csv", "a,b\n1,2\n");
  expect_error(with_data((scratch / "odd").string()), 2, "label.csv");
}

TEST_F(ErrorsTest, AnEmptySplitARepeatedIdAndANanLabelAreRefused) {
  const std::string head = "video_id,clip_id,text,label,label_T,label_A,label_V,annotation,mode\n";
  write(scratch / "split/label.csv", head + "v,1,hi,1,1,1,1,Positive,train\n");
  expect_error(with_data((scratch / "split").string()), 2, "test");
  write(scratch / "twice/label.csv", head + "v,1,hi,1,1,1,1,Positive,test\nv,1,ho,1,1,1,1,Positive,test\n");
  expect_error(with_data((scratch / "twice").string()), 2, "v$_$1");
  write(scratch / "nan/label.csv", head + "v,1,hi,nan,1,1,1,Positive,test\n");
  expect_error(with_data((scratch / "nan").string()), 2, "label");
}

TEST_F(ErrorsTest, WhatIsNoTorchScriptIsAModelError) {
  write(scratch / "text.pt", "this is no checkpoint");
  expect_error(with_model((scratch / "text.pt").string()), 3, "text.pt");
  expect_error(with_model((scratch / "absent.pt").string()), 2, "absent.pt");
  auto half = read(reference("plain.pt"));
  half.resize(half.size() / 2);
  write(scratch / "half.pt", half);
  expect_error(with_model((scratch / "half.pt").string()), 3, "half.pt");
}

TEST_F(ErrorsTest, WordDropOnStoredIdsWithoutAVocabularyIsRefused) {
  write(scratch / "model.yaml", "schema: shakedown.model/1\ntorchscript: " + reference("plain.pt").string() +
                                    "\nname: plain\ninputs:\n  - {from: text.bert, length: 32}\n"
                                    "  - {from: audio.logmel, mels: 64, fft: 1024, hop: 320, length: 180}\n"
                                    "  - {from: audio.lengths}\n  - {from: video.faces, side: 48, length: 28}\n"
                                    "  - {from: video.lengths}\n");
  expect_error(with_model((scratch / "model.yaml").string()), 2, "vocab");
}

TEST_F(ErrorsTest, DevicesAndAbsurdNumbersAreRefusedAtOnce) {
  expect_error(with_suite("/dev/zero"), 2, "/dev/zero: is not a regular file");
  expect_error(with_data("/dev/zero"), 2, "/dev/zero");
  expect_error(with_model("/dev/zero"), 2, "/dev/zero");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--batch-size", "99999999999"}, {"--jobs", "100000"}, {"--seed", "-1"}, {"--shard", "3/2"}}) {
    auto all = with_suite((scratch / "small.yaml").string());
    all.insert(all.end(), words.begin(), words.end());
    expect_error(all, 2, words.front());
  }
}

TEST_F(ErrorsTest, AModelWithoutMemoryNamesTheBatchSizeToTry) {
  const auto data = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "tests/data/cli";
  write(scratch / "hungry.yaml", "schema: shakedown.model/1\ntorchscript: " + (data / "hungry.pt").string() +
                                     "\nname: hungry\ninputs:\n  - {from: text.bert, length: 12}\n");
  write(scratch / "mask.yaml",
        "schema: shakedown.suite/1\nname: mask\ncells:\n  - {perturb: missing.random, levels: {rate: [0.3]}}\n");
  const auto words = [&](const std::string& batch_size) {
    return std::vector<std::string>{"run",
                                    "--model",
                                    (scratch / "hungry.yaml").string(),
                                    "--data",
                                    (data / "bert.pkl").string(),
                                    "--suite",
                                    (scratch / "mask.yaml").string(),
                                    "--batch-size",
                                    batch_size,
                                    "--out",
                                    (scratch / "r").string()};
  };
  expect_error(words("32"), 3, "try --batch-size 16");
  expect_error(words("16"), 3, "try --batch-size 8");
  EXPECT_EQ(shakedown(words("8")).code, 0);
}

TEST_F(ErrorsTest, AReadOnlyTargetIsRefusedBeforeAnyWork) {
  write(scratch / "file", "");
  auto words = with_data(clips().string());
  words.back() = (scratch / "file/r").string();
  expect_error(words, 2, "--out");
}

TEST_F(ErrorsTest, ReportOfNoRunIsRefused) {
  expect_error({"report", (scratch / "nothing").string()}, 2, "nothing");
  expect_error({"dump", (scratch / "nothing").string()}, 2, "nothing");
}

TEST_F(ErrorsTest, AFullDiskEndsTheRunWithItsOwnCode) {
  const auto finished = shakedown({"list", "perturbations"});
  EXPECT_EQ(finished.code, 0);
  const std::string command =
      std::string(SHAKEDOWN_BINARY) + " list perturbations > /dev/full 2> " + (scratch / "err").string();
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 4);
  EXPECT_THAT(read(scratch / "err"), HasSubstr("disk full"));
}

}  // namespace
}  // namespace shakedown::test
