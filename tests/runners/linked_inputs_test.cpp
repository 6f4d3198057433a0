#include "linked_inputs.h"

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"
#include "shakedown/perturb/installed.h"
#include "shakedown/perturb/synthetic.h"

namespace shakedown::runners {
namespace {

class LinkedInputsTest : public testing::Test {
 protected:
  LinkedInputsTest() {
    std::filesystem::create_directories(folder_);
    perturb::register_builtins(registry_);
  }
  ~LinkedInputsTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  [[nodiscard]] std::vector<InputFile> linked() const {
    return linked_inputs(suites::load((folder_ / "suite.yaml").string(), registry_), *perturb::synthetic_corpus(1));
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("linked_inputs_" + std::to_string(::getpid()));
  perturb::Registry registry_;
};

TEST_F(LinkedInputsTest, ALexiconIsAnInputOfTheRun) {
  write("suite.yaml",
        "schema: shakedown.suite/1\nname: s\ncells:\n"
        "  - {perturb: text.sentiment_mask, lexicon: own.tsv, severity: [1, 2]}\n  - {perturb: text.typo, severity: "
        "1}\n");
  write("own.tsv", "splendid\t3\n");
  const auto before = linked();
  ASSERT_EQ(before.size(), 1U) << "one file, however many cells read it";
  EXPECT_EQ(before[0].role, "text.sentiment_mask.lexicon");
  write("own.tsv", "splendid\t2\n");
  EXPECT_NE(linked()[0].sha256, before[0].sha256);
}

TEST_F(LinkedInputsTest, SoIsAFolder) {
  std::filesystem::create_directories(folder_ / "lists");
  write("lists/positive.txt", "good\n");
  write("lists/negative.txt", "bad\n");
  write("suite.yaml",
        "schema: shakedown.suite/1\nname: s\ncells:\n  - {perturb: text.sentiment_delete, lexicon: lists, severity: "
        "1}\n");
  const auto before = linked();
  ASSERT_EQ(before.size(), 1U);
  write("lists/negative.txt", "bad\nworse\n");
  EXPECT_NE(linked()[0].sha256, before[0].sha256);
}

TEST_F(LinkedInputsTest, DictionariesAndVoicesOfTheMachineAre) {
  write("suite.yaml", "schema: shakedown.suite/1\nname: s\ncells:\n  - {perturb: text.asr_error, severity: [1, 2]}\n");
  std::vector<std::string> roles;
  for (const auto& file : linked()) {
    roles.push_back(file.role);
    EXPECT_EQ(file.sha256.size(), 64U) << file.role;
  }
  EXPECT_THAT(roles,
              testing::ElementsAre("text.asr_error.chinese", "text.asr_error.dictionary", "text.asr_error.frequencies",
                                   "text.asr_error.pinyin", "text.asr_error.voices"));
}

TEST_F(LinkedInputsTest, WordNetIsOneOnlyWhereACellAsksForIt) {
  const auto files = std::filesystem::path(SHAKEDOWN_TEST_DATA) / "text" / "wordnet";
  std::filesystem::copy(files, folder_ / "words");
  const auto asking = [&](const std::string& wordnet) {
    write("suite.yaml",
          "schema: shakedown.suite/1\nname: s\ncells:\n  - {perturb: text.sentiment_replace, severity: 1" + wordnet +
              "}\n");
    return linked();
  };
  EXPECT_TRUE(asking("").empty());
  const auto before = asking(", wordnet: words");
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(before[0].role, "text.sentiment_replace.wordnet");
  std::ofstream(folder_ / "words/verb.exc", std::ios::app) << "spoke speak\n";
  EXPECT_NE(asking(", wordnet: words")[0].sha256, before[0].sha256);
  const auto installed = asking(", wordnet: auto");  // packages.txt has wordnet-base
  ASSERT_EQ(installed.size(), 1U);
  EXPECT_EQ(installed[0].name, "auto");
  EXPECT_THROW((void)asking(", wordnet: absent"), Error);
}

}  // namespace
}  // namespace shakedown::runners
