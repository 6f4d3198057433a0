// text.sentiment_*, text.negation, text.double_denial and the lexicon, on sentences judged by hand and against a
// lexicon made by others.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/media/text.h"
#include "text/lexicon.h"
#include "text/sentiment_units.h"
#include "text/sentiment_words.h"
#include "text_support.h"

namespace shakedown::perturb::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
namespace fs = std::filesystem;

std::vector<std::vector<std::string>> rows_of(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) rows.push_back(split(line, '\t'));
  }
  return rows;
}

fs::path data(const char* name) {
  return fs::path(SHAKEDOWN_TEST_DATA) / "text" / name;
}

/// VADER's mean ratings; empty where the real data is absent.
std::map<std::string, double> vader() {
  const char* root = std::getenv("SHAKEDOWN_REAL_DATA");
  std::map<std::string, double> ratings;
  if (root == nullptr) return ratings;
  for (const auto& row : rows_of(fs::path(root) / "text/vader/vader_lexicon.txt")) {
    if (row.size() > 1) ratings[row[0]] = parse_number(row[1]).value_or(0);
  }
  return ratings;
}

double rating(const std::map<std::string, double>& ratings, std::string words) {
  for (const char* degree : {"more ", "most "}) {
    if (words.starts_with(degree)) words = words.substr(5);
  }
  const auto found = ratings.find(words);
  return found == ratings.end() ? 0 : found->second;
}

TEST(SentimentReplaceTest, AntonymsKeepTheFormOnSentencesJudgedByHand) {
  const auto rows = rows_of(data("antonyms_en.tsv"));
  ASSERT_GE(rows.size(), 200U);
  double kept = 0;
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 3U);
    EXPECT_EQ(in_full("text.sentiment_replace", row[0]), row[1]);
    kept += row[2] == "yes" ? 1 : 0;
  }
  EXPECT_GE(kept, 0.95 * static_cast<double>(rows.size()));
}

TEST(SentimentReplaceTest, AnIndependentLexiconSeesTheSentencesReversed) {
  const auto ratings = vader();
  if (ratings.empty()) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA is not set";
  const auto sum = [&](const std::string& text) {
    double total = 0;
    for (const auto& [begin, end] : media::segment_words(text, "en"))
      total += rating(ratings, media::lower_case(text.substr(begin, end - begin)));
    return total;
  };
  std::size_t rated = 0, reversed = 0;
  for (const auto& row : rows_of(data("antonyms_en.tsv"))) {
    const double before = sum(row[0]), after = sum(row[1]);
    if (before == 0 || after == 0) continue;
    ++rated;
    reversed += before * after < 0 ? 1 : 0;
  }
  RecordProperty("rated", static_cast<int>(rated));
  RecordProperty("reversed", static_cast<int>(reversed));
  EXPECT_GT(rated, 100U);
  EXPECT_GE(static_cast<double>(reversed), 0.95 * static_cast<double>(rated));
}

TEST(LexiconTest, IsAsLargeAsItSaysAndAgreesWithItself) {
  EXPECT_GE(Lexicon::builtin("en").size(), 2500U);
  EXPECT_GE(Lexicon::builtin("zh").size(), 1500U);
  for (const char* language : {"en", "zh"}) {
    const Lexicon& lexicon = Lexicon::builtin(language);
    const auto sign_of = [&](std::string words) {
      for (const char* degree : {"more ", "most "}) {
        if (words.starts_with(degree)) words = words.substr(5);
      }
      const auto& senses = lexicon.find(words);
      return senses.empty() ? 0 : senses.front().polarity > 0 ? 1 : -1;
    };
    for (const auto& [word, sign] : lexicon.signs()) {
      for (const LexiconEntry& sense : lexicon.find(word)) {
        EXPECT_TRUE(lexicon.find(sense.neutral).empty()) << word << " -> " << sense.neutral;
        EXPECT_EQ(sense.polarity > 0, sign > 0) << word << " has senses of both signs";
        if (!sense.antonym.empty()) {
          EXPECT_EQ(sign_of(sense.antonym), -sign) << word << " -> " << sense.antonym;
        }
        if (!sense.synonym.empty()) {
          EXPECT_EQ(sign_of(sense.synonym), sign) << word << " -> " << sense.synonym;
        }
      }
    }
  }
}

