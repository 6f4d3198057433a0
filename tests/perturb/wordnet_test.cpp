// The reader of WordNet's format on a database of our own (tests/data/text/make_wordnet.py) and, where it is installed,
// on the real one; and what its antonyms and synonyms do to sentences, on a list judged by hand and by lexicons of
// others.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/media/text.h"
#include "shakedown/perturb/installed.h"
#include "text/wordnet_partners.h"
#include "text_support.h"

namespace shakedown::perturb::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Part = WordNet::Part;
namespace fs = std::filesystem;

fs::path ours() {
  return fs::path(SHAKEDOWN_TEST_DATA) / "text" / "wordnet";
}

std::string refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "accepted";
}

TEST(WordNetTest, ReadsAntonymsInTheOrderOfTheSensesAndIndirectOnesBehind) {
  const WordNet wordnet = WordNet::read(ours());
  EXPECT_THAT(wordnet.antonyms("cheery", Part::kAdjective), ElementsAre("gloomy", "glum", "dismal", "sullen"));
  EXPECT_THAT(wordnet.antonyms("sunny", Part::kAdjective), ElementsAre("gloomy", "glum", "dismal", "sullen", "dark"))
      << "of both senses that are tagged, not of the third";
  EXPECT_THAT(wordnet.antonyms("blithe", Part::kAdjective), ElementsAre("gloomy", "glum", "dismal", "sullen"))
      << "by the head of its cluster";
  EXPECT_THAT(wordnet.antonyms("bright", Part::kAdjective), ElementsAre("dark"));
  EXPECT_THAT(wordnet.antonyms("cheerily", Part::kAdverb), ElementsAre("gloomily"));
  EXPECT_THAT(wordnet.antonyms("admire", Part::kVerb), ElementsAre("scorn"));
  EXPECT_THAT(wordnet.antonyms("esteem", Part::kVerb), ElementsAre("scorn")) << "by the other word of its sense";
  EXPECT_THAT(wordnet.antonyms("grief", Part::kNoun), ElementsAre("delight")) << "a name stands in nobody's place";
  EXPECT_THAT(wordnet.antonyms("forgive", Part::kVerb), IsEmpty());
  EXPECT_THAT(wordnet.antonyms("gladness", Part::kNoun), IsEmpty());
}

TEST(WordNetTest, ReadsTheSynonymsOfTheMostFrequentSense) {
  const WordNet wordnet = WordNet::read(ours());
  EXPECT_THAT(wordnet.synonyms("sunny", Part::kAdjective), ElementsAre("cheery", "blithe"));
  EXPECT_THAT(wordnet.synonyms("blithe", Part::kAdjective), ElementsAre("cheery", "sunny")) << "one word each";
  EXPECT_THAT(wordnet.synonyms("gloomy", Part::kAdjective), ElementsAre("glum", "dismal", "sullen"))
      << "none that stands behind a verb only";
  EXPECT_THAT(wordnet.synonyms("delight", Part::kNoun), IsEmpty());
}

TEST(WordNetTest, FindsLemmasByExceptionsAndEndingsAndInflectsThem) {
  const WordNet wordnet = WordNet::read(ours());
  EXPECT_THAT(wordnet.lemmas("wolves", Part::kNoun), ElementsAre("wolf"));
  EXPECT_THAT(wordnet.lemmas("gloomier", Part::kAdjective), ElementsAre("gloomy"));
  EXPECT_THAT(wordnet.lemmas("esteemed", Part::kVerb), ElementsAre("esteem"));
  EXPECT_THAT(wordnet.lemmas("forgiven", Part::kVerb), ElementsAre("forgive"));
  EXPECT_THAT(wordnet.lemmas("ed", Part::kVerb), IsEmpty());
  const auto form = [&](const char* lemma, Part part, const char* name) {
    return inflected(wordnet, lemma, part, name);
  };
  EXPECT_EQ(form("forgive", Part::kVerb, "past"), "forgave");
  EXPECT_EQ(form("forgive", Part::kVerb, "participle"), "forgiven");
  EXPECT_EQ(form("forgive", Part::kVerb, "past/participle"), "");
  EXPECT_EQ(form("abet", Part::kVerb, "past/participle"), "abetted");
  EXPECT_EQ(form("abet", Part::kVerb, "gerund"), "abetting");
  EXPECT_EQ(form("admire", Part::kVerb, "gerund"), "admiring");
  EXPECT_EQ(form("deny", Part::kVerb, "third"), "denies");
  EXPECT_EQ(form("gloomy", Part::kAdjective, "superlative"), "gloomiest");
  EXPECT_EQ(form("kind", Part::kAdjective, "comparative"), "kinder");
  EXPECT_EQ(form("careful", Part::kAdjective, "superlative"), "most careful");
  EXPECT_EQ(form("wolf", Part::kNoun, "plural"), "wolves");
  EXPECT_EQ(form("grief", Part::kNoun, "past"), "");
}

