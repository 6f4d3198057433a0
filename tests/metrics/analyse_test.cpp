#include "shakedown/metrics/analyse.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_run.h"
#include "shakedown/core/error.h"

namespace shakedown::metrics {
namespace {

using ::testing::HasSubstr;
using testing::RunMaker;

std::string refusal(const std::function<void()>& action, ErrorKind kind) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

TEST(AnalyseTest, EverySampleIsCountedOnce) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.shifted(0.1));
  auto& outcomes = maker.outcomes(1);
  outcomes[0].state = State::kUnchanged;
  outcomes[1].state = State::kIneligible;
  outcomes[1].reason = "no voice";
  outcomes[2].state = State::kSkipped;
  outcomes[2].reason = "silence";
  outcomes[3] = Outcome{};
  outcomes[3].state = State::kFailed;
  outcomes[3].reason = "clip broken";
  outcomes[4].outputs = {std::nan("")};
  const CellResult cell = analyse(maker.run()).cells.at(1);
  EXPECT_EQ(cell.n, 60U);
  EXPECT_EQ(cell.unchanged + cell.ineligible + cell.skipped + cell.failed + cell.applied, cell.n);
  EXPECT_EQ(cell.failed, 2U);
  EXPECT_EQ(cell.reasons.at("silence"), 1U);
  EXPECT_EQ(cell.reasons.at("the model's output is not finite"), 1U);
  EXPECT_EQ(cell.metrics.at("mae").n, 58U);
  EXPECT_EQ(cell.metrics_applied.at("mae").n, 56U);
}

/// The run without one of its groups.
RunData without_group(const RunData& run, const std::string& group) {
  RunData rest = run;
  for (std::size_t at = rest.samples.size(); at-- > 0;) {
    if (rest.samples[at].group != group) continue;
    const auto place = static_cast<std::ptrdiff_t>(at);
    rest.samples.erase(rest.samples.begin() + place);
    for (auto& outcomes : rest.outcomes) outcomes.erase(outcomes.begin() + place);
  }
  return rest;
}

// The interval of a change is the jackknife's of the difference itself, found here by scoring the run ten times more.
TEST(AnalyseTest, ChangesHaveTheIntervalOfTheDifference) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1,
            [&](std::size_t sample) { return maker.clean()[sample] + 0.02 * static_cast<double>(sample % 9); });
  const auto change_in = [](const RunData& run) {
    const Results results = analyse(run);
    return *results.cells[1].metrics.at("mae").value - *results.cells[0].metrics.at("mae").value;
  };
  const CellResult cell = analyse(maker.run()).cells[1];
  const double change = change_in(maker.run());
  EXPECT_NEAR(*cell.change.value, change, 1e-12);
  double squares = 0;
  for (int group = 0; group < 10; ++group)
    squares += std::pow(change_in(without_group(maker.run(), "video" + std::to_string(group))) - change, 2);
  const double error = std::sqrt(0.9 * squares);
  constexpr double kT975 = 2.2621571628, kT95 = 1.8331129327, kT80 = 0.8834038609;  // nine degrees of freedom
  EXPECT_NEAR(*cell.change.low, change - kT975 * error, 1e-9);
  EXPECT_NEAR(*cell.change.high, change + kT975 * error, 1e-9);
  EXPECT_NEAR(*cell.detectable, (kT95 + kT80) * error, 1e-9);
  const Score& own = cell.metrics.at("mae");
  EXPECT_LT(*cell.change.high - *cell.change.low, 0.5 * (*own.high - *own.low)) << "what both share cancels";
}

/// clean#0, another clean cell whose predictions are 0.3 higher, and a cell that refers to it.
RunMaker with_another_reference() {
  RunMaker maker;
  CellRow& other = maker.add("text.asr", Modality::kText, 1, maker.shifted(0.3));
  other.id = other.family = "clean[text=asr]#0";
  other.parts.clear();
  other.reference = "clean#0";
  maker.add("audio.a", Modality::kAudio, 1, maker.shifted(0.5)).reference = "clean[text=asr]#0";
  maker.add("audio.b", Modality::kAudio, 1, maker.shifted(0.5));
  return maker;
}

