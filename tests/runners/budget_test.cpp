#include "budget.h"

#include <gtest/gtest.h>

namespace shakedown::runners {
namespace {

// One batch: 1 s to decode, then cells of 1, 2 and 4 s: 8 s in all.
const Estimate kEstimate{1, {1, 2, 4}};

TEST(BudgetTest, WorkersShareTheTime) {
  EXPECT_DOUBLE_EQ(kEstimate.total(10, 1), 80);
  EXPECT_DOUBLE_EQ(kEstimate.total(10, 2), 40);
}

TEST(BudgetTest, KeepsTheFirstCellsThatFitOnAllBatchesOrTheFirstBatchesOfAllCells) {
  const auto fit = what_fits(kEstimate, 45, 10, 1);
  EXPECT_EQ(fit.cells, 2U);    // (1 + 1 + 2) x 10 = 40
  EXPECT_EQ(fit.batches, 5U);  // 8 x 5 = 40
}

TEST(BudgetTest, EverythingFitsIntoEnoughAndNothingIntoNothing) {
  EXPECT_EQ(what_fits(kEstimate, 80, 10, 1).cells, 3U);
  EXPECT_EQ(what_fits(kEstimate, 80, 10, 1).batches, 10U);
  EXPECT_EQ(what_fits(kEstimate, 0.5, 10, 1).cells, 0U);
  EXPECT_EQ(what_fits(kEstimate, 0.5, 10, 1).batches, 0U);
}

}  // namespace
}  // namespace shakedown::runners
