// Each rule on a planted case and a clean control.

#include "shakedown/metrics/warnings.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_run.h"
#include "shakedown/metrics/analyse.h"

namespace shakedown::metrics {
namespace {

using testing::RunMaker;

std::vector<std::string> cells_of(RunMaker& maker, const std::string& id) {
  const std::vector<WarningInfo> known = all_warnings();
  EXPECT_TRUE(std::any_of(known.begin(), known.end(), [&](const WarningInfo& info) { return info.id == id; })) << id;
  for (const Warning& warning : analyse(maker.run()).warnings) {
    if (warning.id == id) return warning.cells.empty() ? std::vector<std::string>{"(no cell)"} : warning.cells;
  }
  return {};
}

TEST(WarningsTest, HealthyRunHasNone) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(1.5));
  maker.keep_only("text+audio", maker.scaled_error(1.6));
  maker.keep_only("", [](std::size_t) { return 0.0; });
  for (const Warning& warning : analyse(maker.run()).warnings) ADD_FAILURE() << warning.id << ": " << warning.message;
}

TEST(WarningsTest, ThoseOfTheRunComeFirst) {
  RunMaker maker(3);
  maker.run().header.warnings = {{"stateful_model", "said by the probes", {}}};
  const auto warnings = analyse(maker.run()).warnings;
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0].id, "stateful_model");
  EXPECT_EQ(warnings[1].id, "few_groups");
}

TEST(WarningsTest, ModalityWhoseRemovalChangesNothingIsVacuous) {
  RunMaker maker;
  maker.add("video.blur", Modality::kVideo, 1, maker.shifted(0));
  maker.add("audio.a", Modality::kAudio, 1, maker.scaled_error(2));
  maker.keep_only("text+audio", maker.shifted(0));
  maker.keep_only("text+video", maker.shifted(0.5));
  const Results results = analyse(maker.run());
  EXPECT_THAT(cells_of(maker, "vacuous_modality"),
              ::testing::ElementsAre("video.blur@severity=1#0", "missing.modality[keep=text+audio]#0"));
  EXPECT_TRUE(results.find("video.blur@severity=1#0")->vacuous);
  EXPECT_FALSE(results.find("audio.a@severity=1#0")->vacuous);
  EXPECT_FALSE(results.summary.contains("stress_mean[video]"));
}

TEST(WarningsTest, CellsWithoutEffectAreNotVacuousWhenRemovalHasOne) {
  RunMaker maker;
  maker.add("video.blur", Modality::kVideo, 1, maker.shifted(0));
  maker.keep_only("text+audio", maker.shifted(0.2));
  EXPECT_TRUE(cells_of(maker, "vacuous_modality").empty());
}

TEST(WarningsTest, WithoutRemovalAllCellsOfTheModalityAreTheEvidence) {
  RunMaker maker;
  maker.add("video.blur", Modality::kVideo, 1, maker.shifted(0));
  maker.add("video.dark", Modality::kVideo, 1, maker.shifted(0));
  EXPECT_EQ(cells_of(maker, "vacuous_modality").size(), 2U);
  for (Outcome& outcome : maker.outcomes(2)) outcome.outputs[0] += 0.01;
  EXPECT_TRUE(cells_of(maker, "vacuous_modality").empty());
}

TEST(WarningsTest, CellInWhichNothingWasChangedProvesNothing) {
  RunMaker maker;
  maker.add("video.blur", Modality::kVideo, 1, maker.shifted(0));
  for (Outcome& outcome : maker.outcomes(1)) outcome.state = State::kIneligible;
  EXPECT_TRUE(cells_of(maker, "vacuous_modality").empty());
}

TEST(WarningsTest, MetricThatRisesWhenEvidenceGoes) {
  RunMaker maker;
  maker.keep_only("audio+video", maker.scaled_error(0.3));
  EXPECT_EQ(cells_of(maker, "metric_rises_without_input").size(), 1U);
  RunMaker control;
  control.keep_only("audio+video", control.scaled_error(1.3));
  control.add("audio.a", Modality::kAudio, 1, control.scaled_error(0.3));  // not a removal
  EXPECT_TRUE(cells_of(control, "metric_rises_without_input").empty());
}

