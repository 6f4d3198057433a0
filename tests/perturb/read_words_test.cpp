// What of a transcript counts into the dose when the model's tokenizer cuts it: measured on the words that the model
// sees, which the test finds by changing them.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>

#include <gtest/gtest.h>

#include "shakedown/media/readable.h"
#include "support.h"

namespace shakedown::perturb {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kTokens = 24;
constexpr int kSentences = 40, kWordsEach = 40;

media::VocabularyText vocabulary(const std::string& file) {
  std::ifstream in(SHAKEDOWN_SOURCE_DIR "/tests/data/media/tokenizers/" + file, std::ios::binary);
  return {file, std::string(std::istreambuf_iterator<char>(in), {})};
}

std::shared_ptr<const media::Tokenizer> tokenizer_of(const std::string& family) {
  const auto& found = *media::find_tokenizer_family(family);
  const bool pairs = family == "roberta";
  return media::make_tokenizer(found,
                               {vocabulary(pairs              ? "vocab.json"
                                           : family == "bert" ? "uncased.txt"
                                                              : "pieces.model"),
                                pairs ? vocabulary("merges.txt") : media::VocabularyText{}},
                               {});
}

Words split_words(const std::string& text) {
  Words words;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, ""));
    }
  }
  return words;
}

std::string joined(const Words& words) {
  return std::accumulate(words.begin(), words.end(), std::string(),
                         [](const auto& all, const auto& word) { return all.empty() ? word : all + " " + word; });
}

/// Words without sentiment, some of several pieces.
std::string sentence(int index) {
  static const Words kWords = {"we",        "went",  "station", "ticket", "evening", "train",   "window",
                               "table",     "their", "street",  "would",  "morning", "kitchen", "cupboard",
                               "seventeen", "water", "carried", "across", "some",    "mountain"};
  const Stream stream(7, static_cast<std::uint64_t>(index));
  Words words;
  for (std::size_t i = 0; i < kWordsEach; ++i) words.push_back(kWords[stream.below(kWords.size(), i)]);
  return joined(words);
}

/// Words that fit into a model's kTokens, two of them special, counted word by word.
std::size_t words_seen(const media::Tokenizer& tokenizer, const std::string& text, bool blanks_in_pieces) {
  std::size_t seen = 0, pieces = 0;
  for (const std::string& word : split_words(text)) {
    pieces += tokenizer.encode(blanks_in_pieces && seen > 0 ? " " + word : word).size();
    if (pieces > kTokens - 2) break;
    ++seen;
  }
  return seen;
}

std::size_t errors_between(const Words& a, const Words& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j)
      diagonal =
          std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1] ? 1 : 0)}));
  }
  return row.back();
}

Words beginning(Words words, std::size_t count) {
  words.resize(std::min(words.size(), count));
  return words;
}

class ReadWordsTest : public ::testing::TestWithParam<std::string> {
 protected:
  const std::shared_ptr<const media::Tokenizer> tokenizer_ = tokenizer_of(GetParam());
  const ModelLimits limits_{
      {}, [this](const Transcript& transcript) { return media::readable_bytes(*tokenizer_, transcript, kTokens); }};
  [[nodiscard]] std::size_t seen(const std::string& text) const {
    return words_seen(*tokenizer_, text, GetParam() == "roberta");
  }

  struct Result {
    std::string before, after;
    Dose dose, whole;
    std::vector<std::int64_t> decisions;
  };
  [[nodiscard]] std::vector<Result> results(const std::string& name, const ParamMap& params, const At& at = {}) const {
    std::vector<Result> results;
    const Part part = part_of(name, params, at);
    for (int i = 0; i < kSentences; ++i) {
      Sample sample;
      sample.id = std::to_string(i);
      sample.index = static_cast<std::size_t>(i);
      sample.transcript = std::make_shared<const Transcript>(Transcript{sentence(i), {}, "en"});
      const auto corpus = synthetic_corpus(1);
      const Applied applied = apply_parts(sample, {part}, *corpus, 1, 0);
      results.push_back({sentence(i), applied.sample.transcript->text, measure_part(applied, {part}, 0, limits_, 1, 0),
                         measure_part(applied, {part}, 0, {}, 1, 0), applied.effects[0].decisions});
    }
    return results;
  }
};

