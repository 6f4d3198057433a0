#include "shakedown/core/text.h"

#include <clocale>
#include <cmath>
#include <limits>
#include <locale>

#include <gtest/gtest.h>

namespace shakedown {
namespace {

TEST(FormatNumberTest, PrintsTheShortestDecimalThatHoldsTwelveDigits) {
  EXPECT_EQ(format_number(0.1 * 3), "0.3");
  EXPECT_EQ(format_number(10), "10");
  EXPECT_EQ(format_number(-0.0), "0");
  EXPECT_EQ(format_number(1.0 / 3), "0.333333333333");
  EXPECT_EQ(format_number(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(format_number(0.30000000000000004), "0.3");
}

struct CommaNumbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
};

TEST(FormatNumberTest, IgnoresTheLocale) {
  const auto before = std::locale::global(std::locale(std::locale::classic(), new CommaNumbers));
  EXPECT_EQ(format_number(0.5), "0.5");
  EXPECT_EQ(parse_number("0.5"), 0.5);
  std::locale::global(before);
}

TEST(ParseNumberTest, TakesTheWholeTextOrNothing) {
  EXPECT_EQ(parse_number(" 5 "), 5.0);
  EXPECT_EQ(parse_number("+1e-3"), 1e-3);
  EXPECT_EQ(parse_number("inf"), std::numeric_limits<double>::infinity());
  EXPECT_FALSE(parse_number("5dB"));
  EXPECT_FALSE(parse_number(""));
  EXPECT_FALSE(parse_number("nan"));
  EXPECT_FALSE(parse_number("1e999"));
}

TEST(GlobTest, OnlyStarAndQuestionMarkAreSpecial) {
  EXPECT_TRUE(glob_match("audio.*", "audio.background_noise[noise=babble]@snr_db=10#0"));
  EXPECT_TRUE(glob_match("*[keep=text+audio]#?", "missing.modality[keep=text+audio]#0"));
  EXPECT_FALSE(glob_match("audio", "audio.gain"));
  EXPECT_FALSE(glob_match("[a]", "a"));
  EXPECT_TRUE(glob_match("*a*b*c", "xxaxxbxxc"));
  EXPECT_FALSE(glob_match("*a*b*c", "xxaxxcxxb"));
  EXPECT_TRUE(glob_match("*", ""));
}

TEST(GlobTest, IsNotExponential) {
  const std::string text(2000, 'a');
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  EXPECT_FALSE(glob_match(pattern + "b", text));
}

TEST(SuggestionTest, NamesTheNearestWordOnly) {
  EXPECT_EQ(suggestion("snr", {"snr_db", "noise"}), "");
  EXPECT_EQ(suggestion("severty", {"severity", "noise"}), " (did you mean 'severity'?)");
  EXPECT_EQ(suggestion("xyz", {"severity"}), "");
}

TEST(Utf8Test, RefusesOverlongSurrogateAndCutSequences) {
  EXPECT_TRUE(is_utf8("na\xC3\xAFve \xE2\x80\x99 \xF0\x9F\x98\x80"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xE2\x80"));
  EXPECT_FALSE(is_utf8("\xFF"));
}

}  // namespace
}  // namespace shakedown
