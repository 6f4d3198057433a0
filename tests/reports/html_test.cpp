#include <chrono>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "assets.h"
#include "reports/support.h"
#include "reports/synthetic.h"
#include "shakedown/reports/report.h"
#include "views.h"

namespace shakedown::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

/// Start tags of a page, as "name attributes".
std::vector<std::string> start_tags(const std::string& html) {
  std::vector<std::string> tags;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const bool named = at + 1 < html.size() && html[at + 1] >= 'a' && html[at + 1] <= 'z';
    if (named) tags.push_back(html.substr(at + 1, html.find('>', at) - at - 1));
  }
  return tags;
}

/// A tag without its quoted attribute values.
std::string without_values(const std::string& tag) {
  std::string out;
  bool quoted = false;
  for (const char c : tag) {
    if (c == '"') quoted = !quoted;
    if (!quoted) out += c;
  }
  return out;
}

/// Between the first `open` and the next `close` after it.
std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string::npos) return "";
  return text.substr(begin + open.size(), text.find(close, begin + open.size()) - begin - open.size());
}

/// The page without the embedded styles and scripts: what a user's strings can reach.
std::string markup(std::string html) {
  for (const std::string_view asset : {assets::kStyle, assets::kScript, assets::kChartJs}) {
    const std::size_t at = html.find(asset);
    if (at != std::string::npos) html.erase(at, asset.size());
  }
  return html;
}

