#include "media/support.h"
#include "shakedown/core/text.h"
#include "shakedown/media/text.h"

namespace shakedown::media {
namespace {

using Ids = std::vector<std::int64_t>;

void append_utf8(std::string& text, unsigned long c) {
  const auto byte = [&text](unsigned long value) { text.push_back(static_cast<char>(value)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | c >> 6U), byte(0x80 | (c & 63U));
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12U), byte(0x80 | (c >> 6U & 63U)), byte(0x80 | (c & 63U));
  } else {
    byte(0xF0 | c >> 18U), byte(0x80 | (c >> 12U & 63U)), byte(0x80 | (c >> 6U & 63U)), byte(0x80 | (c & 63U));
  }
}

std::vector<std::string> fields(const std::string& list) {
  return list.empty() ? std::vector<std::string>{} : split(list, ',');
}

TEST(WordPieceTest, AgreesWithTheReferenceTokenizer) {
  std::ifstream golden(test_data("wordpiece.txt"));
  std::size_t cases = 0;
  for (std::string line; std::getline(golden, line); ++cases) {
    const std::vector<std::string> parts = split(line, ';');
    ASSERT_EQ(parts.size(), 3U);
    std::string text;
    for (const std::string& c : fields(parts[1])) append_utf8(text, std::stoul(c));
    Ids expected;
    for (const std::string& id : fields(parts[2])) expected.push_back(std::stol(id));
    const WordPiece tokenizer(test_data("vocab.txt"), {.lower_case = parts[0] == "1"});
    EXPECT_EQ(tokenizer.encode(text), expected) << text << (parts[0] == "1" ? " (uncased)" : " (cased)");
  }
  EXPECT_EQ(cases, 32U);
}

class SmallVocabularyTest : public ::testing::Test {
 protected:
  [[nodiscard]] WordPiece tokenizer(WordPiece::Options options = {}) const {
    return {scratch_.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\ngood\n##ness\n##n\n!\n[\n]\nsep\n"), options};
  }
  Scratch scratch_;
};

TEST_F(SmallVocabularyTest, TakesTheLongestPieceFirst) {
  EXPECT_EQ(tokenizer().encode("Goodness!"), (Ids{4, 5, 7}));
  EXPECT_EQ(tokenizer().encode("goodn"), (Ids{4, 6}));
}

TEST_F(SmallVocabularyTest, AWordWithAnUnmatchedRestIsUnknownAsAWhole) {
  EXPECT_EQ(tokenizer().encode("goodx good"), (Ids{1, 4}));
}

TEST_F(SmallVocabularyTest, OverlongWordsAreUnknown) {
  EXPECT_EQ(tokenizer({.max_word = 8}).encode("goodness"), (Ids{4, 5}));
  EXPECT_EQ(tokenizer({.max_word = 7}).encode("goodness"), (Ids{1}));
}

TEST_F(SmallVocabularyTest, SpecialsTypedByAUserAreOrdinaryText) {
  EXPECT_EQ(tokenizer().encode("[SEP]"), (Ids{8, 10, 9}));
}

TEST_F(SmallVocabularyTest, TokenizePadsAndTruncates) {
  const Tokens padded = tokenizer().tokenize("good!", 6);
  EXPECT_EQ(padded.ids, (Ids{2, 4, 7, 3, 0, 0}));
  EXPECT_EQ(padded.mask, (Ids{1, 1, 1, 1, 0, 0}));
  EXPECT_EQ(padded.segments, (Ids{0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(padded.has_specials);
  EXPECT_EQ(tokenizer().tokenize("goodness good!", 4).ids, (Ids{2, 4, 5, 3}));
  EXPECT_EQ(tokenizer().tokenize("", 2).ids, (Ids{2, 3}));
  EXPECT_NE(error_of([&] { (void)tokenizer().tokenize("good", 1); }).find("2 or more are accepted"), std::string::npos);
}

TEST_F(SmallVocabularyTest, WindowsLineEndsDoNotMatter) {
  const WordPiece crlf(scratch_.write("crlf.txt", "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\ngood\r\n"), {});
  EXPECT_EQ(crlf.encode("good"), (Ids{4}));
  EXPECT_EQ(crlf.unknown_id(), 1);
}

TEST_F(SmallVocabularyTest, BrokenUtf8IsDropped) {
  EXPECT_EQ(tokenizer().encode("go\xff\xfeod"), (Ids{4}));
}

TEST_F(SmallVocabularyTest, RefusesWhatIsNoVocabulary) {
  const auto message = [](const std::filesystem::path& file) {
    return error_of([&] { const WordPiece tokenizer(file, {}); });
  };
  EXPECT_NE(message(scratch_.path("absent.txt")).find("no such file"), std::string::npos);
  EXPECT_NE(message(scratch_.path("")).find("is a folder"), std::string::npos);
  EXPECT_NE(message(scratch_.write("few.txt", "[PAD]\n[UNK]\n[CLS]\ngood\n")).find("has no [SEP] line"),
            std::string::npos);
  EXPECT_NE(message(scratch_.write("binary.txt", "[PAD]\n\xff\xfe\n")).find("line 2 is not UTF-8"), std::string::npos);
}

}  // namespace
}  // namespace shakedown::media
