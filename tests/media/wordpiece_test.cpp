#include "media/support.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/media/tokenizer.h"

namespace shakedown::media {
namespace {

using Ids = std::vector<std::int64_t>;

std::unique_ptr<const Tokenizer> word_piece(const std::string& text, bool lower_case = true,
                                            const std::string& name = "vocab.txt") {
  TokenizerOptions options;
  options.lower_case = lower_case;
  return make_tokenizer(*find_tokenizer_family("bert"), {{name, text}, {}}, options);
}

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
    const auto tokenizer = word_piece(read_text_file(test_data("vocab.txt"), 1 << 20), parts[0] == "1");
    EXPECT_EQ(tokenizer->encode(text), expected) << text << (parts[0] == "1" ? " (uncased)" : " (cased)");
  }
  EXPECT_EQ(cases, 32U);
}

class SmallVocabularyTest : public ::testing::Test {
 protected:
  [[nodiscard]] const Tokenizer& tokenizer() const { return *tokenizer_; }

 private:
  std::unique_ptr<const Tokenizer> tokenizer_ =
      word_piece("[PAD]\n[UNK]\n[CLS]\n[SEP]\ngood\n##ness\n##n\n!\n[\n]\nsep\na\n##a\n");
};

TEST_F(SmallVocabularyTest, TakesTheLongestPieceFirst) {
  EXPECT_EQ(tokenizer().encode("Goodness!"), (Ids{4, 5, 7}));
  EXPECT_EQ(tokenizer().encode("goodn"), (Ids{4, 6}));
}

TEST_F(SmallVocabularyTest, AWordWithAnUnmatchedRestIsUnknownAsAWhole) {
  EXPECT_EQ(tokenizer().encode("goodx good"), (Ids{1, 4}));
}

TEST_F(SmallVocabularyTest, OverlongWordsAreUnknown) {
  EXPECT_EQ(tokenizer().encode(std::string(100, 'a')).size(), 100U);
  EXPECT_EQ(tokenizer().encode(std::string(101, 'a')), (Ids{1}));
}

TEST_F(SmallVocabularyTest, SpecialsTypedByAUserAreOrdinaryText) {
  EXPECT_EQ(tokenizer().encode("[SEP]"), (Ids{8, 10, 9}));
}

TEST_F(SmallVocabularyTest, TokenizePadsAndTruncates) {
  const Tokens padded = tokenizer().tokenize("good!", 6);
  EXPECT_EQ(padded.ids, (Ids{2, 4, 7, 3, 0, 0}));
  EXPECT_EQ(padded.mask, (Ids{1, 1, 1, 1, 0, 0}));
  EXPECT_EQ(padded.segments, (Ids{0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(padded.roles(), (std::vector{TokenRole::kCls, TokenRole::kText, TokenRole::kText, TokenRole::kSep}));
  EXPECT_EQ(tokenizer().tokenize("goodness good!", 4).ids, (Ids{2, 4, 5, 3}));
  EXPECT_EQ(tokenizer().tokenize("", 2).ids, (Ids{2, 3}));
  EXPECT_NE(error_of([&] { (void)tokenizer().tokenize("good", 1); }).find("2 or more are accepted"), std::string::npos);
}

TEST_F(SmallVocabularyTest, WindowsLineEndsDoNotMatter) {
  const auto crlf = word_piece("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\ngood\r\n");
  EXPECT_EQ(crlf->encode("good"), (Ids{4}));
  EXPECT_EQ(crlf->unknown_id(), 1);
}

TEST_F(SmallVocabularyTest, RefusesWhatIsNoVocabulary) {
  const auto message = [](const std::string& text) {
    return error_of([&] { (void)word_piece(text, true, "few.txt"); });
  };
  EXPECT_NE(message("[PAD]\n[UNK]\n[CLS]\ngood\n").find("few.txt: has no [SEP]"), std::string::npos);
  EXPECT_NE(message("[PAD]\n\xff\xfe\n").find("few.txt: line 2 is not UTF-8"), std::string::npos);
  EXPECT_NE(message("").find("has no [CLS]"), std::string::npos);
}

}  // namespace
}  // namespace shakedown::media
