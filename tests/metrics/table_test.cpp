// Aggregates of the field and tables of several models, on runs whose figures are known beforehand.

#include "shakedown/metrics/table.h"

#include <cmath>

#include <gmock/gmock.h>

#include "make_run.h"
#include "shakedown/core/error.h"

namespace shakedown::metrics {
namespace {

using shakedown::testing::RunMaker;

// MAE at level x is (1 + x) times the clean one.
RunData sweep(const std::string& name, double error, int replicates = 1, std::size_t groups = 20) {
  RunMaker maker(groups, 6, error);
  for (const double level : {1.0, 2.0, 4.0}) {
    for (int replicate = 0; replicate < replicates; ++replicate) {
      maker.add("missing.random", Modality::kCross, level, maker.scaled_error(1 + level + 0.1 * replicate), "", "rate",
                replicate);
    }
  }
  maker.run().header.model_name = name;
  return maker.run();
}

const TableFigure& figure(const Table& table, const std::string& row, const std::string& column) {
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (table.rows[r].name == row && table.columns[c].title == column) return table.rows[r].figures[c];
    }
  }
  throw std::runtime_error("no " + row + " " + column);
}

double value(const Table& table, const std::string& column) {
  return figure(table, table.rows.front().name, column).mean.value();
}

TEST(TableTest, AggregatesAreThoseOfTheGrid) {
  const auto made = tables({sweep("a", 0.4)}, {});
  ASSERT_EQ(made.size(), 1U);
  const Table& table = made.front();
  EXPECT_EQ(table.title, "missing.random, mae");
  const double clean = value(table, "0");
  EXPECT_NEAR(value(table, "1"), 2 * clean, 1e-12);
  EXPECT_NEAR(value(table, "4"), 5 * clean, 1e-12);
  // Trapezoids of 1 + x over 0, 1, 2, 4: 12; the plain mean of 1, 2, 3, 5: 2.75.
  EXPECT_NEAR(value(table, "AUILC"), 12 * clean, 1e-12);
  EXPECT_NEAR(value(table, "area"), 3 * clean, 1e-12);
  EXPECT_NEAR(value(table, "mean"), 2.75 * clean, 1e-12);
  EXPECT_NEAR(value(table, "worst"), 5 * clean, 1e-12);
  EXPECT_NEAR(value(table, "drop"), 2 * clean, 1e-12) << "an error that grows is a loss";
  const double floor = table.columns.front().floor.value();
  EXPECT_NEAR(value(table, "retention"), (1 - 5 * clean / floor) / (1 - clean / floor), 1e-12);
}

TEST(TableTest, MultiBenchEffectiveIsTheSumOverAMovedBaseline) {
  const RunData baseline = sweep("base", 0.8);
  TableOptions options;
  options.reference = &baseline;
  const auto made = tables({sweep("a", 0.4)}, options);
  const auto base = tables({baseline}, {});
  const double own = value(made.front(), "0"), theirs = value(base.front(), "0");
  // sum of f_i - (b_i + f_0 - b_0) with f_i = (1 + x_i) f_0: x sums to 7
  EXPECT_NEAR(value(made.front(), "multibench_effective"), 7 * (own - theirs), 1e-12);
}

TEST(TableTest, MaskSeedsAreAveragedAndTheirSpreadShown) {
  const auto made = tables({sweep("a", 0.4, 3)}, {});
  const double clean = value(made.front(), "0");
  EXPECT_NEAR(value(made.front(), "1"), 2.1 * clean, 1e-12);
  EXPECT_NEAR(figure(made.front(), "a", "1").mask_spread.value(), 0.1 * clean, 1e-12);
  EXPECT_NEAR(figure(made.front(), "a", "0").mask_spread.value(), 0, 1e-12);
  EXPECT_THAT(made.front().notes, ::testing::Contains(::testing::HasSubstr("3 mask seeds, averaged")));
}