TEST(WordNetTest, TakesOnlyPartnersThatALexiconRates) {
  // glum is rated the wrong way round here, and dismal by the built-in lexicon.
  const Lexicon lexicon("blithe\t2\ngloomy\t1\nadmires\t2\nscorned\t-2\nsunny\t1.5\n", "own");
  const WordNetPartners partners(WordNet::read(ours()), lexicon);
  const auto only = [&](const char* word) {
    const auto& senses = partners.find(word);
    return senses.size() == 1 ? senses.front() : LexiconEntry{};
  };
  EXPECT_EQ(only("blithe").antonym, "glum") << "the first with the other sign: gloomy has the same one";
  EXPECT_EQ(only("blithe").synonym, "cheery") << "rated by the built-in lexicon";
  EXPECT_EQ(only("admires").antonym, "scorns") << "rated as another form";
  EXPECT_EQ(only("admires").form, "third");
  EXPECT_EQ(only("scorned").antonym, "admired");
  EXPECT_EQ(partners.counts().words, 5U);
  EXPECT_THAT(partners.find("door"), IsEmpty());
}

TEST(WordNetTest, RefusesDamagedFilesByNameAndPlace) {
  const fs::path folder = fs::path(::testing::TempDir()) / "damaged_wordnet";
  const auto with = [&](const char* name, const std::function<std::string(std::string)>& change) {
    fs::remove_all(folder);
    fs::copy(ours(), folder);
    std::ifstream in(ours() / name);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    std::ofstream(folder / name, std::ios::trunc) << change(text);
    return refusal([&] {
      const WordNet wordnet = WordNet::read(folder);
      (void)wordnet.antonyms("sunny", Part::kAdjective);
      (void)wordnet.synonyms("sunny", Part::kAdjective);
    });
  };
  const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(with("data.adj", [](auto text) { return text; }), "accepted");
  EXPECT_THAT(with("data.adj", [](auto text) { return text.substr(0, 60); }),
              AllOf(HasSubstr("data.adj, byte 49"), HasSubstr("wndb(5WN)")));
  EXPECT_THAT(with("data.adj", [](auto) { return std::string(); }), HasSubstr("data.adj, byte 49"));
  EXPECT_THAT(with("data.adj", [&](auto text) { return replaced(text, "00000140 a 0101", "00000141 a 0101"); }),
              HasSubstr("byte 141"));
  EXPECT_THAT(with("data.adj", [&](auto text) { return replaced(text, " 02 cheery", " zz cheery"); }),
              HasSubstr("'zz' is no number"));
  EXPECT_THAT(with("data.adj", [&](auto text) { return replaced(text, "a 0101", "a 9901"); }),
              HasSubstr("a word that the synset lacks"));
  EXPECT_THAT(
      with("index.adj", [&](auto text) { return replaced(text, "sunny a 3", "sunny a 9999999999999999999999"); }),
      HasSubstr("is no number"));
  EXPECT_THAT(with("index.adj", [&](auto text) { return replaced(text, "sunny a 3", "sunny a 400"); }),
              HasSubstr("too early"));
  EXPECT_THAT(with("index.adj", [&](auto text) { return replaced(text, "gloomy", "aloomy"); }),
              AllOf(HasSubstr("index.adj:9"), HasSubstr("'aloomy' stands behind 'gay_hearted'")));
  EXPECT_EQ(with("verb.exc", [](auto text) { return text; }), "accepted");
  fs::remove(folder / "verb.exc");
  EXPECT_THAT(refusal([&] { (void)WordNet::read(folder); }), AllOf(HasSubstr("verb.exc"), HasSubstr("wordnet-base")));
  EXPECT_THAT(refusal([&] {
                (void)builtins().find("text.sentiment_replace").create({{"wordnet", (folder / "none").string()}});
              }),
              HasSubstr("wordnet"));
  EXPECT_THAT(
      refusal([&] {
        (void)builtins().find("text.sentiment_replace").create({{"wordnet", ours().string()}, {"with", "neutral"}});
      }),
      HasSubstr("neutral"));
}