TEST(HtmlTest, FetchesNothing) {
  for (const Results& results : {test::regression_results(), test::hostile_results()}) {
    const std::string html = markup(to_html(results));
    for (const std::string& tag : start_tags(html)) {
      for (const char* name : {"link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}) {
        EXPECT_NE(tag.substr(0, tag.find(' ')), name);
      }
    }
    EXPECT_EQ(count(html, "src="), 0U);
    EXPECT_EQ(count(html, "href=\""), count(html, "href=\"#")) << "links go to places in the page only";
    EXPECT_THAT(html, Not(HasSubstr("url(")));
  }
  EXPECT_EQ(std::string(assets::kStyle).find("url("), std::string::npos);
  EXPECT_EQ(std::string(assets::kStyle).find("@import"), std::string::npos);
  EXPECT_EQ(std::string(assets::kChartJs).find("sourceMappingURL"), std::string::npos);
}

TEST(HtmlTest, PolicyAllowsOnlyTheEmbeddedScriptsAndStyles) {
  const std::string html = to_html(test::regression_results());
  const std::string policy = between(html, "Content-Security-Policy\" content=\"", "\"");
  EXPECT_THAT(policy, HasSubstr("default-src &apos;none&apos;"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
  EXPECT_EQ(count(policy, "sha256-"), 3U) << "style, Chart.js and the page's own script";
  EXPECT_EQ(count(markup(html), " style="), 0U) << "the policy would block an inline style";
  for (const std::string& tag : start_tags(markup(html))) {
    EXPECT_THAT(without_values(tag), Not(HasSubstr(" on"))) << "an inline handler";
  }
}

TEST(HtmlTest, ProvenanceSaysWhereTheTimeWent) {
  const std::string html = markup(to_html(test::regression_results()));
  EXPECT_THAT(html, HasSubstr("wall clock</dt><dd>3\u00A0min 32\u00A0s"));
  EXPECT_THAT(html, HasSubstr("decode, all workers</dt>"));
  EXPECT_THAT(html, Not(HasSubstr("decode_s")));
}

TEST(HtmlTest, UserTextIsShownAndNeverBecomesMarkup) {
  const std::string html = to_html(test::hostile_results());
  const std::string outside = markup(html);
  EXPECT_THAT(outside, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(outside, HasSubstr("&lt;/script&gt;&lt;script&gt;alert(1)"));
  EXPECT_EQ(count(html, "<script"), 3U) << "data, Chart.js, and the page's own";
  EXPECT_EQ(count(outside, "</script"), 3U);
  EXPECT_THAT(outside, HasSubstr("{{x}}")) << "text that looks like a template tag is text";
  EXPECT_EQ(outside.find('\xff'), std::string::npos);
  EXPECT_THAT(outside, HasSubstr("not UTF-8"));
  test::keep("hostile.html", html);
}

TEST(HtmlTest, EmbeddedDataIsJsonWithAllCurves) {
  const Results results = test::hostile_results();
  const std::string html = to_html(results);
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = html.find(open) + open.size();
  const auto json = nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
  EXPECT_EQ(json["curves"].size(), results.curves.size());
  EXPECT_EQ(json["primary"], "mae");
  EXPECT_TRUE(json["curves"][0]["reversed"]) << "an SNR axis runs from clean to noisy";
  EXPECT_EQ(json["curves"][0]["points"][0]["label"], "clean");
}

TEST(HtmlTest, DamageGrowsToTheRightWithoutACleanPointOrSeverities) {
  Results results = test::regression_results();
  Curve& curve = results.curves[0];
  std::erase_if(curve.points, [](const CurvePoint& point) { return point.cell == "clean#0"; });
  for (CellResult& cell : results.cells) cell.cell.severity.reset();
  const Json shown = curves_data(results)["curves"][0];
  EXPECT_EQ(shown["points"][0]["label"], "20\u00A0dB");
  EXPECT_EQ(shown["points"][4]["label"], "0\u00A0dB");
  EXPECT_EQ(shown["clean"], 0.6231) << "the clean value is drawn across instead";
}

TEST(HtmlTest, NumbersBehindEveryChartAndCellAreInTables) {
  const Results results = test::regression_results();
  const std::string html = markup(to_html(results));
  for (const CellResult& cell : results.cells) {
    EXPECT_THAT(html, HasSubstr(cell.cell.id.substr(cell.cell.id.find_first_of("[@#"))));
  }
  EXPECT_EQ(count(html, "<canvas"), 6U);
  EXPECT_EQ(count(html, "<details open>"), 6U) << "open until a script has drawn the chart";
  EXPECT_EQ(count(html, "class=\"plot\""), count(html, "hidden><canvas")) << "no empty box without scripts";
  test::keep("report.html", to_html(results));
  test::keep("classification.html", to_html(test::classification_results()));
}

TEST(HtmlTest, CellsThatDoNotCountAreMarked) {
  const std::string html = markup(to_html(test::regression_results()));
  EXPECT_THAT(html, HasSubstr("class=\"vacuous\""));
  EXPECT_THAT(html, HasSubstr(" beyond\" title=\"video.motion_blur@severity=4#0"));
  EXPECT_THAT(html, HasSubstr("<sup>w</sup>"));
  EXPECT_THAT(html, HasSubstr("all 658 samples failed"));
}

TEST(HtmlTest, StoppedRunNamesItsUnfinishedCells) {
  Results results = test::regression_results();
  EXPECT_THAT(to_html(results), Not(HasSubstr("This run is not complete.</strong>")));
  results.complete = false;
  results.warnings.push_back({"incomplete", "2 cells are not finished.", {"audio.reverb@severity=4#0"}});
  const std::string html = to_html(results);
  EXPECT_THAT(html, HasSubstr("This run is not complete.</strong>"));
  EXPECT_THAT(html, HasSubstr("audio.reverb@severity=4#0"));
  test::keep("partial.html", html);
}

void collect_keys(const Json& value, std::set<std::string>& keys) {
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) keys.insert(key);
  }
  if (!value.is_structured()) return;
  for (const Json& item : value) collect_keys(item, keys);
}

TEST(HtmlTest, EveryTagOfTheTemplateIsSetByTheView) {
  std::set<std::string> keys = {"."};
  collect_keys(report_view(test::regression_results()), keys);
  collect_keys(report_view(test::classification_results()), keys);  // confusion
  const std::string text(assets::kReportTemplate);
  for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
    const std::string tag = text.substr(at + 2, text.find("}}", at) - at - 2);
    EXPECT_EQ(keys.count(tag.substr(tag.find_first_not_of("#^/"))), 1U) << tag << " would print nothing, in silence";
  }
}

TEST(HtmlTest, SlicesShowWhatIsWorseThanTheRestAndHowMuchWasSearched) {
  const std::string html = to_html(test::regression_results());
  EXPECT_THAT(html, HasSubstr("12 comparisons of a slice"));
  EXPECT_THAT(html, HasSubstr("0.210 [0.110, 0.310]")) << "worse by, whichever way the metric goes";
  EXPECT_THAT(html, HasSubstr("not sliced by id"));
}

TEST(HtmlTest, ConfusionCountsLabelsInRows) {
  const std::string html = to_html(test::classification_results());
  EXPECT_THAT(html, HasSubstr("<caption>Clean input</caption>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">joy</th><td class=\"num\">4</td><td class=\"num\"><b>15</b></td>"));
  EXPECT_EQ(to_html(test::regression_results()).find("id=\"confusion\""), std::string::npos);
}

TEST(HtmlTest, EmptyResultsMakeAPageWithoutCharts) {
  const std::string html = to_html(Results{});
  EXPECT_THAT(html, HasSubstr("</html>"));
  EXPECT_EQ(html.find(assets::kChartJs), std::string::npos);
}

TEST(HtmlTest, PageIsTheSameInEveryLocaleAndEveryTime) {
  const std::string before = to_html(test::regression_results());
  const test::CommaLocale comma;
  EXPECT_EQ(to_html(test::regression_results()), before);
}

TEST(HtmlTest, ThousandCellsStayWithinTheBudget) {
  Results results = test::regression_results();
  const std::vector<CellResult> cells = results.cells;
  const std::vector<Curve> curves = results.curves;
  for (int copy = 0; results.cells.size() < 1000; ++copy) {
    for (CellResult cell : cells) {
      if (cell.cell.clean()) continue;
      cell.cell.family += "[copy=" + std::to_string(copy) + "]";
      cell.cell.id += "[copy=" + std::to_string(copy) + "]";
      results.cells.push_back(cell);
    }
    for (Curve curve : curves) {
      curve.id += "[copy=" + std::to_string(copy) + "]";
      results.curves.push_back(curve);
    }
  }
  const auto start = std::chrono::steady_clock::now();
  const std::string html = to_html(results);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(html.size(), std::size_t{8} << 20);
  RecordProperty("seconds", std::to_string(took.count()));
  test::keep("thousand.html", html);
}

TEST(HtmlTest, ChangesBeyondTheirIntervalAreMarked) {
  Results results = test::regression_results();
  for (CellResult& cell : results.cells) {
    if (cell.cell.family != "audio.background_noise[noise=babble]") continue;
    cell.change.value = 0.17;
    cell.change.low = *cell.cell.level == 0 ? 0.1 : -0.1;
    cell.change.high = 0.3;
  }
  const std::string html = to_html(results);
  std::size_t marked = 0;
  for (std::size_t at = html.find("<sup>*</sup></td>"); at != std::string::npos;
       at = html.find("<sup>*</sup></td>", at + 1))
    ++marked;
  EXPECT_EQ(marked, 1U) << "0 dB alone";
  EXPECT_NE(html.find("change against clean#0 [+0.100, +0.300]"), std::string::npos);
}

}  // namespace
}  // namespace shakedown::reports