TEST_P(ReadWordsTest, ReadsTheWordsWhoseTokensFit) {
  for (int i = 0; i < kSentences; ++i) {
    const std::string text = sentence(i);
    Words words = split_words(text);
    const std::size_t count = seen(text);
    EXPECT_EQ(media::readable_bytes(*tokenizer_, {text, {}, "en"}, kTokens), joined(beginning(words, count)).size());
    const auto ids = tokenizer_->tokenize(text, kTokens).ids;
    for (std::size_t k = count + 1; k < words.size(); ++k) words[k] = "zebra";
    EXPECT_EQ(tokenizer_->tokenize(joined(words), kTokens).ids, ids) << "what lies beyond makes no difference";
    words[count - 1] = "zebra";
    EXPECT_NE(tokenizer_->tokenize(joined(words), kTokens).ids, ids);
  }
}

TEST_P(ReadWordsTest, ReadsAllThatFitsAndNothingWhereNoWordDoes) {
  EXPECT_EQ(media::readable_bytes(*tokenizer_, {"We went.", {}, "en"}, kTokens), 8U);
  EXPECT_EQ(media::readable_bytes(*tokenizer_, {"We went.", {}, "en"}, 2), 0U);
  EXPECT_EQ(media::readable_bytes(*tokenizer_, {"", {}, "en"}, 2), 0U);
  EXPECT_EQ(media::readable_bytes(*tokenizer_, {"\xff went", {}, "en"}, 2), 6U);
}

TEST_P(ReadWordsTest, AWordErrorRateIsThatOfTheWordsSeen) {
  double errors = 0, eligible = 0, beyond = 0;
  for (const auto& [before, after, dose, whole, decisions] : results("text.asr_error", {{"rate", "0.3"}})) {
    const Words said = split_words(before), heard = split_words(after);
    const std::size_t most = seen(before);
    const auto count = static_cast<std::size_t>(dose.total);
    EXPECT_LE(count, most);
    // As long as the text did not grow, all words that were seen are measured.
    if (seen(after) >= most + 3) {
      EXPECT_EQ(count, most);
    }
    std::vector<std::size_t> by_length;  // errors of the words seen against each beginning of what was heard
    for (std::size_t j = 0; j <= heard.size(); ++j)
      by_length.push_back(errors_between(beginning(said, count), beginning(heard, j)));
    EXPECT_NE(std::find(by_length.begin(), by_length.end(), static_cast<std::size_t>(dose.taken)), by_length.end());
    EXPECT_EQ(dose.taken + dose.beyond, static_cast<double>(errors_between(said, heard)));
    errors += dose.taken;
    eligible += dose.eligible;
    beyond += dose.beyond;
  }
  EXPECT_GT(beyond, 0);
  EXPECT_LT(eligible, kSentences * kWordsEach * .8);
  EXPECT_NEAR(errors / eligible, .3, .05);
}

TEST_P(ReadWordsTest, WordsLostBehindTheLastOneSeenLieBeyond) {
  for (const auto& [before, after, dose, whole, decisions] : results("text.word_drop", {{"fraction", "0.3"}})) {
    const auto most = static_cast<std::int64_t>(seen(before));
    EXPECT_EQ(dose.eligible, static_cast<double>(most));
    const auto lost = std::count_if(decisions.begin(), decisions.end(), [most](auto word) { return word < most; });
    EXPECT_EQ(dose.taken, static_cast<double>(lost));
    EXPECT_EQ(dose.beyond, static_cast<double>(static_cast<std::int64_t>(decisions.size()) - lost));
    EXPECT_EQ(dose.changed, dose.taken);
    EXPECT_EQ(whole.taken, static_cast<double>(decisions.size()));
  }
}

TEST_P(ReadWordsTest, WordsThatAreMissingBehindTheLastOneSeenLieBeyond) {
  for (const char* name : {"missing.random", "missing.block"}) {
    double beyond = 0;
    for (const auto& [before, after, dose, whole, decisions] :
         results(name, {{"rate", "0.3"}, {"on", "media"}, {"modality", "text"}})) {
      const Words was = split_words(before), now = split_words(after);
      const std::size_t most = seen(before);
      EXPECT_EQ(dose.total, static_cast<double>(most)) << name;
      EXPECT_EQ(dose.eligible, static_cast<double>(most)) << name;
      // Found from the two texts: what is left is what was said without some words.
      std::size_t lost = 0, next = 0;
      for (std::size_t i = 0; i < most; ++i) {
        const auto decided = std::any_of(decisions.begin(), decisions.end(),
                                         [i](auto decision) { return static_cast<std::uint32_t>(decision) == i; });
        if (!decided) {
          EXPECT_EQ(now.at(next++), was[i]) << name;
        }
        lost += decided ? 1 : 0;
      }
      EXPECT_EQ(dose.taken, static_cast<double>(lost)) << name;
      EXPECT_EQ(dose.changed, dose.taken) << name;
      EXPECT_EQ(dose.taken + dose.beyond, static_cast<double>(was.size() - now.size())) << name;
      beyond += dose.beyond;
    }
    EXPECT_GT(beyond, 0) << name;
  }
}

