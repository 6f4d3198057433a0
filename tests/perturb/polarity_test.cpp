// Polarity of a transcript with negation scope, on sentences judged by hand.
#include "text/polarity.h"

#include <gtest/gtest.h>

#include "perturb/support.h"

namespace shakedown::perturb {
namespace {

TEST(PolarityTest, CountsSentimentWords) {
  EXPECT_EQ(text_polarity("a wonderful and funny movie", "en"), 2);
  EXPECT_EQ(text_polarity("a boring film", "en"), -1);
  EXPECT_EQ(text_polarity("she opened the door", "en"), 0);
  EXPECT_EQ(text_polarity("", "en"), 0);
}

TEST(PolarityTest, NegatorsTurnRoundWhatStandsInTheirScope) {
  EXPECT_EQ(text_polarity("it was not good", "en"), -1);
  EXPECT_EQ(text_polarity("it wasn't really that good", "en"), -1);
  EXPECT_EQ(text_polarity("I have never been bored", "en"), 1);
  EXPECT_EQ(text_polarity("nobody was not happy", "en"), 1) << "an even number of negators";
}

TEST(PolarityTest, TheScopeEndsWithTheClauseOrAfterFourWords) {
  EXPECT_EQ(text_polarity("no, it is good", "en"), 1);
  EXPECT_EQ(text_polarity("I do not know but it is good", "en"), 1);
  EXPECT_EQ(text_polarity("not one of those who were there was happy", "en"), 1);
}

TEST(PolarityTest, NotOnlyIsNoNegation) {
  EXPECT_EQ(text_polarity("not only funny", "en"), 1);
  EXPECT_EQ(text_polarity("not funny", "en"), -1);
}

TEST(PolarityTest, ChineseWordsCarryTheirOwnNegator) {
  EXPECT_EQ(text_polarity("\xE5\xBE\x88\xE5\xA5\xBD", "zh"), 1);                          // 很好
  EXPECT_LT(text_polarity("\xE6\x88\x91\xE4\xB8\x8D\xE9\xAB\x98\xE5\x85\xB4", "zh"), 0);  // 我不高兴
}

TEST(PolarityTest, DirectionIsTheSignOfTheChange) {
  const auto direction = [](const char* before, const char* after) {
    return direction_of_change({before, {}, "en"}, {after, {}, "en"});
  };
  EXPECT_EQ(direction("a good film", "a bad film"), -1);
  EXPECT_EQ(direction("a good film", "not a good film"), -1);
  EXPECT_EQ(direction("a good film", "a film"), -1) << "towards neutral";
  EXPECT_EQ(direction("a bad film", "a film"), 1);
  EXPECT_EQ(direction("a good film", "a nice film"), 0);
}

TEST(PolarityTest, DirectionalExternalCellsStateIt) {
  class Rewritten final : public Corpus {
   public:
    explicit Rewritten(const Corpus& whole) : whole_(whole) {}
    std::size_t size() const override { return whole_.size(); }
    const SampleInfo& info(std::size_t index) const override { return whole_.info(index); }
    const std::vector<std::size_t>& by_id() const override { return whole_.by_id(); }
    Sample load(std::size_t index) const override { return whole_.load(index); }
    Shared<FeatureStatistics> statistics(Form form) const override { return whole_.statistics(form); }
    std::optional<Sample> external(const std::string&, const std::string& id) const override {
      Sample other;
      other.id = id;
      other.transcript = std::make_shared<Transcript>(Transcript{"it was terrible", {}, "en"});
      return other;
    }

   private:
    const Corpus& whole_;
  };
  const auto corpus = synthetic_corpus(2);
  Sample sample = corpus->load(0);
  sample.transcript = std::make_shared<Transcript>(Transcript{"it was great", {}, "en"});
  const auto directed = [&](const char* effect) {
    const ParamMap params = {{"data", "x"}, {"label_effect", effect}};
    return apply_parts(sample, {part_of("external", params)}, Rewritten(*corpus), 1, 0).effects.front().direction;
  };
  EXPECT_EQ(directed("directional"), -1);
  EXPECT_EQ(directed("invariant"), 0);
}

}  // namespace
}  // namespace shakedown::perturb