// Strong words that were written down without a look at the lexicon or at another: what it knows of them is held out.
TEST(LexiconTest, KnowsStrongWordsWrittenDownWithoutIt) {
  const auto known = [](std::initializer_list<const char*> words, int sign) {
    std::size_t right = 0;
    for (const char* word : words) {
      EXPECT_NE(polarity(word), -sign) << word;
      if (polarity(word) == 0) std::printf("not known: %s\n", word);
      right += polarity(word) == sign ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(words.size());
  };
  EXPECT_GE(known({"amazing",      "brilliant", "charming",    "delightful", "elegant",   "fantastic",   "generous",
                   "heartwarming", "inspiring", "joyful",      "kindness",   "lovely",    "magnificent", "outstanding",
                   "perfect",      "radiant",   "splendid",    "terrific",   "uplifting", "wonderful",   "adore",
                   "applauded",    "blessed",   "celebrate",   "cheerful",   "dazzling",  "ecstatic",    "enjoyed",
                   "exquisite",    "flawless",  "gorgeous",    "grateful",   "happiest",  "hilarious",   "impressive",
                   "laughed",      "loved",     "masterpiece", "memorable",  "praise",    "proud",       "refreshing",
                   "satisfying",   "smiled",    "stunning",    "superb",     "thrilled",  "triumph",     "witty",
                   "beautifully"},
                  1),
            0.85);
  EXPECT_GE(known({"awful",     "abysmal",    "boring",     "clumsy",       "disgusting",  "dreadful",  "embarrassing",
                   "failure",   "ghastly",    "hated",      "horrible",     "incompetent", "insulting", "lousy",
                   "miserable", "nasty",      "offensive",  "pathetic",     "repulsive",   "sadness",   "terrible",
                   "ugly",      "unbearable", "vile",       "worthless",    "annoyed",     "betrayed",  "cried",
                   "cruel",     "depressing", "despair",    "disappointed", "disaster",    "dull",      "frightened",
                   "furious",   "garbage",    "hopeless",   "idiotic",      "lonely",      "mediocre",  "nightmare",
                   "painful",   "regret",     "ridiculous", "shameful",     "suffering",   "tedious",   "tragic",
                   "worst"},
                  -1),
            0.85);
}

TEST(LexiconTest, PartnersHaveTheOtherOrTheSameSignInAnIndependentLexicon) {
  const auto ratings = vader();
  if (ratings.empty()) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA is not set";
  double antonyms = 0, opposite = 0, synonyms = 0, alike = 0;
  for (const auto& [word, sign] : Lexicon::builtin("en").signs()) {
    const double own = rating(ratings, word);
    if (own == 0) continue;
    for (const LexiconEntry& sense : Lexicon::builtin("en").find(word)) {
      const double against = rating(ratings, sense.antonym), with = rating(ratings, sense.synonym);
      antonyms += against != 0 ? 1 : 0;
      opposite += against * own < 0 ? 1 : 0;
      synonyms += with != 0 ? 1 : 0;
      alike += with * own > 0 ? 1 : 0;
    }
  }
  RecordProperty("antonyms", static_cast<int>(antonyms));
  RecordProperty("opposite", static_cast<int>(opposite));
  RecordProperty("synonyms", static_cast<int>(synonyms));
  RecordProperty("alike", static_cast<int>(alike));
  EXPECT_GT(antonyms, 1000);
  EXPECT_GE(opposite, 0.95 * antonyms);
  EXPECT_GE(alike, 0.95 * synonyms);
}

TEST(LexiconTest, KnowsTheStronglyRatedWordsOfAnIndependentLexicon) {
  const auto ratings = vader();
  if (ratings.empty()) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA is not set";
  int strong = 0, listed = 0, known = 0, opposite = 0;
  for (const auto& [word, mean] : ratings) {
    const bool letters =
        std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-' || c == '\''; });
    if (std::abs(mean) < 2 || !letters) continue;
    ++strong;
    listed += Lexicon::builtin("en").find(word).empty() ? 0 : 1;
    const int sign = polarity(word);
    known += sign * mean > 0 ? 1 : 0;
    opposite += sign * mean < 0 ? 1 : 0;
  }
  RecordProperty("strong", strong);
  RecordProperty("listed", listed);
  RecordProperty("known", known);
  RecordProperty("opposite", opposite);
  EXPECT_GE(known, 0.85 * strong) << "forms and derivations of listed words count";
  EXPECT_LT(opposite, 0.01 * strong);
}

