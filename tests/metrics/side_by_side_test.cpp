// mCE, relative mCE and effective robustness by hand.

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../metrics/src/effective_robustness.h"
#include "make_run.h"
#include "shakedown/core/error.h"
#include "shakedown/metrics/analyse.h"
#include "shakedown/metrics/compare.h"

namespace shakedown::metrics {
namespace {

using ::testing::HasSubstr;
using testing::RunMaker;

/// Clean error e, under audio.a 2 e and 3 e, under video.b 4 e; another run: `factor` times all of that.
RunData run_of(const std::string& name, double clean, double a1, double a2, double b) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(a1));
  maker.add("audio.a", Modality::kAudio, 2, maker.scaled_error(a2));
  maker.add("video.b", Modality::kVideo, 1, maker.scaled_error(b));
  const auto scaled = maker.scaled_error(clean);
  std::vector<double> outputs;
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) outputs.push_back(scaled(sample));
  RunData run = maker.run();
  for (std::size_t sample = 0; sample < outputs.size(); ++sample) run.outcomes[0][sample].outputs = {outputs[sample]};
  run.header.model_name = name;
  return run;
}

const SideBySide::Row& row_named(const SideBySide& table, const std::string& name) {
  for (const SideBySide::Row& row : table.rows) {
    if (row.name == name) return row;
  }
  ADD_FAILURE() << "no row " << name;
  static const SideBySide::Row kNone;
  return kNone;
}

TEST(CorruptionErrorTest, ByHand) {
  const RunData reference = run_of("late_fusion", 1, 2, 3, 4), run = run_of("mine", 0.5, 2, 2, 3);
  const Results results = analyse(run, {IntervalKind::kAuto, &reference});
  // audio.a: (2 + 2) / (2 + 3) = .8; video.b: 3 / 4 = .75.
  EXPECT_NEAR(*results.summary.at("mCE[ref=late_fusion]").value, (0.8 + 0.75) / 2, 1e-9);
  // Above clean: ((2 + 2) - 2 * .5) / ((2 + 3) - 2) = 1; (3 - .5) / (4 - 1) = .8333.
  EXPECT_NEAR(*results.summary.at("relative_mCE[ref=late_fusion]").value, (1 + 2.5 / 3) / 2, 1e-9);
  EXPECT_TRUE(results.summary.at("mCE[ref=late_fusion]").low);
  EXPECT_THAT(results.summary_notes.at("mCE[ref=late_fusion]"), HasSubstr("mae over 2 perturbations, 3 cells"));
}

TEST(CorruptionErrorTest, AReferenceThatLosesNothingHasNoRelativeError) {
  const RunData reference = run_of("flat", 1, 0.8, 1.2, 2), run = run_of("mine", 1, 2, 2, 3);
  const Results results = analyse(run, {IntervalKind::kAuto, &reference});
  EXPECT_TRUE(results.summary.at("mCE[ref=flat]").value);
  EXPECT_FALSE(results.summary.at("relative_mCE[ref=flat]").value);
  EXPECT_THAT(results.summary.at("relative_mCE[ref=flat]").why, HasSubstr("loses nothing under audio.a"));
}

TEST(CorruptionErrorTest, CompareTakesTheBaselineAsReference) {
  const RunData reference = run_of("late_fusion", 1, 2, 3, 4), run = run_of("mine", 1, 1.5, 1.5, 2);
  const Comparison comparison = compare(reference, run, false);
  for (const RuleResult& rule : comparison.rules) {
    if (rule.name != "mCE[ref=late_fusion]") continue;
    EXPECT_DOUBLE_EQ(*rule.baseline, 1.0);
    EXPECT_NEAR(*rule.candidate, (0.6 + 0.5) / 2, 1e-9);
    EXPECT_NEAR(*rule.difference, 0.45, 1e-9);
    return;
  }
  ADD_FAILURE() << "no mCE";
}

TEST(SideBySideTest, RunsStandOverTheSamplesThatAllScored) {
  RunData a = run_of("a", 1, 2, 3, 4), b = run_of("b", 1, 2, 3, 4), c = run_of("c", 2, 4, 6, 8);
  b.outcomes[1][3].state = State::kFailed;
  b.outcomes[1][3].outputs.clear();
  const SideBySide table = side_by_side({&a, &b, &c}, 0, false);
  const SideBySide::Row& clean = row_named(table, "clean");
  EXPECT_EQ(clean.scores.size(), 3U);
  EXPECT_NEAR(*clean.scores[2].value, 2 * *clean.scores[0].value, 1e-9);
  const SideBySide::Row& audio = row_named(table, "stress_mean[audio]");
  EXPECT_DOUBLE_EQ(*audio.scores[0].value, *audio.scores[1].value);  // without the sample that failed in b
  EXPECT_NEAR(*row_named(table, "mCE[ref=a]").scores[2].value, 2, 1e-9);
  EXPECT_NEAR(*row_named(table, "mCE[ref=a]").scores[0].value, 1, 1e-12);
  EXPECT_NEAR(*row_named(table, "worst").scores[2].value, 2 * *row_named(table, "worst").scores[0].value, 1e-9);
  for (const SideBySide::Row& row : table.rows) EXPECT_THAT(row.name, ::testing::Not(HasSubstr("effective")));
}