TEST(WarningsTest, RandomWobbleIsNotARise) {
  RunMaker maker;
  for (int cell = 0; cell < 20; ++cell) {
    maker
        .add("missing.random", Modality::kText, cell,
             [&](std::size_t sample) {
               return maker.clean()[sample] + 0.2 * std::sin(7.0 * static_cast<double>(sample) + cell);
             })
        .label_effect = LabelEffect::kUnknowable;
  }
  EXPECT_TRUE(cells_of(maker, "metric_rises_without_input").empty());
}

TEST(WarningsTest, OneAnswerForEveryoneIsACollapse) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, [&](std::size_t sample) { return 0.1 + 1e-3 * maker.clean()[sample]; });
  EXPECT_THAT(cells_of(maker, "collapsed"), ::testing::ElementsAre("audio.a@severity=1#0"));
  RunMaker control;
  control.add("audio.a", Modality::kAudio, 1, [&](std::size_t sample) { return 0.1 * control.clean()[sample]; });
  EXPECT_TRUE(cells_of(control, "collapsed").empty());
}

TEST(WarningsTest, WorseThanTheBestConstant) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, [&](std::size_t sample) { return -maker.clean()[sample]; });
  EXPECT_THAT(cells_of(maker, "below_floor"), ::testing::ElementsAre("audio.a@severity=1#0"));
  RunMaker control;
  control.add("audio.a", Modality::kAudio, 1, control.scaled_error(3));
  EXPECT_TRUE(cells_of(control, "below_floor").empty());
}

TEST(WarningsTest, GainThatHidesHarmfulFlips) {
  RunMaker maker;
  // Every tenth answer turns round, all others become perfect.
  const auto turned = [&](std::size_t sample) {
    return sample % 10 == 0 ? (maker.label(sample) >= 0 ? -0.2 : 0.2) : maker.label(sample);
  };
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
    maker.run().samples[sample].labels["regression"].value = sample % 2 == 0 ? 1 : -1;
    maker.outcomes(0)[sample].outputs = {maker.label(sample) * 0.5};
  }
  maker.add("audio.a", Modality::kAudio, 1, turned);
  EXPECT_EQ(cells_of(maker, "net_gain_with_flips").size(), 1U);
  RunMaker control;
  control.add("audio.a", Modality::kAudio, 1, control.scaled_error(0.5));
  EXPECT_TRUE(cells_of(control, "net_gain_with_flips").empty());
}

TEST(WarningsTest, DosesThatHitWhatWasMissingAlready) {
  RunMaker maker;
  maker.add("missing.random", Modality::kText, 1, maker.shifted(0.1)).dose.fraction = true;
  const auto set = [&](double changed) {
    for (Outcome& outcome : maker.outcomes(1)) {
      outcome.dose.eligible = 10;
      outcome.dose.taken = 5;
      outcome.dose.changed = changed;
    }
  };
  set(3);
  EXPECT_EQ(cells_of(maker, "already_missing").size(), 1U);
  set(5);
  EXPECT_TRUE(cells_of(maker, "already_missing").empty());
}

TEST(WarningsTest, DilutedInvalidAndSeenCellsAreNamed) {
  RunMaker maker;
  maker.add("audio.a", Modality::kAudio, 1, maker.shifted(0.1));
  for (const char* id : {"diluted", "beyond_valid_dose", "seen_in_training"}) EXPECT_TRUE(cells_of(maker, id).empty());
  maker.run().cells[1].valid = false;
  maker.run().header.trained_with = {"audio.*"};
  for (std::size_t sample = 0; sample < 20; ++sample) maker.outcomes(1)[sample].state = State::kIneligible;
  for (const char* id : {"diluted", "beyond_valid_dose", "seen_in_training"})
    EXPECT_EQ(cells_of(maker, id).size(), 1U) << id;
}

}  // namespace
}  // namespace shakedown::metrics