// Sentences of this project, marked before the lexicon was tried on them; lexicon and segmentation were then mended on
// the errors of the first run, so this holds what was reached and is no blind test. 很差 and 差 are the same find.
TEST(LexiconTest, FindsTheWordsOfChineseSentencesMarkedByHand) {
  const auto rows = rows_of(data("sentiment_zh.tsv"));
  ASSERT_GE(rows.size(), 300U);
  const auto bare = [](std::string word) {
    for (const std::string degree : {"很", "太", "真", "最", "超"}) {
      const bool whole = word.starts_with(degree) && word.size() == 2 * degree.size() + 1;  // and the sign
      if (whole) return word.substr(degree.size());
    }
    return word;
  };
  double hits = 0, found = 0, marked = 0;
  for (const auto& row : rows) {
    std::set<std::string> expected, got;
    for (const std::string& word : split(row.at(1), ' ')) {
      if (!word.empty()) expected.insert(bare(word));
    }
    for (const SentimentText text = SentimentReader("").read({row[0], {}, "zh"}); const auto& unit : text.units)
      got.insert(bare(unit.sense.word + (unit.sense.polarity > 0 ? "+" : "-")));
    marked += static_cast<double>(expected.size());
    found += static_cast<double>(got.size());
    for (const auto& word : got) hits += static_cast<double>(expected.count(word));
  }
  RecordProperty("marked", static_cast<int>(marked));
  RecordProperty("found", static_cast<int>(found));
  RecordProperty("hits", static_cast<int>(hits));
  EXPECT_GE(hits, 0.95 * found) << "precision";
  EXPECT_GE(hits, 0.9 * marked) << "recall";
}

TEST(SentimentTest, TheFractionAskedForIsMetOverACorpusWithOneWordEach) {
  constexpr int kSentences = 1000;
  for (const std::string name : {"text.sentiment_replace", "text.sentiment_mask", "text.sentiment_delete",
                                 "text.negation", "text.double_denial"}) {
    for (int i = 0; i < 40; ++i) {
      std::vector<std::int64_t> before;
      for (const char* fraction : {"0.2", "0.6", "1"}) {
        const auto out =
            apply_to(said("It was good. He is a bad man.", "en", std::to_string(i)), name, {{"fraction", fraction}});
        EXPECT_THAT(out.effect.decisions, IsSupersetOf(before)) << name;
        before = out.effect.decisions;
      }
    }
    for (const double fraction : {.2, .4, .8}) {
      double changed = 0;
      for (int i = 0; i < kSentences; ++i) {
        const std::string text = "The meal was good";
        const auto out = apply_to(said(text, "en", std::to_string(i)), name, {{"fraction", std::to_string(fraction)}});
        EXPECT_EQ(out.dose.eligible, 1);
        EXPECT_EQ(out.dose.changed, out.dose.taken);
        changed += out.after.transcript->text != text ? 1 : 0;
      }
      EXPECT_NEAR(changed / kSentences, fraction, 4 * std::sqrt(fraction * (1 - fraction) / kSentences)) << name;
    }
  }
}

TEST(SentimentReplaceTest, WhatBecomesOfNotGoodIsANamedChoice) {
  const auto replaced = [](const char* text, const char* with, const char* negated, const char* language = "en") {
    return in_full("text.sentiment_replace", text, language, {{"with", with}, {"negated", negated}});
  };
  EXPECT_EQ(replaced("It was not good.", "antonym", "word"), "It was not bad.");
  EXPECT_EQ(replaced("It was not good.", "antonym", "phrase"), "It was good.");
  EXPECT_EQ(replaced("It was not good.", "antonym", "keep"), "It was not good.");
  EXPECT_EQ(replaced("It wasn't good.", "antonym", "phrase"), "It was good.");
  EXPECT_EQ(replaced("It can\xE2\x80\x99t be good.", "antonym", "phrase"), "It can be good.");
  EXPECT_EQ(replaced("He won't be happy", "neutral", "phrase"), "He will be quiet");
  EXPECT_EQ(replaced("It was not good.", "synonym", "keep"), "It was not fine.");
  EXPECT_EQ(replaced("我不高兴", "antonym", "phrase", "zh"), "我高兴");
  EXPECT_EQ(replaced("我不高兴", "antonym", "word", "zh"), "我不难过");
  EXPECT_EQ(replaced("我不高兴", "antonym", "word", "cmn"), "我不难过");
}

