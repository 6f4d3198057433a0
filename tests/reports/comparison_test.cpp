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

/// Two runs against the first; the rules of the second pair are fewer.
RunComparison three_runs() {
  RunComparison runs;
  runs.table.runs = {test::make_header(), test::make_header(), test::make_header()};
  runs.table.runs[1].model_name = "robust <i>";
  runs.table.runs[2].model_name = "old";
  runs.table.runs[2].settings["batch_size"] = "7";
  Score score;
  score.value = 0.5, score.low = 0.4, score.high = 0.6, score.n = 686;
  runs.table.rows = {{"clean", "mae", "", {score, score, score}}};
  RunPair pair;
  pair.candidate = 1;
  pair.comparison = test::gate_comparison();
  pair.comparison.verdict.reset();
  pair.comparison.verdict_text.clear();
  pair.flips = {{pair.comparison.rules[1].name, 686, 31, 17}};
  pair.shown = {{"audio.gain@severity=5#0", "largest loss", {}}};
  for (int i = 0; i < 5000; ++i) {
    pair.shown[0].answers.push_back(
        {"id " + std::to_string(i), "1", 1 + 0.001 * i, 1.5 - 0.001 * i, i % 2 == 0, i % 2 == 0 || i % 100 == 1});
  }
  runs.pairs = {pair, pair};
  runs.pairs[1].candidate = 2;
  runs.pairs[1].comparison.rules.resize(1);
  runs.pairs[1].shown.clear();
  return runs;
}

TEST(RunsHtmlTest, EveryRunHasItsColumnsAndScattersKeepWhatChangedHands) {
  const std::string html = to_html(three_runs());
  EXPECT_THAT(html, Not(HasSubstr("Gate:")));
  EXPECT_THAT(html, HasSubstr("Of 3 paired differences, 1 lie wholly above 0"));
  EXPECT_THAT(html, HasSubstr("(2) robust &lt;i&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("robust <i>")));
  EXPECT_THAT(html, HasSubstr("<td class=\"num\">31</td><td class=\"num\">17</td>"));
  EXPECT_THAT(html, HasSubstr("lost 0 · gained 50 ·"));
  EXPECT_THAT(html, HasSubstr("largest loss · n 5000, "));
  EXPECT_THAT(html, HasSubstr("38 further samples"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">batch_size</th>"));
  const std::size_t points = html.find("\"points\":[[");
  ASSERT_NE(points, std::string::npos);
  const std::string drawn = html.substr(points, html.find("]]", points) - points);
  EXPECT_LE(std::count(drawn.begin(), drawn.end(), '['), 2001);
  std::size_t gained = 0;
  for (std::size_t at = drawn.find(",2]"); at != std::string::npos; at = drawn.find(",2]", at + 1)) ++gained;
  EXPECT_EQ(gained, 50U);
  test::keep("runs.html", html);
}

TEST(ComparisonMarkdownTest, WithoutAPolicyThereIsNoVerdict) {
  Comparison comparison = test::gate_comparison();
  comparison.verdict.reset();
  comparison.verdict_text.clear();
  EXPECT_THAT(to_markdown(comparison), Not(HasSubstr("Gate")));
}

}  // namespace
}  // namespace shakedown::reports