TEST(AnalyseTest, CellsOfAnotherReferenceAreComparedWithTheStoredInputToo) {
  auto maker = with_another_reference();
  const Results results = analyse(maker.run());
  const auto value = [&](std::size_t cell) { return *results.cells[cell].metrics.at("mae").value; };
  const CellResult &other = results.cells[1], &cell = results.cells[2], &plain = results.cells[3];
  EXPECT_NEAR(*other.change_from_stored.value, value(1) - value(0), 1e-12);
  EXPECT_TRUE(other.flips.empty()) << "a reference has none itself";
  EXPECT_NEAR(*other.flips_from_stored.at("mean_shift").value, 0.3, 1e-9);
  EXPECT_NEAR(*cell.change.value, value(2) - value(1), 1e-12);
  EXPECT_NEAR(*cell.change_from_stored.value, value(2) - value(0), 1e-12);
  EXPECT_NEAR(*cell.flips.at("mean_shift").value, 0.2, 1e-9);
  EXPECT_NEAR(*cell.flips_from_stored.at("mean_shift").value, 0.5, 1e-9);
  EXPECT_TRUE(plain.flips_from_stored.empty()) << "its reference is the stored input";
  EXPECT_TRUE(results.cells[0].flips_from_stored.empty());
}

// Two utterances of 1 and 9 words, one error in each: 2 of 10, where the mean of the rates would be .56.
TEST(AnalyseTest, RatesArePooledAndStandBesideThatOfTheReference) {
  auto maker = with_another_reference();
  for (const std::size_t cell : {1U, 2U}) {
    for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
      auto& measures = maker.outcomes(cell)[sample].measures;
      measures["error_rate.taken"] = static_cast<double>(cell);
      measures["error_rate.eligible"] = sample % 2 == 0 ? 1 : 9;
    }
  }
  maker.run().cells[1].dose.fraction = true;
  for (auto& outcome : maker.outcomes(1)) outcome.dose = {.taken = 1, .eligible = 5, .total = 5, .changed = 1};
  const Results results = analyse(maker.run());
  EXPECT_NEAR(results.cells[1].measures.at("error_rate"), .2, 1e-12);
  EXPECT_NEAR(results.cells[2].measures.at("error_rate"), .4, 1e-12);
  EXPECT_NEAR(results.cells[2].measures.at("error_rate.clean"), .2, 1e-12);
  EXPECT_FALSE(results.cells[3].measures.contains("error_rate.clean"));
  EXPECT_NEAR(*results.cells[1].dose.mean, .2, 1e-12) << "a reference that was made anew has a dose";
}

TEST(AnalyseTest, WhatHasNothingToBeComparedWithHasNoChange) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.shifted(0.1)).reference = "nobody";
  maker.add("text.b", Modality::kText, 1, maker.shifted(0.1)).label_effect = LabelEffect::kDirectional;
  const Results results = analyse(maker.run());
  EXPECT_FALSE(results.cells[0].change.value);
  EXPECT_EQ(results.cells[1].change.why, "no reference cell");
  EXPECT_EQ(results.cells[2].change.why, "the label does not judge this cell");
  EXPECT_FALSE(results.cells[2].detectable);
}

TEST(AnalyseTest, FractionDosesAreRatiosOverTheCorpus) {
  RunMaker maker;
  CellRow& row = maker.add("missing.random", Modality::kText, 0, maker.shifted(0.1));
  row.dose = {"rate", "fraction", true, 0.5};
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
    Dose& dose = maker.outcomes(1)[sample].dose;
    dose.eligible = sample % 2 == 0 ? 10 : 2;
    dose.taken = sample % 2 == 0 ? 5 : 0;
    dose.changed = dose.taken / 5 * 4;
    dose.total = 20;
  }
  const DoseSummary dose = analyse(maker.run()).cells.at(1).dose;
  EXPECT_DOUBLE_EQ(*dose.mean, 5.0 / 12);
  EXPECT_DOUBLE_EQ(*dose.min, 0.0);
  EXPECT_DOUBLE_EQ(*dose.max, 0.5);
  EXPECT_DOUBLE_EQ(*dose.effective, 4.0 / 12);
  EXPECT_DOUBLE_EQ(*dose.of_all, 5.0 / 40);
}

TEST(AnalyseTest, PhysicalDosesAreMeansOverChangedSamples) {
  RunMaker maker;
  maker.add("audio.noise", Modality::kAudio, 5, maker.shifted(0.1)).dose = {"snr_db", "dB", false, 5.0};
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
    Outcome& outcome = maker.outcomes(1)[sample];
    outcome.dose.realised = sample % 2 == 0 ? 4 : 6;
    outcome.dose.beyond = 1;
    outcome.dose.taken = 3;
    outcome.measures["gain_db"] = 2;
    if (sample < 10) outcome.state = State::kUnchanged;
  }
  const CellResult cell = analyse(maker.run()).cells.at(1);
  EXPECT_DOUBLE_EQ(*cell.dose.mean, 5.0);
  EXPECT_DOUBLE_EQ(cell.dose.beyond, 0.25);
  EXPECT_DOUBLE_EQ(cell.measures.at("gain_db"), 2.0);
}

