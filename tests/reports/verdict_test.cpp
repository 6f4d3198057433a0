#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/synthetic.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(VerdictTest, SaysTheFiguresWithFloorAndInterval) {
  const auto sentences = verdict_sentences(test::regression_results());
  EXPECT_EQ(sentences.front(),
            "On 658 samples in 31 groups, MAE on the clean input is 0.623 [0.583, 0.668]; always answering the median "
            "label would give 0.810.");
  EXPECT_THAT(sentences, Contains(HasSubstr("it averages 0.674 [0.634, 0.719], 0.051 worse than on the clean input")));
  EXPECT_THAT(sentences, Contains(HasSubstr("There are 2 warnings; 2 perturbations or cells were not tested.")));
}

TEST(VerdictTest, WorstCellIsOneThatCounts) {
  // feature.noise at severity 5 is worse (0.843) but weak; blur 5 is beyond its valid dose.
  EXPECT_THAT(verdict_sentences(test::regression_results()),
              Contains(AllOf(HasSubstr("audio.background_noise[noise=babble]"), HasSubstr("snr_db 0\u00A0dB"),
                             HasSubstr("0.170 worse"))));
}

TEST(VerdictTest, SaysWhatALossIsWorthAndWhatCouldNotBeFound) {
  Results results = test::regression_results();
  double size = 0.02;
  for (CellResult& cell : results.cells) {
    if (cell.cell.clean()) continue;
    cell.change.value = 0.17, cell.change.low = -0.01, cell.change.high = 0.35;
    cell.detectable = size;
    size += 0.001;
  }
  EXPECT_THAT(verdict_sentences(results),
              Contains(AllOf(HasSubstr("[\u22120.010, +0.350], which is not beyond its interval; skill "),
                             HasSubstr(" after."))));
  EXPECT_THAT(verdict_sentences(results), Contains(AllOf(HasSubstr("A loss of less than about 0.0"),
                                                         HasSubstr("in one cell"), HasSubstr("31 groups"))));
}

TEST(VerdictTest, NeverSaysPassOrFail) {
  for (const Results& results : {test::regression_results(), test::classification_results()}) {
    EXPECT_THAT(verdict_sentences(results), Each(Not(AnyOf(HasSubstr("pass"), HasSubstr("fail")))));
  }
}

TEST(VerdictTest, HigherIsBetterForClassification) {
  const auto sentences = verdict_sentences(test::classification_results());
  EXPECT_THAT(sentences.front(), HasSubstr("weighted F1 on the clean input is 62.7\u00A0% [58.7, 67.2]"));
  EXPECT_THAT(sentences, Contains(AllOf(HasSubstr("noise=babble"), HasSubstr("17.0\u00A0pp worse"))));
}

TEST(VerdictTest, UndefinedCleanFigureSaysWhy) {
  Results results = test::regression_results();
  results.cells.front().metrics["mae"] = Score{};
  results.cells.front().metrics["mae"].why = "all labels are missing";
  EXPECT_EQ(verdict_sentences(results).front(),
            "On 658 samples in 31 groups, MAE is undefined: all labels are missing.");
}

TEST(VerdictTest, ModelWithoutSkillIsCalledThat) {
  Results results = test::regression_results();
  results.cells.front().metrics["mae"].skill = -0.02;
  EXPECT_THAT(verdict_sentences(results).front(), HasSubstr("so that the model is no better than that."));
}

TEST(VerdictTest, MeanOfNoCellIsCalledThat) {
  Results results = test::regression_results();
  for (CellResult& cell : results.cells) cell.vacuous = !cell.cell.clean();
  results.summary["stress_mean"] = Score{};
  results.summary["stress_mean"].why = "no cell enters it";
  results.summary_notes["stress_mean"] = "no cell enters it; left out: 12 vacuous";
  EXPECT_THAT(
      verdict_sentences(results),
      Contains("There is no stress mean: no cell that leaves the label as it is counts (left out: 12 vacuous)."));
}

TEST(VerdictTest, StoppedRunSaysSoFirst) {
  Results results = test::regression_results();
  results.complete = false;
  EXPECT_THAT(verdict_sentences(results).front(), HasSubstr("not complete"));
}

TEST(VerdictTest, EmptyResultsAreNoCrash) {
  EXPECT_FALSE(verdict_sentences(Results{}).empty());
}

}  // namespace
}  // namespace shakedown::reports
