#include <algorithm>

#include <gtest/gtest.h>

#include "reports/support.h"
#include "reports/synthetic.h"
#include "shakedown/core/error.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

/// Fields of RFC 4180 text, by a reader that knows nothing of the writer.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      rows.back().back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && c == '\n') {
      rows.emplace_back(1);
    } else {
      rows.back().back() += c;
    }
  }
  rows.pop_back();
  return rows;
}

TEST(DumpTest, BytesAreThoseOfTheGoldenFile) {
  test::expect_golden("dump.csv", dump_csv(test::small_run(), {}));
}

TEST(DumpTest, EveryFieldReadsBackExactly) {
  const RunData run = test::small_run();
  const auto rows = parse_csv(dump_csv(run, {}));
  ASSERT_EQ(rows.size(), 1U + 9U);
  EXPECT_EQ(rows[0],
            (std::vector<std::string>{"cell", "sample", "group", "state", "label", "prediction", "output_0", "dose"}));
  for (const auto& row : rows) EXPECT_EQ(row.size(), 8U);
  EXPECT_EQ(rows[1][1], "vid,1$_$01");
  EXPECT_EQ(rows[2][1], "say \"hi\"");
  EXPECT_EQ(rows[2][2], "g\n2");
  EXPECT_EQ(std::stod(rows[4][6]), 0.1 + 0.2) << "outputs must survive the round trip bit for bit";
  EXPECT_EQ(std::stod(rows[7][6]), -1e-17);
  EXPECT_EQ(std::stod(rows[4][7]), 1.0 / 3) << "a fraction's dose is taken over eligible";
  EXPECT_EQ(rows[8][7], "inf");
}

TEST(DumpTest, FailedSamplesHaveNoPredictionAndMissingLabelsAreEmpty) {
  const auto rows = parse_csv(dump_csv(test::small_run(), {}));
  EXPECT_EQ(rows[6], (std::vector<std::string>{"missing.random@rate=0.3#0", "007", "007", "failed", "", "", "", ""}));
}

TEST(DumpTest, ClassesAreNamedByTheFirstLargestOutput) {
  RunData run = test::small_run();
  run.header.task.kind = Task::Kind::kClassification;
  run.header.task.label = "emotion";
  run.header.task.labels = {"neutral", "joy", "anger"};
  run.cells.resize(1);
  run.outcomes.resize(1);
  run.samples[0].labels["emotion"].name = "joy";
  run.outcomes[0][0].outputs = {0.1, 0.7, 0.7};
  run.outcomes[0][1].outputs = {3, -1, 2};
  run.outcomes[0][2].outputs = {0, 0, 1};
  const auto rows = parse_csv(dump_csv(run, {}));
  EXPECT_EQ(rows[0][8], "output_2");
  EXPECT_EQ(rows[1][4], "joy");
  EXPECT_EQ(rows[1][5], "joy");
  EXPECT_EQ(rows[2][5], "neutral");
  EXPECT_EQ(rows[3][5], "anger");
}

TEST(DumpTest, GlobsSelectCellsAndASelectionOfNothingIsAnError) {
  const auto rows = parse_csv(dump_csv(test::small_run(), {"audio.*", "clean#0"}));
  ASSERT_EQ(rows.size(), 7U);
  EXPECT_EQ(rows[1][0], "clean#0") << "cells stay in run order";
  EXPECT_EQ(rows[4][0], "audio.background_noise@snr_db=10#0");
  try {
    (void)dump_csv(test::small_run(), {"vidoe.*"});
    FAIL() << "a glob that matches nothing must not give an empty file";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find("vidoe.*"), std::string::npos);
  }
}

TEST(DumpTest, NumbersDoNotFollowTheLocale) {
  const std::string before = dump_csv(test::small_run(), {});
  const test::CommaLocale comma;
  EXPECT_EQ(dump_csv(test::small_run(), {}), before);
}

TEST(CellCsvTest, HasARowForEachCellAndMetricWithTheColumnsOfTheHeader) {
  const Results results = test::regression_results();
  const auto rows = parse_csv(to_csv(results));
  std::size_t expected = 1;
  for (const CellResult& cell : results.cells) {
    expected += cell.metrics.size() + cell.metrics_applied.size() + cell.flips.size() + cell.direction.size();
  }
  for (const Slice& slice : results.slices.slices) expected += slice.scores.count("clean");
  EXPECT_EQ(rows.size(), expected);
  for (const auto& row : rows) ASSERT_EQ(row.size(), rows[0].size());
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(rows[0].begin(), rows[0].end(), name) - rows[0].begin());
  };
  EXPECT_EQ(rows[1][column("cell")], "clean#0");
  const auto undefined = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
    return row[column("cell")] == "text.typo@severity=5#0" && row[column("metric")] == "mae";
  });
  ASSERT_NE(undefined, rows.end());
  EXPECT_EQ((*undefined)[column("value")], "");
  EXPECT_EQ((*undefined)[column("why")], "all 658 samples failed");
}

}  // namespace
}  // namespace shakedown::reports