TEST(SentimentReplaceTest, ArticlesCaseAndTheRestFollow) {
  const auto antonym = [](const char* text) { return in_full("text.sentiment_replace", text); };
  EXPECT_EQ(antonym("A great,  GREAT film -- Great!"), "An awful,  AWFUL film -- Awful!");
  EXPECT_EQ(antonym("It is an awful film"), "It is a great film");
  EXPECT_EQ(in_full("text.sentiment_delete", "an awful very good film"), "a film");
  EXPECT_EQ(antonym("He looks like a friend"), "He looks like an enemy");
  EXPECT_EQ(antonym("they would like to go"), "they would like to go");
  EXPECT_EQ(antonym("it was terribly long"), "it was terribly long");
}

TEST(SentimentMaskTest, KeepsThePlacesOfTheWords) {
  EXPECT_EQ(in_full("text.sentiment_mask", "I loved the bad, BAD film."), "I _ the _, _ film.");
  EXPECT_EQ(in_full("text.sentiment_mask", "not good", "en", {{"negated", "phrase"}, {"mask", "[MASK]"}}),
            "[MASK] [MASK]");
  EXPECT_EQ(in_full("text.sentiment_mask", "It was not good, the end was bad.", "en", {{"negated", "keep"}}),
            "It was not good, the end was _.");
  EXPECT_EQ(in_full("text.sentiment_mask", "他非常高兴", "zh"), "他非常_");
  EXPECT_THROW((void)builtins().find("text.sentiment_mask").create({{"mask", " "}}), Error);
}

TEST(SentimentDeleteTest, TheDegreeAdverbGoesAlong) {
  EXPECT_EQ(in_full("text.sentiment_delete", "It was a very good film."), "It was a film.");
  EXPECT_EQ(in_full("text.sentiment_delete", "It was not good.", "en", {{"negated", "phrase"}}), "It was.");
  EXPECT_EQ(in_full("text.sentiment_delete", "great wonderful film"), "film");
  EXPECT_EQ(in_full("text.sentiment_delete", "It was not good, the end was bad.", "en", {{"negated", "keep"}}),
            "It was not good, the end was.");
}

TEST(NegationTest, TurnsThePredicateRound) {
  const auto negated = [](const char* text, const char* language = "en") {
    return in_full("text.negation", text, language);
  };
  EXPECT_EQ(negated("The film was really good."), "The film was not really good.");
  EXPECT_EQ(negated("I loved it. She hates him. They like us."),
            "I did not love it. She does not hate him. They do not like us.");
  EXPECT_EQ(negated("It was good and the end was bad."), "It was not good and the end was bad.")
      << "one word, the first";
  EXPECT_EQ(negated("I really love it"), "I do not really love it");
  EXPECT_EQ(negated("It's great"), "It's not great");
  EXPECT_EQ(negated("It isn't bad at all."), "It is bad.");
  EXPECT_EQ(negated("Is it good?"), "Is it good?") << "not eligible";
  EXPECT_EQ(negated("The door was open."), "The door was open.") << "no matter of sentiment";
  EXPECT_EQ(in_full("text.negation", "It was not good", "en", {{"negated", "keep"}}), "It was not good");
  EXPECT_EQ(negated("我很喜欢你", "zh"), "我不喜欢你");
  EXPECT_EQ(negated("我不喜欢你", "zh"), "我喜欢你");
  EXPECT_EQ(negated("他欺骗了我", "zh"), "他没欺骗我");
}

TEST(DoubleDenialTest, SaysTheSameByDenyingTheOpposite) {
  const auto denied = [](const char* text, const char* language = "en") {
    return in_full("text.double_denial", text, language);
  };
  EXPECT_EQ(denied("The film was good."), "The film was not bad.");
  EXPECT_EQ(denied("It was good and the end was bad."), "It was not bad and the end was bad.") << "one word, the first";
  EXPECT_EQ(denied("An awful film"), "A not great film");
  EXPECT_EQ(denied("It was very good"), "It was not at all bad");
  EXPECT_EQ(denied("I loved it"), "I did not hate it");
  EXPECT_EQ(denied("so good that we stayed; the best"), "so good that we stayed; the best");
  EXPECT_EQ(denied("not good"), "not good");
  EXPECT_EQ(denied("我很高兴", "zh"), "我不难过");
}

