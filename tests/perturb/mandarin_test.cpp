// Errors of recognisers in Chinese and in languages that espeak-ng reads: what sounds alike, and the rates by
// alignment.
#include "text/mandarin.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/media/han.h"
#include "shakedown/media/text.h"
#include "text/alignment.h"
#include "text/pinyin.h"
#include "text/speech.h"
#include "text_support.h"

namespace shakedown::perturb::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> sentences() {
  std::ifstream in(SHAKEDOWN_SOURCE_DIR "/tests/data/text/sentiment_zh.tsv");
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);)
    if (!line.starts_with("#")) all.push_back(line.substr(0, line.find('\t')));
  return all;
}

// Characters that are no punctuation, by ICU's characters alone.
std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> all;
  for (const auto& each : media::characters(text))
    if (each.kind == media::Character::Kind::kLetter || each.kind == media::Character::Kind::kDigit)
      all.push_back(text.substr(each.begin, each.end - each.begin));
  return all;
}

double distance(const char* a, const char* b) {
  return syllable_distance(*syllable_of(a), *syllable_of(b));
}

TEST(PinyinTest, SyllablesAreReadAsTheySound) {
  EXPECT_EQ(syllable_of("zhǎng")->tone, 3);
  EXPECT_EQ(syllable_of("de")->tone, 0);
  EXPECT_EQ(syllable_of("lv"), syllable_of("lü"));
  EXPECT_EQ(syllable_of("lve"), syllable_of("lüe"));
  EXPECT_EQ(syllable_of("ju")->final, syllable_of("lü")->final);
  EXPECT_EQ(syllable_of("yuan")->final, syllable_of("quan")->final);
  EXPECT_EQ(syllable_of("bo")->final, syllable_of("duo")->final);
  EXPECT_NE(syllable_of("zhi")->final, syllable_of("ji")->final);
  EXPECT_EQ(syllable_of("yan")->final, syllable_of("jian")->final);
  EXPECT_EQ(syllable_of("wen")->final, syllable_of("dun")->final);
  for (const char* none : {"", "x", "q9", "hello", "ㄅ", "\xFF"}) EXPECT_FALSE(syllable_of(none)) << none;
}

TEST(PinyinTest, ConfusedPairsAreNearAndShareAClass) {
  const std::vector<std::pair<const char*, const char*>> kPairs = {{"nan", "lan"},  {"zhi", "zi"},   {"chu", "cu"},
                                                                   {"shan", "san"}, {"fei", "hei"},  {"jin", "jing"},
                                                                   {"ren", "reng"}, {"ban", "bang"}, {"guan", "guang"}};
  for (const auto& [a, b] : kPairs) {
    EXPECT_DOUBLE_EQ(distance(a, b), .2) << a << ' ' << b;
    EXPECT_EQ(confusion_class(*syllable_of(a)), confusion_class(*syllable_of(b))) << a << ' ' << b;
  }
  EXPECT_DOUBLE_EQ(distance("mā", "mà"), .1);
  EXPECT_DOUBLE_EQ(distance("mā", "mā"), 0);
  EXPECT_LT(distance("ba", "pa"), distance("ba", "la"));
  EXPECT_LT(distance("nan", "lan"), distance("ban", "pan"));
  EXPECT_NE(confusion_class(*syllable_of("ban")), confusion_class(*syllable_of("pan")));
}

// Every syllable that ICU reads a common character as is one of ours.
TEST(PinyinTest, AllOfIcusReadingsAreKnown) {
  std::string unknown;
  std::size_t known = 0;
  for (char32_t code = 0x4E00; code <= 0x9FA5; ++code) {
    std::string character;
    character += static_cast<char>(0xE0 | (code >> 12U));
    character += static_cast<char>(0x80 | ((code >> 6U) & 0x3FU));
    character += static_cast<char>(0x80 | (code & 0x3FU));
    const auto read = media::pinyin(character);
    if (read.size() != 1 || read.front() == character) continue;
    if (syllable_of(read.front())) {
      ++known;
    } else {
      unknown += character + " " + read.front() + "; ";
    }
  }
  EXPECT_GT(known, 20000U);
  EXPECT_EQ(unknown, "呣 ḿ; 嗯 ń; ");  // interjections without a vowel
}

std::vector<std::string> heard(const std::vector<std::string>& word, const std::vector<std::size_t>& places,
                               bool traditional = false) {
  std::vector<std::string> all;
  for (const auto& each : Mandarin::installed().near(word, places, traditional)) {
    std::string joined;
    for (const auto& character : each.characters) joined += character;
    all.push_back(joined);
  }
  return all;
}

