#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/support.h"
#include "reports/synthetic.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Well-formed as far as this page needs it: tags nest, attributes are quoted, no bare markup in text.
bool is_well_formed(std::string xml) {
  std::vector<std::string> open;
  if (!xml.starts_with("<?xml")) return false;
  std::size_t at = xml.find("?>") + 2;
  while ((at = xml.find('<', at)) != std::string::npos) {
    const std::size_t end = xml.find('>', at);
    if (end == std::string::npos) return false;
    std::string tag = xml.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos) return false;
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else if (!tag.ends_with('/')) {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
    at = end + 1;
  }
  return open.empty();
}

TEST(JunitTest, IsWellFormedWithACaseForEachRuleAndMissingCell) {
  const std::string xml = to_junit(test::gate_comparison());
  EXPECT_TRUE(is_well_formed(xml)) << xml;
  EXPECT_THAT(xml, HasSubstr("tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\""));
  EXPECT_THAT(xml, HasSubstr("name=\"missing &lt;data&gt;\"><failure"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"inconclusive: acc2_non0"));
  EXPECT_THAT(xml, HasSubstr("<error message="));
  test::keep("gate.xml", xml);
}

TEST(JunitTest, CountsWhatTheExitCodeCounts) {
  Comparison comparison = test::gate_comparison();
  comparison.rules[1].counts = false;  // level warn
  comparison.inconclusive_fails = true;
  const std::string xml = to_junit(comparison);
  EXPECT_TRUE(is_well_formed(xml)) << xml;
  EXPECT_THAT(xml, HasSubstr("failures=\"1\" errors=\"1\" skipped=\"0\""));
  EXPECT_THAT(xml, HasSubstr("<system-out>warning: mae"));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"inconclusive: acc2_non0"));
}

TEST(AnnotationsTest, AreOneCommandALineAtTheRuleOfThePolicy) {
  Comparison comparison = test::gate_comparison();
  comparison.rules[1].name = "a, b: 50%";
  comparison.rules[1].note = "line\nbreak";
  const std::string text = to_annotations(comparison);
  EXPECT_THAT(text, HasSubstr("::error file=ci/gate.yaml,line=7,title=shakedown%3A a%2C b%3A 50%25 is broken::mae: "));
  EXPECT_THAT(text, HasSubstr("line%0Abreak"));
  EXPECT_THAT(text,
              HasSubstr("::warning file=ci/gate.yaml,line=7,title=shakedown%3A acc | under noise is inconclusive::"));
  EXPECT_THAT(text, HasSubstr("::notice title=shakedown gate::The gate fails"));
  EXPECT_THAT(text, Not(HasSubstr("audio stress")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  comparison.inconclusive_fails = true;
  comparison.rules[1].counts = false;
  EXPECT_THAT(to_annotations(comparison), HasSubstr("::error file=ci/gate.yaml,line=7,title=shakedown%3A acc | under"));
  EXPECT_THAT(to_annotations(comparison), HasSubstr("::warning file=ci/gate.yaml,line=7,title=shakedown%3A a%2C"));
}

TEST(JunitTest, HasNoCharacterThatXmlForbids) {
  for (const char c : to_junit(test::gate_comparison())) {
    const auto byte = static_cast<unsigned char>(c);
    EXPECT_TRUE(byte >= 0x20 || byte == '\n') << static_cast<int>(byte);
    EXPECT_NE(byte, 0xFF);
  }
}

TEST(ComparisonHtmlTest, FailedRulesComeFirstAndTextIsEscaped) {
  const std::string html = to_html(test::gate_comparison());
  EXPECT_THAT(html, HasSubstr("Gate: fail."));
  EXPECT_LT(html.find("missing &lt;data&gt;"), html.find("audio stress"));
  EXPECT_THAT(html, Not(HasSubstr("<b>\"v2\"")));
  EXPECT_THAT(html, HasSubstr("emt &quot;v2&quot; &lt;b&gt;"));
  EXPECT_THAT(html, HasSubstr("video.motion_blur@severity=5#0"));
  test::keep("gate.html", html);
}

TEST(ComparisonHtmlTest, WithoutAPolicyThereIsNoVerdict) {
  Comparison comparison = test::gate_comparison();
  comparison.verdict.reset();
  comparison.verdict_text.clear();
  const std::string html = to_html(comparison);
  EXPECT_THAT(html, Not(HasSubstr("Gate:")));
  EXPECT_THAT(html, HasSubstr("Of 3 paired differences, 1 lie wholly above 0"));
  EXPECT_THAT(to_markdown(comparison), Not(HasSubstr("Gate")));
}

}  // namespace
}  // namespace shakedown::reports
