// text.typo, text.filler, text.unpunctuate: what is left of the text, counted by means of its own.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/media/text.h"
#include "text/rewrite.h"
#include "text_support.h"

namespace shakedown::perturb::testing {
namespace {

using ::testing::IsSupersetOf;

constexpr char kText[] = "We went to the Station, at noon; and bought seven tickets there for the evening train.";

std::vector<std::string> by_space(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

TEST(SimpleTextTest, TheFractionAskedForIsMetOverACorpusAndNested) {
  constexpr int kSentences = 400;
  for (const std::string name : {"text.typo", "text.filler", "text.unpunctuate"}) {
    for (int i = 0; i < kSentences; i += 100) {
      std::vector<std::int64_t> before;
      for (const char* fraction : {"0.05", "0.3", "0.7", "1"}) {
        const auto out = apply_to(said(kText, "en", std::to_string(i)), name, {{"fraction", fraction}});
        EXPECT_THAT(out.effect.decisions, IsSupersetOf(before)) << name;
        before = out.effect.decisions;
      }
    }
    for (const double fraction : {.05, .1, .2, .3, .5}) {
      double taken = 0, eligible = 0;
      for (int i = 0; i < kSentences; ++i) {
        const auto out = apply_to(said(kText, "en", std::to_string(i)), name, {{"fraction", std::to_string(fraction)}});
        EXPECT_EQ(out.dose.changed, out.dose.taken) << name;
        taken += out.dose.changed;
        eligible += out.dose.eligible;
      }
      EXPECT_NEAR(taken / eligible, fraction, 4 * std::sqrt(fraction * (1 - fraction) / eligible)) << name;
    }
  }
}

TEST(TypoTest, EachKindDoesWhatItsNameSays) {
  const std::string word = "stationary";
  const auto sorted = [](std::string text) {
    std::sort(text.begin(), text.end());
    return text;
  };
  for (int i = 0; i < 50; ++i) {
    const auto typed = [&](const std::string& kind) {
      return apply_to(said(word, "en", std::to_string(i)), "text.typo", {{"fraction", "1"}, {"kind", kind}})
          .after.transcript->text;
    };
    const auto differences = [&](const std::string& other) {
      std::vector<std::size_t> places;
      for (std::size_t k = 0; k < word.size(); ++k)
        if (word[k] != other[k]) places.push_back(k);
      return places;
    };
    const auto swapped = typed("swap");
    ASSERT_EQ(swapped.size(), word.size());
    const auto places = differences(swapped);
    ASSERT_EQ(places.size(), 2U) << swapped;
    EXPECT_EQ(places[1], places[0] + 1);
    EXPECT_EQ(sorted(swapped), sorted(word));
    const auto shuffled = typed("shuffle");
    EXPECT_EQ(sorted(shuffled), sorted(word));
    EXPECT_NE(shuffled, word);
    EXPECT_EQ(shuffled.front(), word.front());
    EXPECT_EQ(shuffled.back(), word.back());
    const auto beside = typed("keyboard");
    ASSERT_EQ(beside.size(), word.size());
    EXPECT_EQ(differences(beside).size(), 1U);
    const auto repeated = typed("repeat"), omitted = typed("omit");
    EXPECT_EQ(repeated.size(), word.size() + 1);
    EXPECT_EQ(std::unique(const_cast<std::string&>(repeated).begin(), const_cast<std::string&>(repeated).end()) -
                  repeated.begin(),
              static_cast<std::ptrdiff_t>(word.size()));
    EXPECT_EQ(omitted.size(), word.size() - 1);
    EXPECT_EQ(omitted.front(), word.front());
    EXPECT_EQ(omitted.back(), word.back());
  }
}

TEST(TypoTest, KeysHitAreNeighboursAndKeepTheirCase) {
  const std::map<char, std::string> neighbours = {{'A', "S"}, {'Q', "W"}, {'L', "K"}, {'M', "N"}, {'G', "FH"}};
  for (const auto& [key, keys] : neighbours) {
    std::set<char> hit;
    for (int i = 0; i < 60; ++i) {
      const std::string word(4, key);
      const auto out =
          apply_to(said(word, "en", std::to_string(i)), "text.typo", {{"fraction", "1"}, {"kind", "keyboard"}});
      for (const char c : out.after.transcript->text)
        if (c != key) hit.insert(c);
    }
    EXPECT_EQ(hit, std::set<char>(keys.begin(), keys.end())) << key;
  }
}

TEST(TypoTest, LeavesShortWordsDigitsApostrophesAndHanAlone) {
  const std::string kept = "the cat can't do it in 2026, abc4 \xE9\x9D\x9E\xE5\xB8\xB8";
  EXPECT_EQ(in_full("text.typo", kept), kept);
  const auto accented = in_full("text.typo", "\xC3\xA9t\xC3\xA9s", "fr", {{"kind", "swap"}});  // étés
  EXPECT_NE(accented, "\xC3\xA9t\xC3\xA9s");
  EXPECT_EQ(accented.size(), 6U);
  EXPECT_EQ(in_full("text.typo", "aaaa", "en", {{"kind", "swap"}}), "aaaaa");  // nothing to swap: one is repeated
}

TEST(FillerTest, AddsAndTakesNothingAway) {
  const auto before = by_space(kText);
  const auto after = in_full("text.filler", kText);
  auto rest = by_space(after);
  EXPECT_GE(rest.size(), 2 * before.size() - 1);
  std::size_t next = 0;
  for (const auto& word : rest)
    if (next < before.size() && word == before[next]) ++next;
  EXPECT_EQ(next, before.size()) << after;
  EXPECT_EQ(after.substr(0, 3), "We ");
  EXPECT_EQ(after.substr(after.size() - 6), "train.");
}

// Fillers are told from the same words of the speaker.
TEST(FillerTest, ItsDoseIsThatOfTheGapsEvenWhereTheSpeakerSaysTheSame) {
  for (const char* text : {"I think I mean you know what you know", "um er uh I I mean it", "you know I know you"}) {
    const auto gaps = static_cast<double>(media::segment_words(text, "en").size() - 1);
    for (int seed = 0; seed < 20; ++seed) {
      const auto out = apply_to(said(text, "en", std::to_string(seed)), "text.filler", {{"fraction", "0.5"}});
      EXPECT_EQ(out.dose.changed, out.dose.taken) << text << " | " << out.after.transcript->text;
    }
    EXPECT_EQ(apply_to(said(text), "text.filler", {{"fraction", "1"}}).dose.changed, gaps);
  }
  const auto spanish = apply_to(said("me gusta y no me gusta", "es"), "text.filler", {{"fraction", "1"}});
  EXPECT_EQ(spanish.effect.state, State::kSkipped);
  EXPECT_THAT(spanish.effect.reason, ::testing::HasSubstr("'es'"));
}

TEST(FillerTest, ChineseGetsItsOwnWithoutSpacesAndAJoinedWordNone) {
  const auto after = in_full("text.filler", "\xE6\x88\x91\xE4\xBB\x8A\xE5\xA4\xA9\xE5\xBE\x88\xE5\xBF\x99", "zh");
  EXPECT_EQ(after.find(' '), std::string::npos);
  EXPECT_GT(after.size(), 15U);
  EXPECT_EQ(in_full("text.filler", "well-known"), "well-known");
}

TEST(UnpunctuateTest, LeavesLowerCaseWordsAndTheMarksInsideThem) {
  EXPECT_EQ(in_full("text.unpunctuate", kText),
            "we went to the station at noon and bought seven tickets there for the evening train");
  EXPECT_EQ(in_full("text.unpunctuate", "I don't pay 3.5, NEVER!"), "i don't pay 3.5 never");
  EXPECT_EQ(in_full("text.unpunctuate", "well-known... good,but - no"), "well known good but no");
  EXPECT_EQ(in_full("text.unpunctuate", "\xE5\xA5\xBD\xE3\x80\x82\xE4\xB8\x8D\xEF\xBC\x81", "zh"),
            "\xE5\xA5\xBD\xE4\xB8\x8D");
  EXPECT_EQ(in_full("text.unpunctuate", "\xC3\x89t\xC3\xA9", "fr"), "\xC3\xA9t\xC3\xA9");
}

TEST(SimpleTextTest, SaysWhenThereIsNothingToDo) {
  for (const std::string name : {"text.typo", "text.filler", "text.unpunctuate"}) {
    const auto out = apply_to(said(""), name, {{"fraction", "1"}});
    EXPECT_EQ(out.effect.state, State::kIneligible) << name;
    EXPECT_FALSE(out.effect.reason.empty());
  }
}

TEST(RewriteTest, WordTimesFollowTheirWords) {
  const Transcript before{"we like trains", {{0, 2, 0.1, 0.2}, {3, 7, 0.3, 0.5}, {8, 14, 0.6, 0.9}}, "en"};
  const auto words = [](const Transcript& after) {
    std::vector<std::string> found;
    for (const auto& word : after.times) found.push_back(after.text.substr(word.begin, word.end - word.begin));
    return found;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(words(rewrite(before, {{3, 3, "uh "}, {8, 8, "um "}})), ElementsAre("we", "like", "trains"));
  EXPECT_THAT(words(rewrite(before, {{2, 2, "!"}, {14, 14, "."}})), ElementsAre("we", "like", "trains"));
  EXPECT_THAT(words(rewrite(before, {{3, 7, "loathe"}})), ElementsAre("we", "loathe", "trains"));
  EXPECT_THAT(words(rewrite(before, {{3, 8, ""}})), ElementsAre("we", "trains"));
  EXPECT_THAT(words(rewrite(before, {{0, 1, "W"}, {4, 5, "o"}})), ElementsAre("We", "loke", "trains"));
  EXPECT_EQ(rewrite(before, {{3, 8, ""}}).times[1].start_s, 0.6);
}

}  // namespace
}  // namespace shakedown::perturb::testing
