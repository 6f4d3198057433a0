#include <map>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Data with stored token ids, a model that reads ids, a perturbation of words.
class TokensTest : public testing::Test {
 protected:
  TokensTest() {
    const std::string model = "schema: shakedown.model/1\ntorchscript: " + (data / "bert.pt").string() +
                              "\nname: bag\ninputs:\n  - {from: text.bert, length: 12";
    write(scratch / "no_vocab.yaml", model + "}\n");
    write(scratch / "vocab.yaml", model + ", vocab: " + (data / "vocab.txt").string() + "}\n");
    write(scratch / "words.yaml",
          "schema: shakedown.suite/1\nname: words\ncells:\n  - {perturb: text.word_drop, protect: none, severity: "
          "[5]}\n");
  }

  Finished run(const std::string& model, const std::string& pickle, const std::string& suite,
               std::vector<std::string> more = {}) {
    std::vector<std::string> command{
        "run", "--model", (scratch / model).string(), "--data", (data / pickle).string(), "--suite",
        suite, "--out",   (scratch / "r").string()};
    command.insert(command.end(), more.begin(), more.end());
    return shakedown(command);
  }
  nlohmann::json results() { return nlohmann::json::parse(read(scratch / "r/results.json")); }

  Scratch scratch;
  std::filesystem::path data = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "tests" / "data" / "cli";
  std::string words = (scratch / "words.yaml").string();
};

TEST_F(TokensTest, WithoutAVocabularyAUsersSuiteIsRefusedBeforeAnyWork) {
  const auto finished = run("no_vocab.yaml", "bert.pkl", words);
  EXPECT_EQ(finished.code, 2);
  EXPECT_EQ(finished.error_lines(), 1U) << finished.error;
  EXPECT_THAT(finished.error, HasSubstr("vocab:"));
  EXPECT_THAT(finished.error, HasSubstr("words.yaml:4"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "r"));
}

TEST_F(TokensTest, WithoutAVocabularyAShippedSuiteSaysWhatItDoesNotTest) {
  ASSERT_EQ(run("no_vocab.yaml", "bert.pkl", "smoke").code, 0);
  bool found = false;
  const auto json = results();
  for (const auto& missing : json.at("not_tested")) found = found || missing.dump().find("vocab") != std::string::npos;
  EXPECT_TRUE(found) << json.at("not_tested");
}

// Transcripts of a recogniser beside feature pickles: nothing is heard, and the tokens follow.
TEST_F(TokensTest, RecognisedTranscriptsNeedNoSound) {
  std::string csv = "id,cell,text\n";
  for (int i = 0; i < 40; ++i)
    csv += "v" + std::to_string(i / 4) + "$_$" + std::to_string(i) + ",clean#0,the movie was good\n";
  write(scratch / "heard.csv", csv);
  write(scratch / "asr.yaml", "schema: shakedown.asr/1\ntranscripts: heard.csv\n");
  write(scratch / "asr_words.yaml",
        "schema: shakedown.suite/1\nname: asr\ncells:\n  - {perturb: text.asr_real, asr: asr.yaml}\n");
  const auto finished = run("vocab.yaml", "bert.pkl", (scratch / "asr_words.yaml").string());
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto cells = results().at("cells");
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(cells.at(2).at("reference"), "clean[text=retokenised]#0");
  EXPECT_EQ(cells.at(2).at("n_applied"), 40);
  EXPECT_GT(cells.at(2).at("flips").at("mean_shift").at("value").get<double>(), 0.01);
  EXPECT_GT(cells.at(2).at("measures").at("error_rate").get<double>(), 0.3);
  std::filesystem::remove_all(scratch / "r");
  write(scratch / "asr.yaml", "schema: shakedown.asr/1\npocketsphinx: {}\n");
  const auto refused = run("vocab.yaml", "bert.pkl", (scratch / "asr_words.yaml").string());
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.error, HasSubstr("the data has no audio.waveform"));
}