TEST(MandarinTest, WordsAreTakenForWordsThatSoundAlike) {
  EXPECT_THAT(heard({"他"}, {0}), Contains("她"));
  EXPECT_THAT(heard({"在"}, {0}), Contains("再"));
  EXPECT_THAT(heard({"公", "式"}, {0, 1}), Contains("攻势"));
  EXPECT_THAT(heard({"事", "实"}, {0, 1}), Contains("试试"));
  EXPECT_THAT(heard({"男"}, {0}), Contains("蓝"));  // n and l
  EXPECT_THAT(heard({"电", "影"}, {0, 1}), Not(Contains("电影")));
  EXPECT_THAT(heard({"給"}, {0}, true), Not(Contains("给")));
  EXPECT_THAT(heard({"听"}, {0}), Contains("停"));  // as 聽 is read, not as the rare 听 of the traditional script
  EXPECT_TRUE(heard({"a"}, {0}).empty());
  for (const auto& each : heard({"這"}, {0}, true)) {
    if (each == "着") continue;  // both 着 and 著 are traditional
    EXPECT_EQ(media::traditional(each), each);
  }
}

TEST(MandarinTest, CharactersOfAWordAreMisheardTogether) {
  const auto words = heard({"公", "式"}, {0, 1});
  const auto perturbation =
      builtins().create("text.asr_error", {{"rate", "0.9"}, {"spread", "0"}, {"deletions", "0"}, {"insertions", "0"}});
  std::set<std::string> both;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Sample sample = said("公式", "zh");
    (void)perturbation->apply(sample, MemoryCorpus(), Rng({seed, "text.asr_error", 2, 0, sample.id, 0}));
    const std::string& text = sample.transcript->text;
    if (text.find("公") == std::string::npos && text.find("式") == std::string::npos) both.insert(text);
  }
  EXPECT_GE(both.size(), 3U);
  for (const auto& text : both) EXPECT_THAT(words, Contains(text));
}

TEST(MandarinTest, PolyphonesAreReadInTheirWords) {
  const auto homophones = [](const std::string& word) {
    std::vector<std::string> all;
    for (const auto& each : Mandarin::installed().homophones(word, 1000, false)) all.push_back(each.word);
    return all;
  };
  EXPECT_THAT(homophones("权利"), Contains("权力"));
  EXPECT_THAT(heard({"银", "行"}, {1}), ::testing::AnyOf(Contains("航"), Contains("杭")));  // háng, not xíng
  EXPECT_THAT(heard({"音", "乐"}, {1}), ::testing::AnyOf(Contains("越"), Contains("月")));  // yuè, not lè
  EXPECT_THAT(heard({"长", "大"}, {0}), ::testing::AnyOf(Contains("张"), Contains("掌")));  // zhǎng, not cháng
  EXPECT_THAT(media::pinyin("校长"), ElementsAre("xiào", "zhǎng"));
}

struct Tally {
  double characters = 0, errors = 0, exact = 0, sentences = 0, substitutions = 0, deletions = 0, insertions = 0;
  double alike =
      0;  // of the substitutions, of the same length as a sentence: by ICU's own reading the same or confused
};

Tally recognise(const std::vector<std::string>& all, const ParamMap& params, std::uint64_t seed) {
  const auto perturbation = builtins().create("text.asr_error", params);
  Tally tally;
  for (std::size_t i = 0; i < all.size(); ++i) {
    Sample sample = said(all[i], "zh", std::to_string(i));
    sample.index = i;
    (void)perturbation->apply(sample, MemoryCorpus(), Rng({seed, "text.asr_error", 2, 0, sample.id, 0}));
    const auto before = characters(all[i]), after = characters(sample.transcript->text);
    const Alignment found = align(before, after);
    tally.characters += static_cast<double>(before.size());
    tally.errors += static_cast<double>(found.errors());
    tally.substitutions += static_cast<double>(found.substitutions);
    tally.deletions += static_cast<double>(found.deletions);
    tally.insertions += static_cast<double>(found.insertions);
    tally.exact += found.errors() == 0 ? 1 : 0;
    ++tally.sentences;
    std::size_t a = 0, b = 0;
    for (const char operation : found.operations) {
      if (operation == 'S') {
        const auto one = media::pinyin(before[a]), other = media::pinyin(after[b]);
        const auto x = one.empty() ? std::nullopt : syllable_of(one.front());
        const auto y = other.empty() ? std::nullopt : syllable_of(other.front());
        tally.alike += x && y && confusion_class(*x) == confusion_class(*y) ? 1 : 0;
      }
      a += operation != 'I' ? 1 : 0;
      b += operation != 'D' ? 1 : 0;
    }
  }
  return tally;
}

TEST(MandarinTest, TheCharacterErrorRateIsMetByEverySeed) {
  // Utterances of two or three sentences.
  const auto single = sentences();
  ASSERT_GE(single.size(), 300U);
  std::vector<std::string> all;
  for (std::size_t i = 0; i < 2 * single.size(); ++i) {
    std::string text = single[i % single.size()] + "，" + single[(i * 7 + 1) % single.size()];
    if (i % 2 == 1) text += "，" + single[(i * 11 + 5) % single.size()];
    all.push_back(text + "。");
  }
  for (const char* step : {"0.05", "0.1", "0.2", "0.3", "0.45"}) {
    double sum = 0, least = 1, most = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const Tally tally = recognise(all, {{"rate", step}}, seed);
      EXPECT_GE(tally.characters, 5000);
      const double rate = tally.errors / tally.characters;
      EXPECT_NEAR(rate, std::stod(step), .015) << "seed " << seed;
      sum += rate / 20;
      least = std::min(least, rate);
      most = std::max(most, rate);
    }
    std::printf("Chinese, %s: mean %.4f, seeds %.4f to %.4f\n", step, sum, least, most);
    EXPECT_NEAR(sum, std::stod(step), .003);
  }
}