TEST(WordNetTest, FillsWhatTheLexiconLacksAndNothingElse) {
  const fs::path own = fs::path(::testing::TempDir()) / "wordnet_own.tsv";
  std::ofstream(own) << "blithe\t2\ngloomy\t-2\ngood\t2\nsunny\t2\tx\n";
  const auto said = [&](const char* text, ParamMap params) {
    params["lexicon"] = own.string();
    return in_full("text.sentiment_replace", text, "en", std::move(params));
  };
  const std::string folder = ours().string();
  EXPECT_EQ(said("A blithe, good, sunny day", {}), "A blithe, bad, sunny day");
  EXPECT_EQ(said("A blithe, good, sunny day", {{"wordnet", folder}}), "A gloomy, bad, sunny day");
  EXPECT_EQ(said("A Blithe day", {{"wordnet", folder}, {"with", "synonym"}}), "A Cheery day");
}

// Facts that are easily checked with `wn WORD -antsa` and its like.
class RealWordNetTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(fs::exists(kWordNetFolder)) << "packages.txt has wordnet-base"; }
};

TEST_F(RealWordNetTest, HoldsWhatIsKnown) {
  const WordNet wordnet = WordNet::read(std::string(kWordNetFolder));
  EXPECT_EQ(wordnet.antonyms("good", Part::kAdjective).front(), "bad");
  EXPECT_THAT(wordnet.antonyms("hate", Part::kVerb), ElementsAre("love"));
  EXPECT_THAT(wordnet.antonyms("dreadful", Part::kAdjective), Contains("good")) << "similar to bad";
  EXPECT_THAT(wordnet.antonyms("happily", Part::kAdverb), ElementsAre("unhappily"));
  EXPECT_THAT(wordnet.antonyms("victory", Part::kNoun), ElementsAre("defeat"));
  EXPECT_THAT(wordnet.synonyms("hate", Part::kVerb), ElementsAre("detest"));
  EXPECT_THAT(wordnet.lemmas("forgave", Part::kVerb), ElementsAre("forgive"));
  EXPECT_THAT(wordnet.lemmas("worse", Part::kAdjective), Contains("bad"));
  EXPECT_EQ(inflected(wordnet, "win", Part::kVerb, "past/participle"), "won");
  EXPECT_EQ(inflected(wordnet, "sing", Part::kVerb, "participle"), "sung");
}

/// Word and rating from -5 to 5, as AFINN's and VADER's files begin; empty where the real data is absent.
std::map<std::string, double> ratings_of(const char* file) {
  const char* root = std::getenv("SHAKEDOWN_REAL_DATA");
  std::map<std::string, double> ratings;
  if (root == nullptr) return ratings;
  std::ifstream in(fs::path(root) / "text" / file);
  EXPECT_TRUE(in) << file;
  for (std::string line; std::getline(in, line);) {
    const auto fields = split(line, '\t');
    if (fields.size() > 1) ratings[fields[0]] = parse_number(trim(fields[1])).value_or(0);
  }
  return ratings;
}

double sum_of(const std::map<std::string, double>& ratings, const std::string& text) {
  double total = 0;
  for (const auto& [begin, end] : media::segment_words(text, "en")) {
    const auto found = ratings.find(media::lower_case(text.substr(begin, end - begin)));
    total += found == ratings.end() ? 0 : found->second;
  }
  return total;
}

struct Judged {
  std::string sentence, antonym, form_kept;
};
std::vector<Judged> judged() {
  std::vector<Judged> rows;
  std::ifstream in(fs::path(SHAKEDOWN_TEST_DATA) / "text" / "antonyms_wordnet_en.tsv");
  for (std::string line; std::getline(in, line);) {
    const auto fields = split(line, '\t');
    if (!line.starts_with('#') && fields.size() == 3) rows.push_back({fields[0], fields[1], fields[2]});
  }
  return rows;
}

