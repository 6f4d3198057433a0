#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/support.h"
#include "reports/synthetic.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

TEST(MarkdownTest, SummaryIsTheGoldenOne) {
  test::expect_golden("summary.md", to_markdown(test::regression_results()));
}

TEST(MarkdownTest, ComparisonIsTheGoldenOne) {
  test::expect_golden("comparison.md", to_markdown(test::gate_comparison()));
}

TEST(MarkdownTest, HostileTextBecomesNeitherHtmlNorTableCells) {
  const std::string text = to_markdown(test::hostile_results());
  for (std::size_t at = text.find("<script"); at != std::string::npos; at = text.find("<script", at + 1)) {
    const std::size_t line = text.rfind('\n', at);
    EXPECT_EQ(text.substr(line, at - line).find_first_of('`') == std::string::npos, false) << "outside a code span";
  }
  EXPECT_THAT(text, ::testing::HasSubstr("\\|"));
  EXPECT_EQ(text.find('\xff'), std::string::npos);
}

TEST(MarkdownTest, FiguresDoNotFollowTheLocale) {
  const std::string before = to_markdown(test::regression_results());
  const test::CommaLocale comma;
  EXPECT_EQ(to_markdown(test::regression_results()), before);
}

}  // namespace
}  // namespace shakedown::reports
