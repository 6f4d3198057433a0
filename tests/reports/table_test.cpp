#include "shakedown/reports/table.h"

#include <gmock/gmock.h>

namespace shakedown::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

Table table() {
  Table made{"missing.random[a=b], x", "model", {}, {}, {"grid 0, 0.5"}};
  made.columns = {{"acc2_has0", "acc2_has0", {}}, {"acc2_non0", "acc2_non0", {}}, {"mae", "mae", {}}};
  made.rows.push_back({"emt_1 & co", 3, {{0.69612, 0.0042, {}, true, false}, {0.703, 0.01, {}, false, true}, {}}});
  made.rows.push_back(
      {"b|c", 1, {{0.5, {}, 0.001, false, false}, {-0.00001, {}, {}, true, false}, {1.106, {}, {}, true, false}}});
  return made;
}

TEST(TableTextTest, LatexIsBooktabsWithPairsBoldAndUnderlined) {
  const std::string text = to_latex({table()});
  EXPECT_THAT(text, HasSubstr("\\toprule\nmodel & acc2 & mae \\\\\n\\midrule\n"));
  EXPECT_THAT(text,
              HasSubstr("emt\\_1 \\& co & \\textbf{69.61 $\\pm$ 0.42}/\\underline{70.30 $\\pm$ 1.00} & -- \\\\\n"));
  EXPECT_THAT(text, HasSubstr("b|c & 50.00/\\textbf{0.00} & \\textbf{110.60} \\\\\n")) << "no sign on nothing";
  EXPECT_THAT(text, HasSubstr("grid 0, 0.5."));
  EXPECT_THAT(text, HasSubstr("mean and standard deviation over checkpoints."));
}

TEST(TableTextTest, MarkdownKeepsItsColumns) {
  const std::string text = to_markdown({table()});
  EXPECT_THAT(text, HasSubstr("**69.61 ± 0.42**/<u>70.30 ± 1.00</u>"));
  EXPECT_THAT(text, HasSubstr("- pairs are Has0/Non0\n"));
  EXPECT_THAT(text, Not(HasSubstr("| b|c |"))) << "a bar in a name is escaped";
}

TEST(TableTextTest, CsvHasFullPrecisionAndIsNotTimesHundred) {
  const std::string text = to_csv({table()});
  EXPECT_THAT(text, HasSubstr("\"missing.random[a=b], x\",emt_1 & co,acc2_has0,acc2_has0,0.69612,0.0042,,3,1,0\n"));
  EXPECT_THAT(text, HasSubstr(",b|c,acc2_has0,acc2_has0,0.5,,0.001,1,0,0\n"));
}

}  // namespace
}  // namespace shakedown::reports