class VaderAndWordNetTest : public RealWordNetTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(RealWordNetTest::SetUp());
    const char* root = std::getenv("SHAKEDOWN_REAL_DATA");
    if (root == nullptr) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA is not set";
    lexicon_ = (fs::path(root) / "text/vader/vader_lexicon.txt").string();
  }
  /// All sentences after the replacement of every word that has a partner; the lexicons are read once.
  [[nodiscard]] std::vector<std::string> replaced(const std::vector<Judged>& rows, const char* with) const {
    const auto perturbation = builtins().create(
        "text.sentiment_replace",
        {{"fraction", "1"}, {"lexicon", lexicon_}, {"wordnet", std::string(kWordNetFolder)}, {"with", with}});
    std::vector<std::string> texts;
    for (const Judged& row : rows) {
      Sample sample = said(row.sentence);
      (void)perturbation->apply(sample, MemoryCorpus(), Rng(StreamKey()));  // at full dose nothing is drawn
      texts.push_back(sample.transcript->text);
    }
    return texts;
  }
  std::string lexicon_;
};

TEST_F(VaderAndWordNetTest, AntonymsKeepTheFormOnSentencesJudgedByHand) {
  const auto rows = judged();
  ASSERT_GE(rows.size(), 200U);
  double kept = 0;
  const auto texts = replaced(rows, "antonym");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(texts[i], rows[i].antonym);
    kept += rows[i].form_kept == "yes" ? 1 : 0;
  }
  RecordProperty("kept", static_cast<int>(kept));
  EXPECT_GE(kept, .95 * static_cast<double>(rows.size()));
}

// AFINN is by another hand than VADER, whose signs chose the partners.
TEST_F(VaderAndWordNetTest, AnIndependentLexiconSeesAntonymsReversedAndSynonymsKept) {
  const auto afinn = ratings_of("afinn/AFINN-en-165.txt");
  ASSERT_GT(afinn.size(), 3000U);
  for (const char* with : {"antonym", "synonym"}) {
    const double sought = std::string(with) == "antonym" ? -1 : 1;
    double rated = 0, right = 0, changed = 0;
    const auto rows = judged();
    const auto texts = replaced(rows, with);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (texts[i] == rows[i].sentence) continue;
      ++changed;
      const double before = sum_of(afinn, rows[i].sentence), after = sum_of(afinn, texts[i]);
      if (before == 0 || after == 0) continue;
      ++rated;
      right += before * after * sought > 0 ? 1 : 0;
    }
    std::printf("%s: %.0f changed, %.0f rated before and after, %.0f right\n", with, changed, rated, right);
    EXPECT_GT(rated, 40) << with;
    EXPECT_GE(right, .95 * rated) << with;
  }
}

TEST_F(VaderAndWordNetTest, GivesNineHundredMoreWordsAnAntonym) {
  const Lexicon lexicon = Lexicon::read(lexicon_);
  const WordNetPartners partners(WordNet::read(std::string(kWordNetFolder)), lexicon);
  const auto has_antonym = [](const std::vector<LexiconEntry>& senses) {
    return std::any_of(senses.begin(), senses.end(), [](const auto& sense) { return !sense.antonym.empty(); });
  };
  std::size_t ours = 0, more = 0;
  for (const auto& [word, sign] : lexicon.signs()) {
    const bool known = has_antonym(Lexicon::builtin("en").find(word));
    ours += known ? 1 : 0;
    more += !known && has_antonym(partners.find(word)) ? 1 : 0;
  }
  const auto& counts = partners.counts();
  std::printf(
      "%zu words: %zu antonyms of ours, %zu more; word senses %zu: antonyms %zu, synonyms %zu, unrated %zu, unturned "
      "%zu\n",
      lexicon.size(), ours, more, counts.words, counts.antonyms, counts.synonyms, counts.unrated, counts.unturned);
  EXPECT_GT(more, 800U);
  EXPECT_EQ(partners.find("door").size(), 0U);
}

}  // namespace
}  // namespace shakedown::perturb::testing