TEST(MandarinTest, SubstitutionsSoundAlikeAndErrorsAreUneven) {
  const auto all = sentences();
  const Tally tally = recognise(all, {{"rate", "0.2"}}, 1);
  std::printf("alike %.3f S %.3f D %.3f I %.3f exact %.3f\n", tally.alike / tally.substitutions,
              tally.substitutions / tally.characters, tally.deletions / tally.characters,
              tally.insertions / tally.characters, tally.exact / tally.sentences);
  EXPECT_GT(tally.alike / tally.substitutions, .7);
  EXPECT_GT(tally.exact, 1.3 * recognise(all, {{"rate", "0.2"}, {"spread", "0"}, {"burst", "0"}}, 1).exact);
}

TEST(MandarinTest, ScriptsLanguagesAndMixedTextsAreKept) {
  const ParamMap often{{"rate", "0.9"}, {"spread", "0"}, {"deletions", "0"}, {"insertions", "0"}};
  const auto of = [&](const std::string& text, const std::string& language) {
    return apply_to(said(text, language), "text.asr_error", often);
  };
  const std::string full = of("這部電影讓我覺得很開心，他們說得對", "zh-TW").after.transcript->text;
  EXPECT_EQ(media::traditional(full), full);
  const std::string mixed = of("我喜欢 this movie 的音乐", "zh").after.transcript->text;
  EXPECT_NE(mixed.find_first_of("abcdefghijklmnopqrstuvwxyz"), std::string::npos);
  EXPECT_EQ(of("2023", "zh").after.transcript->text, "");             // a number in Chinese is not heard as English
  EXPECT_EQ(of("我喜欢这部电影", "").effect.state, State::kApplied);  // by its script
  EXPECT_EQ(of("この映画が好き", "ja").effect.state, State::kSkipped);
  EXPECT_THAT(of("この映画が好き", "ja").effect.reason, HasSubstr("'ja'"));
  EXPECT_THAT(of("хороший фильм", "").effect.reason, HasSubstr("name it in data.yaml"));
  EXPECT_THAT(of("hallo", "xx").effect.reason, HasSubstr("espeak-ng cannot read aloud"));
  const auto plain = apply_to(said("我，喜欢 This Movie 的 音乐！", "zh"), "text.asr_error",
                              {{"rate", "0.0001"}, {"plain", "true"}, {"spread", "0"}});
  EXPECT_EQ(plain.after.transcript->text, "我喜欢 this movie 的音乐");
}

TEST(SpeechTest, WordsOfOtherLanguagesAreTakenForWordsOfTheirSplit) {
  const Speech& speech = Speech::installed();
  EXPECT_EQ(speech.voice_for("de"), "de");
  EXPECT_EQ(speech.voice_for("de_CH"), "de");
  EXPECT_EQ(speech.voice_for("xx"), "");
  EXPECT_EQ(speech.phones("de", "Rad"), speech.phones("de", "Rat"));
  EXPECT_TRUE(speech.phones("en-us", "...").empty());
  const std::vector<std::string> kLines = {"Der Rat fährt mit dem Rad in die Stadt",
                                           "Die Seite ist weiter als die Saite", "Das Meer hat mehr Wasser als der See",
                                           "Wir fahren in die Stadt und in das Tal"};
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < kLines.size(); ++i) samples.push_back(said(kLines[i], "de", std::to_string(i)));
  const MemoryCorpus corpus(samples);
  std::set<std::string> vocabulary;
  for (const auto& line : kLines)
    for (const auto& [begin, end] : media::segment_words(line, "de"))
      vocabulary.insert(media::lower_case(line.substr(begin, end - begin)));
  const auto perturbation =
      builtins().create("text.asr_error", {{"rate", "0.9"}, {"spread", "0"}, {"deletions", "0"}, {"insertions", "0"}});
  bool devoiced = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Sample sample = corpus.load(0);
    (void)perturbation->apply(sample, corpus, Rng({seed, "text.asr_error", 2, 0, sample.id, 0}));
    const std::string& text = sample.transcript->text;
    for (const auto& [begin, end] : media::segment_words(text, "de"))
      EXPECT_TRUE(vocabulary.contains(media::lower_case(text.substr(begin, end - begin)))) << text;
    devoiced = devoiced || text.starts_with("Die Rad") || text.starts_with("Der Rad") || text.starts_with("Das Rad");
  }
  EXPECT_TRUE(devoiced);
}

}  // namespace
}  // namespace shakedown::perturb::testing