TEST_F(TokensTest, WithAVocabularyTheModelReadsOtherIdsAndTheReferenceTakesTheSamePath) {
  const auto finished = run("vocab.yaml", "bert.pkl", words);
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(results().at("warnings").dump(), Not(HasSubstr("front_end_mismatch")));
  const auto cells = results().at("cells");
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(cells.at(1).at("id"), "clean[text=retokenised]#0");
  EXPECT_EQ(cells.at(2).at("reference"), "clean[text=retokenised]#0");
  EXPECT_GT(cells.at(2).at("flips").at("mean_shift").at("value").get<double>(), 0.01);
  // The stored ids are those of the same vocabulary: both clean cells must agree to the last bit.
  EXPECT_EQ(cells.at(0).at("metrics"), cells.at(1).at("metrics"));
}

TEST_F(TokensTest, StoredIdsOfAnotherVocabularyAreAnErrorUnlessAllowedByName) {
  const auto refused = run("vocab.yaml", "other_ids.pkl", words);
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.error, HasSubstr("front_end_mismatch"));
  EXPECT_THAT(refused.error, HasSubstr("4 of 40"));
  const auto allowed = run("vocab.yaml", "other_ids.pkl", words, {"--allow", "front_end_mismatch"});
  EXPECT_EQ(allowed.code, 0) << allowed.error;
  bool warned = false;
  const auto json = results();
  for (const auto& warning : json.at("warnings")) warned = warned || warning.at("id") == "front_end_mismatch";
  EXPECT_TRUE(warned);
}

/// A byte-pair vocabulary that gives the ids of vocab.txt: each of its words is one piece, merged from the left.
void write_byte_pair(const std::string& words, const std::filesystem::path& folder) {
  const std::map<std::string, std::string> marks{
      {"[PAD]", "<pad>"}, {"[UNK]", "<unk>"}, {"[CLS]", "<s>"}, {"[SEP]", "</s>"}, {"[MASK]", "<mask>"}};
  std::vector<std::string> pieces;
  std::istringstream lines(words);
  for (std::string word; lines >> word;) pieces.push_back(marks.contains(word) ? marks.at(word) : "Ġ" + word);
  nlohmann::json ids;
  for (const std::string& piece : pieces) ids.emplace(piece, ids.size());
  ids.emplace("Ġ", ids.size());
  for (char letter = 'a'; letter <= 'z'; ++letter) ids.emplace(std::string(1, letter), ids.size());
  std::string merges = "#version: 0.2\n";
  for (const std::string& piece : pieces) {
    if (!piece.starts_with("Ġ")) continue;
    std::string done = "Ġ";
    for (const char letter : piece.substr(done.size())) {
      merges += done + " " + letter + "\n";
      done += letter;
      ids.emplace(done, ids.size());
    }
  }
  write(folder / "vocab.json", ids.dump());
  write(folder / "merges.txt", merges);
}

TEST_F(TokensTest, AnotherTokenizerTakesTheSamePath) {
  write_byte_pair(read(data / "vocab.txt"), scratch / "");
  const std::string model = "schema: shakedown.model/1\ntorchscript: " + (data / "bert.pt").string() +
                            "\nname: bag\ninputs:\n  - {from: text.bert, length: 12, vocab: vocab.json";
  write(scratch / "bpe.yaml", model + ", prefix_space: true}\n");
  const auto finished = run("bpe.yaml", "bert.pkl", words);
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(results().at("warnings").dump(), Not(HasSubstr("front_end_mismatch")));
  const auto cells = results().at("cells");
  EXPECT_EQ(cells.at(2).at("reference"), "clean[text=retokenised]#0");
  EXPECT_EQ(cells.at(0).at("metrics"), cells.at(1).at("metrics"));
  EXPECT_GT(cells.at(2).at("flips").at("mean_shift").at("value").get<double>(), 0.01);

  write(scratch / "no_blank.yaml", model + "}\n");  // the first word is then spelt out
  std::filesystem::remove_all(scratch / "r");
  const auto refused = run("no_blank.yaml", "bert.pkl", words);
  EXPECT_EQ(refused.code, 2);
  EXPECT_EQ(refused.error_lines(), 1U) << refused.error;
  EXPECT_THAT(refused.error, HasSubstr("front_end_mismatch"));
  EXPECT_THAT(refused.error, HasSubstr("40 of 40"));
}

}  // namespace
}  // namespace shakedown::test
