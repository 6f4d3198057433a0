#include <gmock/gmock.h>

#include "media/support.h"
#include "shakedown/core/text.h"
#include "shakedown/media/text.h"

namespace shakedown::media {
namespace {

std::vector<std::string> words(std::string_view text, const std::string& language = "") {
  std::vector<std::string> result;
  for (const WordSpan& word : segment_words(text, language)) {
    result.emplace_back(text.substr(word.begin, word.end - word.begin));
  }
  return result;
}

using Words = std::vector<std::string>;

TEST(SegmentWordsTest, PunctuationAndSpacesAreNoWords) {
  EXPECT_EQ(words("  Well, that (really) was great... "), (Words{"Well", "that", "really", "was", "great"}));
}

TEST(SegmentWordsTest, ContractionsAndDecimalsAreOneWord) {
  EXPECT_EQ(words("I don't pay 3.5 dollars"), (Words{"I", "don't", "pay", "3.5", "dollars"}));
}

TEST(CharactersTest, AreWhatAReaderTakesForOneWithItsKind) {
  // e with a combining accent, Han, a flag, a broken byte
  const std::string text = "E\xCC\x81 7\xE5\xA5\xBD,\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA\xFF";
  const auto found = characters(text);
  std::vector<Character::Kind> kinds;
  std::size_t at = 0;
  for (const auto& character : found) {
    EXPECT_EQ(character.begin, at);
    at = character.end;
    kinds.push_back(character.kind);
  }
  EXPECT_EQ(at, text.size());
  using Kind = Character::Kind;
  EXPECT_THAT(kinds, ::testing::ElementsAre(Kind::kLetter, Kind::kSpace, Kind::kDigit, Kind::kLetter,
                                            Kind::kPunctuation, Kind::kOther, Kind::kOther));
  EXPECT_TRUE(found[0].capital && found[0].alphabetic);
  EXPECT_FALSE(found[3].capital || found[3].alphabetic);
}

TEST(SegmentWordsTest, ChineseIsSplitByDictionary) {
  const Words split = words("我喜欢这部电影。", "zh");  // ICU's releases differ on whether "这部" is one word
  EXPECT_THAT(split, ::testing::IsSupersetOf({"我", "喜欢", "电影"}));
  EXPECT_EQ(join(split, ""), "我喜欢这部电影");
}

TEST(SegmentWordsTest, SpansAreBytesOfTheText) {
  const std::string text = "é naïve";
  const std::vector<WordSpan> spans = segment_words(text);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].begin, 0U);
  EXPECT_EQ(spans[0].end, 2U);
  EXPECT_EQ(spans[1].begin, 3U);
  EXPECT_EQ(spans[1].end, text.size());
}

TEST(SegmentWordsTest, EmptyTextAndUnknownLanguageAreHarmless) {
  EXPECT_TRUE(segment_words("").empty());
  EXPECT_TRUE(segment_words(" ... ").empty());
  EXPECT_EQ(words("one two", "xx-nowhere"), (Words{"one", "two"}));
}

TEST(SegmentWordsTest, BrokenBytesStayInsideTheText) {
  const std::string broken = "good\xff\xfe bad \xe6\x88";
  for (const WordSpan& word : segment_words(broken)) {
    EXPECT_LT(word.begin, word.end);
    EXPECT_LE(word.end, broken.size());
  }
  EXPECT_FALSE(segment_words(broken).empty());
}

TEST(LowerCaseTest, FollowsTheLanguage) {
  EXPECT_EQ(lower_case("ÄRGER and ΟΔΟΣ"), "ärger and οδος");
  EXPECT_EQ(lower_case("DIYARBAKIR", "tr"), "dıyarbakır");
  EXPECT_EQ(lower_case(""), "");
}

}  // namespace
}  // namespace shakedown::media
