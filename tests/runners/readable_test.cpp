#include "readable.h"

#include <gtest/gtest.h>

#include "shakedown/core/yaml.h"

namespace shakedown::runners {
namespace {

constexpr const char* kTokenizers = SHAKEDOWN_SOURCE_DIR "/tests/data/media/tokenizers";

perturb::Readable readable(const std::string& inputs) {
  const std::string text = "schema: shakedown.model/1\ntorchscript: m.pt\ninputs:\n" + inputs + "output: {index: 0}\n";
  return readable_by(models::Manifest::parse(Yaml::parse(text, "model.yaml"), kTokenizers));
}

std::size_t bytes(const perturb::Readable& readable, const std::string& text) {
  return readable({text, {}, "en"});
}

TEST(ReadableTest, AModelReadsAsManyWordsAsItsTokensHold) {
  const auto four = readable("  - {from: text.bert, vocab: uncased.txt, length: 4}\n");
  ASSERT_TRUE(four);
  EXPECT_EQ(bytes(four, "the the"), 7U);
  EXPECT_EQ(bytes(four, "the the the the the"), 7U) << "two of the four are special";
}

TEST(ReadableTest, OfSeveralInputsTheLongestCounts) {
  const auto both = readable(
      "  - [{from: text.bert, vocab: uncased.txt, length: 4}, {from: text.tokens, vocab: pieces.model, "
      "tokenizer: deberta_v2, length: 100}]\n");
  ASSERT_TRUE(both);
  EXPECT_EQ(bytes(both, "the the the the the"), 19U);
}

TEST(ReadableTest, NothingIsCutForAModelThatReadsAllOrNoText) {
  EXPECT_FALSE(readable("  - {from: audio.features}\n"));
  EXPECT_FALSE(readable("  - {from: text.string}\n"));
  EXPECT_FALSE(readable("  - {from: text.bert, vocab: uncased.txt}\n"));
  EXPECT_FALSE(readable("  - {from: text.bert, length: 4}\n")) << "stored ids are cut as ids";
}

}  // namespace
}  // namespace shakedown::runners
