// Each rule on a planted case and a clean control.

#include "shakedown/metrics/warnings.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

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

TEST(WarningsTest, ACellThatChangesAPredictionProvesThatTheModalityIsRead) {
  RunMaker maker;
  maker.keep_only("text+audio", maker.shifted(0));  // the pictures of this data were black already
  maker.add("feature.noise", Modality::kVideo, 1, maker.scaled_error(2));
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

TEST(WarningsTest, RiseThatIsTheSameInEveryGroupIsOne) {
  RunMaker maker;
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
    maker.outcomes(0)[sample].outputs = {maker.label(sample) + 0.5};
  }
  maker.keep_only("audio+video", [&](std::size_t sample) { return maker.label(sample) + 0.25; });
  EXPECT_EQ(cells_of(maker, "metric_rises_without_input").size(), 1U);
  RunMaker control;  // equal to rounding in every group
  control.keep_only("audio+video", [&](std::size_t sample) { return control.clean()[sample] + 1e-12; });
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

TEST(WarningsTest, FillThatEqualsTheInputIsNoProofWhenADonorChangesThePrediction) {
  RunMaker maker;
  maker.keep_only("text+audio", maker.shifted(0));
  CellRow& donor = maker.keep_only("text+audio", maker.shifted(0.3));
  donor.id = "missing.modality[by=donor,keep=text+audio]#0";
  donor.parts.front().params["by"] = "donor";
  EXPECT_TRUE(cells_of(maker, "vacuous_modality").empty());
}

TEST(WarningsTest, ADonorIsNoRemovalOfEvidence) {
  RunMaker maker;
  maker.keep_only("audio+video", maker.scaled_error(0.3)).parts.front().params["by"] = "donor";
  EXPECT_TRUE(cells_of(maker, "metric_rises_without_input").empty());
}

TEST(WarningsTest, AnIgnoredModalityRetainsNothing) {
  RunMaker maker;
  for (const double level : {1.0, 2.0}) maker.add("video.blur", Modality::kVideo, level, maker.shifted(0));
  for (const double level : {1.0, 2.0}) maker.add("audio.a", Modality::kAudio, level, maker.scaled_error(1 + level));
  maker.keep_only("text+audio", maker.shifted(0));
  for (const Curve& curve : analyse(maker.run()).curves) {
    if (curve.metric != "mae") continue;
    EXPECT_EQ(curve.retention.has_value(), curve.id == "audio.a");
    EXPECT_THAT(curve.retention_why, curve.id == "video.blur" ? "the model ignores this modality" : "");
  }
}

// Removing the text turns everyone into the majority class: accuracy rises, the ranking is lost.
TEST(WarningsTest, AccuracyThatRisesWhileTheRankingFallsIsNamed) {
  RunMaker maker(20, 10);
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
    const std::size_t at = sample % 10;
    const double label = at < 8 ? 0.5 + static_cast<double>(at) / 4 : -1.0 - static_cast<double>(at) / 4;
    maker.run().samples[sample].labels["regression"].value = label;
    // Ranks nearly all right, but too low: three of eight positive clips are called negative.
    maker.outcomes(0)[sample].outputs = {label - 1.2 + 0.4 * std::sin(11.0 * static_cast<double>(sample))};
  }
  maker.keep_only("audio+video",
                  [&](std::size_t sample) { return 1.0 + 0.05 * std::sin(3.0 * static_cast<double>(sample)); });
  const Results results = analyse(maker.run());
  const Scores &before = results.cells[0].metrics, &after = results.cells[1].metrics;
  EXPECT_GT(*after.at("acc2_has0").value, *before.at("acc2_has0").value);
  EXPECT_LT(*after.at("spearman").value, *before.at("spearman").value);
  ASSERT_EQ(cells_of(maker, "metric_rises_without_input").size(), 1U);
  for (const Warning& warning : results.warnings) {
    if (warning.id != "metric_rises_without_input") continue;
    EXPECT_THAT(warning.message, ::testing::HasSubstr("acc2_has0"));
    EXPECT_THAT(warning.message, ::testing::Not(::testing::HasSubstr("spearman")));
  }
}

TEST(WarningsTest, AConstantModelHasNoSkill) {
  RunMaker maker;
  std::vector<double> labels;
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) labels.push_back(maker.label(sample));
  std::nth_element(labels.begin(), labels.begin() + 30, labels.end());
  for (Outcome& outcome : maker.outcomes(0)) outcome.outputs = {labels[30]};
  maker.add("audio.a", Modality::kAudio, 1, [&](std::size_t) { return labels[30]; });
  EXPECT_THAT(cells_of(maker, "collapsed"), ::testing::ElementsAre("clean#0", "audio.a@severity=1#0"));
  EXPECT_NEAR(*analyse(maker.run()).cells[0].metrics.at("mae").skill, 0, 1e-12);
}

TEST(WarningsTest, EveryWarningOfTheContractIsListedAndExplained) {
  std::ifstream file(std::string(SHAKEDOWN_TEST_DATA) + "/../../docs/warnings.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  std::vector<std::string> ids;
  for (const WarningInfo& info : all_warnings()) {
    ids.push_back(info.id);
    EXPECT_THAT(text, ::testing::HasSubstr("\n## " + info.id + "\n\n**Rule.**"));
  }
  EXPECT_THAT(
      ids, ::testing::IsSupersetOf({"vacuous_modality", "metric_rises_without_input", "net_gain_with_flips",
                                    "collapsed", "below_floor", "already_missing", "nonfinite_input", "leaky_features",
                                    "averages_over_time", "sees_complete_view", "stateful_model", "padding_sensitive",
                                    "export_differs", "front_end_mismatch", "seen_in_training", "few_groups", "diluted",
                                    "beyond_valid_dose", "scope_changed"}));
}

TEST(WarningsTest, FewGroups) {
  RunMaker four(4), five(5);
  EXPECT_EQ(cells_of(four, "few_groups").size(), 1U);
  EXPECT_TRUE(cells_of(five, "few_groups").empty());
}

}  // namespace
}  // namespace shakedown::metrics