// NIAT scores the copies of all seeds as one set: the same for MAE, another figure for the correlation.
TEST(TableTest, ConcatenatedReplicatesAreOneSet) {
  const RunData run = sweep("a", 0.8, 3);
  TableOptions options;
  options.metrics = {"mae", "corr"};
  const auto averaged = tables({run}, options);
  options.concatenated = true;
  const auto pooled = tables({run}, options);
  EXPECT_NEAR(value(pooled[0], "2"), value(averaged[0], "2"), 1e-12);
  EXPECT_GT(std::abs(value(pooled[1], "2") - value(averaged[1], "2")), 1e-6);
  // By hand: Pearson over the three copies of level 2.
  std::vector<double> p, y;
  for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
    if (run.cells[cell].level != 2.0) continue;
    for (std::size_t i = 0; i < run.samples.size(); ++i) {
      p.push_back(run.outcomes[cell][i].outputs[0]);
      y.push_back(run.samples[i].labels.at("regression").value);
    }
  }
  double mp = 0, my = 0, spy = 0, spp = 0, syy = 0;
  for (std::size_t i = 0; i < p.size(); ++i) mp += p[i] / double(p.size()), my += y[i] / double(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    spy += (p[i] - mp) * (y[i] - my);
    spp += (p[i] - mp) * (p[i] - mp);
    syy += (y[i] - my) * (y[i] - my);
  }
  EXPECT_NEAR(value(pooled[1], "2"), spy / std::sqrt(spp * syy), 1e-9);
}

TEST(TableTest, CheckpointsOfOneModelAreOneRow) {
  const auto made = tables({sweep("m@seed1", 0.4), sweep("m@seed2", 0.8), sweep("other", 1.2)}, {});
  ASSERT_EQ(made.front().rows.size(), 2U);
  const TableFigure& both = figure(made.front(), "m", "0");
  EXPECT_EQ(made.front().rows.front().checkpoints, 2U);
  const double a = value(tables({sweep("m", 0.4)}, {}).front(), "0");  // 0.8 gives twice the error
  EXPECT_NEAR(both.mean.value(), 1.5 * a, 1e-12);
  EXPECT_NEAR(both.deviation.value(), a / std::sqrt(2), 1e-12);
  EXPECT_FALSE(figure(made.front(), "other", "0").deviation);
}

TEST(TableTest, BestTiesAndSecondByThePairedInterval) {
  RunData near_best = sweep("near", 0.4);
  for (auto& cell : near_best.outcomes) {
    for (std::size_t i = 0; i < cell.size(); ++i) cell[i].outputs[0] += i % 2 == 0 ? 1e-4 : -1e-4;
  }
  const auto made = tables({sweep("far", 1.2), sweep("best", 0.4), near_best, sweep("second", 0.8)}, {});
  for (const auto& column : {"0", "4", "AUILC", "drop"}) {
    EXPECT_TRUE(figure(made.front(), "best", column).best) << column;
    EXPECT_FALSE(figure(made.front(), "second", column).best) << column;
    EXPECT_TRUE(figure(made.front(), "second", column).second) << column;
    EXPECT_FALSE(figure(made.front(), "far", column).best || figure(made.front(), "far", column).second) << column;
  }
  EXPECT_TRUE(figure(made.front(), "near", "0").best) << "not told from the best";
}

TEST(TableTest, RowsMayBePerturbationsAndColumnsMetrics) {
  RunMaker maker(10, 6, 0.4);
  for (const char* name : {"missing.random", "missing.block"}) {
    for (const double level : {1.0, 2.0})
      maker.add(name, Modality::kCross, level, maker.scaled_error(1 + level), "", "rate");
  }
  TableOptions options;
  options.rows_are_models = false;
  options.columns = "metric";
  options.metrics = {"acc2_has0", "acc2_non0", "mae"};
  options.aggregate = "area";
  const auto made = tables({maker.run()}, options);
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made.front().title, "model");
  EXPECT_EQ(made.front().rows.size(), 2U);
  EXPECT_EQ(made.front().columns.size(), 3U);
  options.only = {"*block*"};
  EXPECT_EQ(tables({maker.run()}, options).front().rows.size(), 1U);
}

TEST(TableTest, RefusesWhatCannotStandTogether) {
  RunData other = sweep("b", 0.4);
  other.header.inputs[1].sha256 = "another";
  EXPECT_THROW((void)tables({sweep("a", 0.4), other}, {}), Error);
  EXPECT_THROW((void)tables({sweep("a", 0.4), sweep("b", 0.4, 1, 19)}, {}), Error);
  TableOptions options;
  options.metrics = {"acc9"};
  EXPECT_THROW((void)tables({sweep("a", 0.4)}, options), Error);
  options = {};
  options.only = {"nothing*"};
  EXPECT_THROW((void)tables({sweep("a", 0.4)}, options), Error);
}

}  // namespace
}  // namespace shakedown::metrics