TEST(SentimentTest, LabelEffectsAndDirections) {
  const auto direction = [](const char* name, const char* text, ParamMap params) {
    params["fraction"] = "1";
    return apply_to(said(text), name, params).effect.direction;
  };
  const auto& replace = builtins().find("text.sentiment_replace");
  EXPECT_EQ(replace.label_effect({{"with", "antonym"}}, {}), LabelEffect::kDirectional);
  EXPECT_EQ(replace.label_effect({{"with", "neutral"}}, {}), LabelEffect::kDirectional);
  EXPECT_EQ(replace.label_effect({{"with", "synonym"}}, {}), LabelEffect::kInvariant);
  EXPECT_EQ(builtins().find("text.sentiment_mask").label_effect({}, {}), LabelEffect::kDirectional);
  EXPECT_EQ(builtins().find("text.sentiment_delete").label_effect({}, {}), LabelEffect::kDirectional);
  EXPECT_EQ(builtins().find("text.negation").label_effect({}, {}), LabelEffect::kDirectional);
  EXPECT_EQ(builtins().find("text.double_denial").label_effect({}, {}), LabelEffect::kInvariant);
  EXPECT_EQ(direction("text.sentiment_replace", "a good film", {}), -1);
  EXPECT_EQ(direction("text.sentiment_replace", "a bad film", {{"with", "neutral"}}), 1);
  EXPECT_EQ(direction("text.sentiment_replace", "it was not good", {}), 1);
  EXPECT_EQ(direction("text.sentiment_replace", "a good film", {{"with", "synonym"}}), 0);
  EXPECT_EQ(direction("text.sentiment_mask", "I hate it", {}), 1);
  EXPECT_EQ(direction("text.negation", "It was good", {}), -1);
}

TEST(SentimentTest, SaysWhenThereIsNothingToDo) {
  for (const std::string name : {"text.sentiment_replace", "text.sentiment_mask", "text.sentiment_delete",
                                 "text.negation", "text.double_denial"}) {
    for (const char* text : {"", "the door", "\xFF\xFE", "..."}) {
      const auto out = apply_to(said(text), name, {{"fraction", "1"}});
      EXPECT_EQ(out.effect.state, State::kIneligible) << name << ": " << text;
      EXPECT_FALSE(out.effect.reason.empty());
    }
  }
}

TEST(LexiconTest, ReadsAFileOfOnesOwn) {
  const fs::path folder = fs::path(::testing::TempDir()) / "lexicon_of_ones_own";
  fs::create_directories(folder);
  const auto written = [&](const char* name, const std::string& text) {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  };
  const auto with = [](const std::string& path, const char* text) {
    return in_full("text.sentiment_replace", text, "en", {{"lexicon", path}});
  };
  const std::string own = written("own.tsv", "# mine\ngroovy\t2\ta\tbase\tgroovy\tnaff\tneat\tusual\r\ngood\t1.9\n");
  EXPECT_EQ(with(own, "A groovy, good, happy film"), "A naff, bad, happy film");
  const std::string vader_like = written("vader.txt", "good\t1.9\t0.9434\t[2, 1, 1, 3, 2, 4, 2, 2, 1, 1]\n");
  EXPECT_EQ(with(vader_like, "A good, happy film"), "A bad, happy film");
  const auto refusal = [&](const std::string& path) {
    try {
      (void)builtins().find("text.sentiment_replace").create({{"lexicon", path}});
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(refusal(written("bad.tsv", "good\t1\nbad\n")), HasSubstr("bad.tsv:2"));
  EXPECT_THAT(refusal(written("far.tsv", "good\t9\n")), HasSubstr("far.tsv:1"));
  EXPECT_THAT(refusal(written("latin.tsv", "caf\xE9\t1\n")), HasSubstr("not UTF-8"));
  EXPECT_THAT(refusal(written("none.tsv", "# nothing\n")), HasSubstr("no word"));
  EXPECT_THAT(refusal((folder / "absent.tsv").string()), HasSubstr("absent.tsv"));
}

}  // namespace
}  // namespace shakedown::perturb::testing
