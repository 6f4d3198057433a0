#include "figures.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "reports/support.h"
#include "safe_text.h"

namespace shakedown::reports {
namespace {

TEST(FiguresTest, SharesArePerCentAndErrorsAreNot) {
  EXPECT_EQ(show("acc2_non0", 0.8416), "84.2\u00A0%");
  EXPECT_EQ(show("mae", 0.62349), "0.623");
  EXPECT_EQ(show("mae", std::optional<double>()), "\u2013");
}

TEST(FiguresTest, ChangesCarryASignUnlessTheyRoundToZero) {
  EXPECT_EQ(show_change("mae", 0.1119), "+0.112");
  EXPECT_EQ(show_change("mae", -0.1119), "\u22120.112");
  EXPECT_EQ(show_change("mae", -0.0001), "0.000");
  EXPECT_EQ(show_change("uar", -0.041), "\u22124.1\u00A0pp");
}

TEST(FiguresTest, DosesHaveUnitsAndInfinityIsWritten) {
  EXPECT_EQ(show_dose({"snr_db", "dB", false, 10.0}, 9.9871), "9.987\u00A0dB");
  EXPECT_EQ(show_dose({"rate", "", true, 0.3}, 0.2991), "29.9\u00A0%");
  EXPECT_EQ(show_dose({"snr_db", "dB", false, 10.0}, std::numeric_limits<double>::infinity()), "\u221E");
  EXPECT_EQ(show_dose({"stops", "stops", false, -3.0}, -3), "\u22123\u00A0stops");
}

TEST(FiguresTest, ExactTextParsesToTheSameDouble) {
  for (const double value : {0.1 + 0.2, 1e-300, -1.0 / 3, 123456789.123456789, 5e-324}) {
    EXPECT_EQ(std::strtod(exact(value).c_str(), nullptr), value);
  }
  EXPECT_EQ(exact(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(exact(std::nan("")), "");
}

TEST(FiguresTest, FiguresDoNotFollowTheLocale) {
  const test::CommaLocale comma;
  EXPECT_EQ(plain(1234.5), "1234");
  EXPECT_EQ(fixed(0.25, 2), "0.25");
}

TEST(SafeTextTest, BytesThatAreNotUtf8AreReplacedAndCounted) {
  std::size_t replaced = 0;
  EXPECT_EQ(valid_utf8("a\xff\xC3\xA9\xE2\x82z", replaced), "a\uFFFD\u00E9\uFFFD\uFFFDz");
  EXPECT_EQ(replaced, 3U);
  replaced = 0;
  EXPECT_EQ(valid_utf8("\xC0\xAF\xED\xA0\x80\xF4\x90\x80\x80", replaced).size(), 9U * 3U)
      << "overlong forms, surrogates and values beyond U+10FFFF are no UTF-8";
  EXPECT_EQ(replaced, 9U);
}

TEST(SafeTextTest, XmlHasNoForbiddenCharacters) {
  EXPECT_EQ(xml_escape("a\x01<&>\"\xEF\xBF\xBE\n"), "a\uFFFD&lt;&amp;&gt;&quot;\uFFFD&#10;");
}

TEST(SafeTextTest, MarkdownShowsMarkupAsText) {
  EXPECT_EQ(markdown_escape("a|b\n*c* <i> @me `d` [x](y) snr_db[k=v] _e_"),
            "a\\|b \\*c\\* &lt;i&gt; &#64;me \\`d\\` [x]\\(y) snr_db[k=v] \\_e\\_");
}

TEST(SafeTextTest, MarkdownCodeOutgrowsTheBackticksInside) {
  EXPECT_EQ(markdown_code("a|b@x\n<i>"), "`a\\|b@x <i>`");
  EXPECT_EQ(markdown_code("a``b"), "``` a``b ```");
}

}  // namespace
}  // namespace shakedown::reports