// What makes a text longer pushes words out: those cannot be told from words that the model never saw.
TEST_P(ReadWordsTest, ATextThatGrowsIsMeasuredOnTheWordsSeenInBoth) {
  std::int64_t pushed_out = 0;
  for (const auto& [before, after, dose, whole, decisions] : results("text.filler", {{"fraction", "0.5"}})) {
    const auto seen_after = static_cast<std::int64_t>(seen(after));
    std::int64_t words = 0, inserted = 0, place = 0;  // of the original, and fillers, in what is seen after
    const Words now = split_words(after), was = split_words(before);
    for (; place < seen_after; ++place) {
      if (words < static_cast<std::int64_t>(was.size()) &&
          now[static_cast<std::size_t>(place)] == was[static_cast<std::size_t>(words)]) {
        ++words;
      } else {
        ++inserted;
      }
    }
    EXPECT_EQ(dose.total, static_cast<double>(std::max<std::int64_t>(words, 1) - 1)) << after;
    EXPECT_LE(words, static_cast<std::int64_t>(seen(before)));
    pushed_out += static_cast<std::int64_t>(seen(before)) - words;
    EXPECT_EQ(dose.taken, static_cast<double>(std::count_if(decisions.begin(), decisions.end(),
                                                            [&](auto gap) { return gap + 1 < words; })));
    EXPECT_EQ(dose.taken + dose.beyond, static_cast<double>(decisions.size()));
    EXPECT_GT(inserted, 0);
  }
  EXPECT_GT(pushed_out, kSentences / 2);
}

TEST_P(ReadWordsTest, EveryWordKindCountsWhatIsSeenOnly) {
  for (const char* name : {"text.typo", "text.homophone", "text.unpunctuate"}) {
    double taken = 0, beyond = 0;
    for (const auto& result : results(name, {{"fraction", "1"}})) {
      EXPECT_LT(result.dose.total, result.whole.total + (result.whole.total == 0 ? 1 : 0)) << name;
      EXPECT_EQ(result.dose.taken, result.dose.eligible) << name;
      EXPECT_EQ(result.dose.changed, result.dose.taken) << name;
      EXPECT_EQ(result.dose.taken + result.dose.beyond, result.whole.taken) << name;
      taken += result.dose.taken;
      beyond += result.dose.beyond;
    }
    if (std::string(name) != "text.unpunctuate") {
      EXPECT_GT(taken, 0) << name;
      EXPECT_GT(beyond, 0) << name;
    }
  }
}

TEST_P(ReadWordsTest, SentimentWordsBehindTheLastOneSeenLieBeyond) {
  const Part part = part_of("text.sentiment_replace", {{"fraction", "1"}});
  Sample sample;
  sample.id = "a";
  const std::string text = "A good start, " + sentence(0) + ", and an awful end.";
  sample.transcript = std::make_shared<const Transcript>(Transcript{text, {}, "en"});
  const auto corpus = synthetic_corpus(1);
  const Applied applied = apply_parts(sample, {part}, *corpus, 1, 0);
  const Dose dose = measure_part(applied, {part}, 0, limits_, 1, 0);
  EXPECT_EQ(dose.eligible, 1);
  EXPECT_EQ(dose.taken, 1);
  EXPECT_EQ(dose.changed, 1);
  EXPECT_EQ(dose.beyond, 1);
  EXPECT_EQ(measure_part(applied, {part}, 0, {}, 1, 0).eligible, 2);
}

TEST_P(ReadWordsTest, AWindowIsCutWhereTheModelStopsReading) {
  for (const auto& result : results("text.word_drop", {{"fraction", "1"}}, fraction(.25, .75))) {
    const auto most = static_cast<double>(seen(result.before));
    EXPECT_EQ(result.whole.taken, kWordsEach / 2);
    EXPECT_EQ(result.dose.taken, std::clamp(most - kWordsEach / 4, 0.0, kWordsEach / 2.0));
    EXPECT_EQ(result.dose.beyond, kWordsEach / 2 - result.dose.taken);
  }
}

INSTANTIATE_TEST_SUITE_P(Families, ReadWordsTest, ::testing::Values("bert", "roberta", "xlnet"));

}  // namespace
}  // namespace shakedown::perturb
