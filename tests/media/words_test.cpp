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