TEST(AnalyseTest, FlipsTellHarmFromBenefitAndNoiseFromChange) {
  RunMaker maker;
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
    maker.run().samples[sample].labels["regression"].value = sample % 2 == 0 ? 1 : -1;
    maker.outcomes(0)[sample].outputs = {sample % 2 == 0 ? 0.5 : 0.05};  // odd ones are wrong on clean
  }
  maker.add("video.blur", Modality::kVideo, 1, [](std::size_t sample) {
    return sample % 4 == 0 ? -0.5 : sample % 4 == 1 ? -0.05 : sample % 2 == 0 ? 0.5 : 0.05;
  });
  const Scores flips = analyse(maker.run()).cells.at(1).flips;
  EXPECT_DOUBLE_EQ(*flips.at("all").value, 0.5);
  EXPECT_DOUBLE_EQ(*flips.at("harmful").value, 0.25);
  EXPECT_DOUBLE_EQ(*flips.at("beneficial").value, 0.25);
  EXPECT_DOUBLE_EQ(*flips.at("flip_beyond").value, 0.25);  // .05 to -.05 is no evidence of anything
  EXPECT_DOUBLE_EQ(*flips.at("mean_shift").value, 0.25 * 1.0 + 0.25 * 0.1);
  EXPECT_TRUE(flips.at("all").low);
}

TEST(AnalyseTest, DirectionalCellsAreScoredByWhereTheyMoveOnly) {
  RunMaker maker;
  const auto& clean = maker.clean();
  maker
      .add("text.negation", Modality::kText, 1,
           [&](std::size_t sample) {
             return clean[sample] + (sample % 4 == 0   ? 1.0
                                     : sample % 4 == 1 ? -1.0
                                                       : 0.29);  // 5 % of the range of 6 is .3
           })
      .label_effect = LabelEffect::kDirectional;
  for (Outcome& outcome : maker.outcomes(1)) outcome.direction = 1;
  const CellResult cell = analyse(maker.run()).cells.at(1);
  EXPECT_TRUE(cell.metrics.empty());
  EXPECT_FALSE(cell.flips.contains("harmful") || cell.flips.contains("beneficial")) << "never by the label";
  EXPECT_TRUE(cell.flips.contains("all"));
  EXPECT_DOUBLE_EQ(*cell.direction.at("moved_right").value, 0.25);
  EXPECT_DOUBLE_EQ(*cell.direction.at("moved_wrong").value, 0.25);
  EXPECT_DOUBLE_EQ(*cell.direction.at("unmoved").value, 0.5);
}

TEST(AnalyseTest, CurveStartsAtTheReferenceAndAveragesReplicates) {
  RunMaker maker;
  maker.add("missing.block", Modality::kText, 1, maker.scaled_error(2), "", "rate", 0);
  maker.add("missing.block", Modality::kText, 1, maker.scaled_error(4), "", "rate", 1);
  maker.add("missing.block", Modality::kText, 3, maker.scaled_error(5), "", "rate", 0);
  const Results results = analyse(maker.run());
  ASSERT_EQ(results.curves.size(), results.metrics_info.size());
  const Curve& curve = results.curves.front();
  EXPECT_EQ(curve.metric, "mae");
  const double clean = *results.cells.front().metrics.at("mae").value;
  EXPECT_EQ(curve.grid, (std::vector<double>{0, 1, 3}));
  EXPECT_EQ(curve.points.front().cell, "clean#0");
  EXPECT_NEAR(*curve.points.at(1).score.value, 3 * clean, 1e-9);
  // Trapezoids by hand: (1 + 3) / 2 + 2 (3 + 5) / 2 = 10.
  EXPECT_NEAR(*curve.auc.value, 10 * clean, 1e-9);
  EXPECT_NEAR(*curve.auc_normalised, 10.0 / 3 * clean, 1e-9);
  EXPECT_NEAR(*curve.worst, 5 * clean, 1e-9);
  const Score& score = results.cells.front().metrics.at("mae");
  EXPECT_NEAR(*curve.auc.high - *curve.auc.low, 10 * (*score.high - *score.low), 1e-9);
  EXPECT_NEAR(*curve.retention, (1 - 5 * clean / *score.floor) / (1 - clean / *score.floor), 1e-9);
}

TEST(AnalyseTest, CurveOverSignalToNoiseHasNoPointForTheCleanCell) {
  RunMaker maker;
  maker.add("audio.noise", Modality::kAudio, 20, maker.scaled_error(2), "", "snr_db");
  maker.add("audio.noise", Modality::kAudio, 0, maker.scaled_error(4), "", "snr_db");
  const Results results = analyse(maker.run());
  EXPECT_EQ(results.curves.front().grid, (std::vector<double>{0, 20}));
  // The last level of the suite is the strongest: 0 dB, not 20.
  const Score &clean = results.cells[0].metrics.at("mae"), &strongest = results.cells[2].metrics.at("mae");
  EXPECT_NEAR(*results.curves.front().retention, *strongest.skill / *clean.skill, 1e-9);
}

