#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "text.word_drop";

std::string after_losing_all(const std::string& text, const std::string& language = "en") {
  return in_full(kName, text, language);
}

std::size_t words_by_space(const std::string& text) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    words += c != ' ' && !inside ? 1 : 0;
    inside = c != ' ';
  }
  return words;
}

TEST(WordDropTest, LosesTheFractionOfEligibleWordsAskedFor) {
  const std::string text = "we went to the station at noon and bought a ticket there";
  constexpr int kSentences = 500;
  for (const double fraction : {.05, .1, .2, .3, .5}) {
    double lost = 0, taken = 0, eligible = 0;
    for (int i = 0; i < kSentences; ++i) {
      const auto out = apply_to(said(text, "en", std::to_string(i)), kName, {{"fraction", std::to_string(fraction)}});
      lost += static_cast<double>(words_by_space(text) - words_by_space(out.after.transcript->text));
      taken += out.dose.taken;
      eligible += out.dose.eligible;
      EXPECT_EQ(out.dose.changed, out.dose.taken);
    }
    EXPECT_EQ(eligible, 12.0 * kSentences);
    EXPECT_EQ(taken, lost);
    EXPECT_NEAR(lost / eligible, fraction, 4 * std::sqrt(fraction * (1 - fraction) / eligible));
  }
}

TEST(WordDropTest, LosesAtAHigherDoseWhatItLosesAtALowerOne) {
  const Sample sample = said("we went to the station at noon and bought a ticket there for the evening train");
  std::vector<std::int64_t> lost;
  for (const char* fraction : {"0.05", "0.2", "0.5", "0.9", "1"}) {
    const auto out = apply_to(sample, kName, {{"fraction", fraction}});
    EXPECT_THAT(out.effect.decisions, ::testing::IsSupersetOf(lost));
    lost = out.effect.decisions;
  }
  EXPECT_EQ(lost.size(), 16U);
}

TEST(WordDropTest, LeavesWhatItDoesNotTakeByteForByte) {
  EXPECT_EQ(after_losing_all("The  movie was NOT good, by the way!"), " NOT good,!");
  EXPECT_EQ(after_losing_all("I like it."), "like.");
  EXPECT_EQ(after_losing_all("\"Love\" -- the film \xE2\x80\x94 (never) \xF0\x9F\x98\x80 ends"),
            "\"Love\" -- \xE2\x80\x94 (never) \xF0\x9F\x98\x80");
}

TEST(WordDropTest, KeepsNegatorsAndSentimentWordsInEveryForm) {
  const std::string kept =
      "not Never don't can\xE2\x80\x99t hardly without Loved hating happiest sadly uglier boring disappointed GREAT";
  EXPECT_EQ(after_losing_all("table " + kept + " table"), kept);
}

TEST(WordDropTest, KeepsChineseNegatorsAndSentimentWords) {
  const std::string text =
      "\xE6\x88\x91\xE4\xBB\x8A\xE5\xA4\xA9\xE5\xBE\x88\xE9\xAB\x98\xE5\x85\xB4";  // I today very glad
  const std::string glad = "\xE9\xAB\x98\xE5\x85\xB4";
  const std::string after = after_losing_all(text, "zh");
  EXPECT_LT(after.size(), text.size());
  EXPECT_THAT(after, ::testing::HasSubstr(glad));
  EXPECT_EQ(after_losing_all("\xE4\xB8\x8D", "zh"), "\xE4\xB8\x8D");  // not
  EXPECT_THAT(after_losing_all("今天天气真好", "zh"), ::testing::HasSubstr("真好"))
      << "one word of ICU's, two of the lexicon's";
}

TEST(WordDropTest, MayLeaveNothingWhenNoWordIsProtected) {
  const auto out = apply_to(said("not all good"), kName, {{"fraction", "1"}, {"protect", "none"}});
  EXPECT_EQ(out.effect.state, State::kApplied);
  EXPECT_EQ(out.after.transcript->text, "");
  EXPECT_EQ(out.dose.taken, 3);
  EXPECT_EQ(out.dose.total, 3);
}

TEST(WordDropTest, SaysWhenNothingCouldBeLost) {
  for (const char* text : {"", "  ...", "not good"}) {
    const auto out = apply_to(said(text), kName, {{"fraction", "1"}});
    EXPECT_EQ(out.effect.state, State::kIneligible) << text;
    EXPECT_FALSE(out.effect.reason.empty());
    EXPECT_EQ(out.after.transcript, out.before.transcript);
    EXPECT_EQ(out.dose.eligible, 0);
  }
}

TEST(WordDropTest, TouchesTheBytesThatAreGone) {
  const std::string text = "I like it.";
  const auto out = apply_to(said(text), kName, {{"fraction", "1"}});
  std::string rest;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool gone = false;
    for (const Span& span : out.effect.touched) {
      gone |= static_cast<double>(i) >= span.begin && static_cast<double>(i) < span.end;
    }
    if (!gone) rest.push_back(text[i]);
  }
  EXPECT_EQ(rest, out.after.transcript->text);
}

TEST(WordDropTest, WordTimesFollowTheirWords) {
  Sample sample = said("we like trains");
  Transcript transcript = *sample.transcript;
  transcript.times = {{0, 2, 0.1, 0.2}, {3, 7, 0.3, 0.5}, {8, 14, 0.6, 0.9}};
  sample.transcript = std::make_shared<const Transcript>(transcript);
  const auto out = apply_to(sample, kName, {{"fraction", "1"}});
  ASSERT_EQ(out.after.transcript->text, "like");
  ASSERT_EQ(out.after.transcript->times.size(), 1U);
  const auto& word = out.after.transcript->times.front();
  EXPECT_EQ(out.after.transcript->text.substr(word.begin, word.end - word.begin), "like");
  EXPECT_EQ(word.start_s, 0.3);
}

TEST(WordDropTest, KeepsTheLabelOnlyWhileSentimentIsProtected) {
  const auto& spec = builtins().find(kName);
  EXPECT_EQ(spec.label_effect({}, {}), LabelEffect::kInvariant);
  EXPECT_EQ(spec.label_effect({{"protect", "none"}}, {}), LabelEffect::kUnknowable);
}

}  // namespace
}  // namespace shakedown::perturb::testing