TEST(CompareRunsTest, DecisionsThatChangeHandsAreCountedInEveryCell) {
  RunData a = run_of("a", 1, 2, 3, 4), b = run_of("b", 1, 1, 3, 4);
  const std::size_t samples = a.samples.size();
  // By hand: in video.b the candidate answers the wrong sign for three samples that the baseline has right, and the
  // right one for two that it has wrong.
  std::vector<std::size_t> right, wrong;
  for (std::size_t at = 0; at < samples; ++at) {
    const double label = a.samples[at].labels.at("regression").value;
    if (label != 0) (right.size() < 20 ? right : wrong).push_back(at);
  }
  for (std::size_t at = 0; at < samples; ++at) {
    const double label = a.samples[at].labels.at("regression").value;
    const bool in_right = std::find(right.begin(), right.end(), at) != right.end();
    const double answer = in_right || label == 0 ? label + 0.01 : -label;
    a.outcomes[3][at].outputs = b.outcomes[3][at].outputs = {answer};
  }
  for (const std::size_t at : {right[0], right[4], right[9]}) b.outcomes[3][at].outputs[0] *= -1;
  for (const std::size_t at : {wrong[1], wrong[2]}) b.outcomes[3][at].outputs[0] *= -1;
  const RunComparison runs = compare_runs({&a, &b}, 0, false);
  ASSERT_EQ(runs.pairs.size(), 1U);
  const RunPair& pair = runs.pairs.front();
  ASSERT_EQ(pair.flips.size(), 4U);
  EXPECT_EQ(pair.flips[3].cell, "video.b@severity=1#0");
  EXPECT_EQ(pair.flips[3].n, samples);
  EXPECT_EQ(pair.flips[3].lost, 3U);
  EXPECT_EQ(pair.flips[3].gained, 2U);
  EXPECT_EQ(pair.flips[0].lost + pair.flips[0].gained, 0U);
  ASSERT_EQ(pair.shown.size(), 3U);
  EXPECT_EQ(pair.shown[0].why, "clean");
  EXPECT_EQ(pair.shown[1].cell, "audio.a@severity=1#0");
  EXPECT_EQ(pair.shown[1].why, "largest gain");
  EXPECT_EQ(pair.shown[2].why, "largest loss");
  const PairedAnswer& lost = pair.shown[2].answers.at(right[4]);
  EXPECT_EQ(lost.sample, a.samples[right[4]].id);
  EXPECT_TRUE(lost.baseline_right);
  EXPECT_FALSE(lost.candidate_right);
  EXPECT_DOUBLE_EQ(lost.candidate, -lost.baseline);
}

TEST(CompareRunsTest, TheReferenceMayBeAnyRun) {
  const RunData a = run_of("a", 1, 2, 3, 4), b = run_of("b", 1, 1, 2, 3), c = run_of("c", 1, 1, 3, 4);
  const RunComparison runs = compare_runs({&a, &b, &c}, 1, false);
  ASSERT_EQ(runs.pairs.size(), 2U);
  EXPECT_EQ(runs.pairs[0].candidate, 0U);
  EXPECT_EQ(runs.pairs[1].candidate, 2U);
  EXPECT_EQ(runs.pairs[1].comparison.baseline.model_name, "b");
}

TEST(SideBySideTest, FiveRunsHaveALineAndResiduals) {
  std::vector<RunData> runs;
  for (int at = 0; at < 5; ++at) {
    const double error = 2.0 + at;
    runs.push_back(run_of("run" + std::to_string(at), error, 2 * error, 3 * error, (at == 2 ? 2.0 : 4.0) * error));
  }
  std::vector<const RunData*> pointers;
  for (const RunData& run : runs) pointers.push_back(&run);
  const SideBySide::Row row = row_named(side_by_side(pointers, 0, false), "effective_robustness[acc2_non0]");
  ASSERT_EQ(row.scores.size(), 5U);
  // The residual against the line that the note prints.
  double intercept = 0, slope = 0;
  ASSERT_EQ(std::sscanf(row.note.c_str(), "above the line of these 5 runs: logit(stress_mean) = %lf + %lf", &intercept,
                        &slope),
            2);
  std::vector<double> clean, stressed;
  for (const RunData& run : runs) {
    const Results results = analyse(run);
    clean.push_back(*results.cells[0].metrics.at("acc2_non0").value);
    const auto under = [&](std::size_t cell) { return *results.cells[cell].metrics.at("acc2_non0").value; };
    stressed.push_back(((under(1) + under(2)) / 2 + under(3)) / 2);
  }
  for (std::size_t run = 0; run < 5; ++run) {
    const double expected = 1 / (1 + std::exp(-intercept - slope * std::log(clean[run] / (1 - clean[run]))));
    EXPECT_NEAR(*row.scores[run].value, stressed[run] - expected, 1e-3);
    EXPECT_TRUE(row.scores[run].low);
  }
  EXPECT_GT(*row.scores[2].value, 0);  // it loses less than its clean accuracy makes one expect
}

TEST(SideBySideTest, ALineThroughPointsOnALineLeavesNothing) {
  const auto expit = [](double x) { return 1 / (1 + std::exp(-x)); };
  std::vector<double> clean, stressed;
  for (const double x : {-1.0, 0.0, 0.5, 1.0, 2.0}) {
    clean.push_back(expit(x));
    stressed.push_back(expit(0.8 * x - 0.6));
  }
  const auto line = logit_line(clean, stressed);
  ASSERT_TRUE(line);
  EXPECT_NEAR(line->slope, 0.8, 1e-12);
  EXPECT_NEAR(line->intercept, -0.6, 1e-12);
  EXPECT_FALSE(logit_line(std::vector<double>(5, 0.5), stressed));
  stressed[0] = 1;
  EXPECT_FALSE(logit_line(clean, stressed));
}

TEST(SideBySideTest, IncomparableRunsAreRefused) {
  RunData a = run_of("a", 1, 2, 3, 4), b = run_of("b", 1, 2, 3, 4), c = run_of("c", 1, 2, 3, 4);
  c.header.seed = 5;
  try {
    static_cast<void>(side_by_side({&a, &b, &c}, 0, false));
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("seed"));
  }
}

}  // namespace
}  // namespace shakedown::metrics