TEST(AnalyseTest, RetentionIsUndefinedWithoutCleanSkill) {
  RunMaker maker(10, 6, 3.0);
  maker.add("audio.noise", Modality::kAudio, 1, maker.scaled_error(2));
  const Curve curve = analyse(maker.run()).curves.front();
  EXPECT_FALSE(curve.retention);
  EXPECT_THAT(curve.retention_why, HasSubstr("not above 0"));
}

TEST(AnalyseTest, UnfinishedCellsAreNamedAndLeftOut) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.shifted(0.1));
  maker.outcomes(1).clear();
  const Results results = analyse(maker.run());
  EXPECT_FALSE(results.complete);
  EXPECT_EQ(results.cells.size(), 1U);
  ASSERT_EQ(results.warnings.size(), 1U);
  EXPECT_THAT(results.warnings[0].cells, ::testing::ElementsAre("audio.a@severity=1#0"));
}

TEST(AnalyseTest, LabelsThatCannotBeScoredAreRefusedByName) {
  RunMaker maker;
  const Task& task = maker.run().header.task;
  auto samples = maker.run().samples;
  samples[3].labels["regression"].value = std::nan("");
  EXPECT_THAT(refusal([&] { check_labels(task, samples); }, ErrorKind::kData), HasSubstr("'video0$_$3'"));
  samples[3].labels.clear();
  EXPECT_THAT(refusal([&] { check_labels(task, samples); }, ErrorKind::kData), HasSubstr("is missing"));
  EXPECT_THAT(refusal([&] { check_labels(task, {}); }, ErrorKind::kData), HasSubstr("no samples"));
  Task wrong = task;
  wrong.primary = "acc_7";
  EXPECT_THAT(refusal([&] { check_labels(wrong, samples); }, ErrorKind::kUsage), HasSubstr("did you mean 'acc7'"));
}

TEST(AnalyseTest, UnknownClassesAreRefusedByName) {
  Task task;
  task.kind = Task::Kind::kClassification;
  task.label = "emotion";
  task.labels = {"joy", "anger"};
  task.primary = "f1_weighted";
  SampleRow sample;
  sample.id = "a";
  sample.labels["emotion"].name = "angry";
  EXPECT_THAT(refusal([&] { check_labels(task, {sample}); }, ErrorKind::kData), HasSubstr("no class 'angry'"));
}

TEST(AnalyseTest, OutputsOfTheWrongLengthAreRefused) {
  RunMaker maker;
  maker.outcomes(0)[5].outputs = {1.0, 2.0};
  EXPECT_THAT(refusal([&] { static_cast<void>(analyse(maker.run())); }, ErrorKind::kData), HasSubstr("2 outputs"));
}

TEST(AnalyseTest, ClassifiersAreScoredByTheirLargestOutput) {
  RunMaker maker;
  RunData& run = maker.run();
  Task& task = run.header.task;
  task.kind = Task::Kind::kClassification;
  task.label = "emotion";
  task.labels = {"neutral", "joy", "anger"};
  task.primary = "f1_weighted";
  for (std::size_t sample = 0; sample < run.samples.size(); ++sample) {
    run.samples[sample].labels["emotion"].name = task.labels[sample % 3];
    std::vector<double> logits{0, 0, 0};
    logits[sample % 3] = 4;
    maker.outcomes(0)[sample].outputs = logits;
  }
  maker.add("video.blur", Modality::kVideo, 1, [](std::size_t) { return 0.0; });
  for (std::size_t sample = 0; sample < run.samples.size(); ++sample) {
    maker.outcomes(1)[sample].outputs = maker.outcomes(0)[sample].outputs;
    if (sample < 15) maker.outcomes(1)[sample].outputs[0] = 5.0;
  }
  const Results results = analyse(run);
  EXPECT_EQ(results.primary, "f1_weighted");
  EXPECT_DOUBLE_EQ(*results.cells[0].metrics.at("accuracy").value, 1.0);
  EXPECT_DOUBLE_EQ(*results.cells[1].flips.at("harmful").value, 10.0 / 60);
  EXPECT_FALSE(results.cells[1].flips.contains("flip_beyond"));
  EXPECT_LE(*results.cells[1].flips.at("mean_shift").value, 1.0);
}

}  // namespace
}  // namespace shakedown::metrics
