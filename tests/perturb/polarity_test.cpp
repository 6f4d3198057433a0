// Polarity of a transcript with negation scope, on sentences judged by hand.
#include "text/polarity.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "perturb/support.h"
#include "shakedown/core/text.h"
#include "shakedown/media/text.h"
#include "text/sentiment_words.h"

namespace shakedown::perturb {
namespace {

int polarity_in(const std::string& text, const std::string& language) {
  return text_polarity({text, {}, language});
}

TEST(PolarityTest, CountsSentimentWords) {
  EXPECT_EQ(polarity_in("a wonderful and funny movie", "en"), 2);
  EXPECT_EQ(polarity_in("a boring film", "en"), -1);
  EXPECT_EQ(polarity_in("she opened the door", "en"), 0);
  EXPECT_EQ(polarity_in("", "en"), 0);
}

TEST(PolarityTest, NegatorsTurnRoundWhatStandsInTheirScope) {
  EXPECT_EQ(polarity_in("it was not good", "en"), -1);
  EXPECT_EQ(polarity_in("it wasn't really that good", "en"), -1);
  EXPECT_EQ(polarity_in("I have never been bored", "en"), 1);
  EXPECT_EQ(polarity_in("nobody was not happy", "en"), 1) << "an even number of negators";
}

TEST(PolarityTest, TheScopeEndsWithTheClauseOrAfterFourWords) {
  EXPECT_EQ(polarity_in("no, it is good", "en"), 1);
  EXPECT_EQ(polarity_in("I do not know but it is good", "en"), 1);
  EXPECT_EQ(polarity_in("not one of those who were there was happy", "en"), 1);
}

TEST(PolarityTest, NotOnlyIsNoNegation) {
  EXPECT_EQ(polarity_in("not only funny", "en"), 1);
  EXPECT_EQ(polarity_in("not funny", "en"), -1);
}

TEST(PolarityTest, ChineseWordsCarryTheirOwnNegator) {
  EXPECT_EQ(polarity_in("\xE5\xBE\x88\xE5\xA5\xBD", "zh"), 1);                          // 很好
  EXPECT_LT(polarity_in("\xE6\x88\x91\xE4\xB8\x8D\xE9\xAB\x98\xE5\x85\xB4", "zh"), 0);  // 我不高兴
}

TEST(PolarityTest, DirectionIsTheSignOfTheChange) {
  const auto direction = [](const char* before, const char* after) {
    return direction_of_change(text_polarity({before, {}, "en"}), {after, {}, "en"});
  };
  EXPECT_EQ(direction("a good film", "a bad film"), -1);
  EXPECT_EQ(direction("a good film", "not a good film"), -1);
  EXPECT_EQ(direction("a good film", "a film"), -1) << "towards neutral";
  EXPECT_EQ(direction("a bad film", "a film"), 1);
  EXPECT_EQ(direction("a good film", "a nice film"), 0);
}

TEST(PolarityTest, DirectionalExternalCellsStateIt) {
  Sample other;
  other.transcript = std::make_shared<Transcript>(Transcript{"it was terrible", {}, "en"});
  const auto corpus = synthetic_corpus(2);
  Sample sample = corpus->load(0);
  sample.transcript = std::make_shared<Transcript>(Transcript{"it was great", {}, "en"});
  const auto directed = [&](const char* effect) {
    const ParamMap params = {{"data", "x"}, {"label_effect", effect}};
    return apply_parts(sample, {part_of("external", params)}, WithExternal(*corpus, other), 1, 0)
        .effects.front()
        .direction;
  };
  EXPECT_EQ(directed("directional"), -1);
  EXPECT_EQ(directed("invariant"), 0);
}

// Sentences with a negator, rated by twenty people each (Hutto and Gilbert, ICWSM 2014).
TEST(PolarityTest, OnRatedSentencesTheScopeAgreesMoreOftenThanABagOfWords) {
  const char* root = std::getenv("SHAKEDOWN_REAL_DATA");
  if (root == nullptr) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA is not set";
  std::size_t rated = 0, by_scope = 0, by_bag = 0;
  for (const char* kind : {"amazonReviewSnippets", "movieReviewSnippets", "tweets"}) {
    std::ifstream file(std::filesystem::path(root) / "text/vader" / (std::string(kind) + "_GroundTruth.txt"));
    ASSERT_TRUE(file) << kind;
    for (std::string line; std::getline(file, line);) {
      const auto fields = split(line, '\t');
      const auto rating = fields.size() == 3 ? parse_number(fields[1]) : std::nullopt;
      if (!rating || std::abs(*rating) < 1) continue;
      int bag = 0;
      bool negated = false;
      for (const auto& [begin, end] : media::segment_words(fields[2], "en")) {
        const std::string word = media::lower_case(fields[2].substr(begin, end - begin));
        bag += polarity(word);
        negated = negated || is_negator(word);
      }
      const int scope = polarity_in(fields[2], "en");
      if (!negated || bag == 0 || scope == 0) continue;
      ++rated;
      by_scope += (scope > 0) == (*rating > 0) ? 1 : 0;
      by_bag += (bag > 0) == (*rating > 0) ? 1 : 0;
    }
  }
  RecordProperty("rated", static_cast<int>(rated));
  RecordProperty("by_scope", static_cast<int>(by_scope));
  RecordProperty("by_bag", static_cast<int>(by_bag));
  EXPECT_GT(rated, 500U);
  EXPECT_GT(by_scope, by_bag);
  EXPECT_GT(static_cast<double>(by_scope), 0.7 * static_cast<double>(rated))
      << "irony and faint praise are beyond words";
}

}  // namespace
}  // namespace shakedown::perturb
