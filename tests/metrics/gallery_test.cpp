// The rule by which a report's samples are chosen, on planted outcomes.

#include "shakedown/metrics/gallery.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_run.h"
#include "shakedown/core/error.h"

namespace shakedown::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RunMaker;

/// 20 samples with labels -2 and 2 in turn; the clean cell answers the label.
class GalleryTest : public ::testing::Test {
 protected:
  GalleryTest() {
    for (std::size_t s = 0; s < maker.samples(); ++s) {
      maker.run().samples[s].labels["regression"].value = label(s);
      maker.outcomes(0)[s].outputs = {label(s)};
    }
  }
  static double label(std::size_t s) { return s % 2 == 0 ? -2 : 2; }

  /// Answers the label, moved towards the other sign by `damage` of the sample, 0.1 where none is given.
  static RunMaker::Predict hurt(std::map<std::size_t, double> damage, double others = 0.1) {
    return [damage = std::move(damage), others](std::size_t s) {
      const auto found = damage.find(s);
      const double by = found == damage.end() ? others : found->second;
      return label(s) + (label(s) < 0 ? by : -by);
    };
  }

  std::vector<GalleryChoice> choose(const std::set<std::string>& leave_out = {}) {
    return choose_gallery(maker.run(), leave_out);
  }
  std::vector<GalleryChoice> choose(GalleryRule rule) {
    auto chosen = choose();
    std::erase_if(chosen, [&](const GalleryChoice& one) { return one.rule != rule; });
    return chosen;
  }
  std::string name(const GalleryChoice& choice) {
    return maker.run().cells[choice.cell].id + " " + std::to_string(choice.sample);
  }
  std::vector<std::string> names(GalleryRule rule) {
    std::vector<std::string> all;
    for (const auto& choice : choose(rule)) all.push_back(name(choice));
    return all;
  }

  RunMaker maker{10, 2};
};

TEST_F(GalleryTest, WorstFlipsAreRightBeforeWrongNowAndTheMostDamaged) {
  maker.add("audio.a", Modality::kAudio, 1, hurt({{3, 4.5}, {5, 5.5}, {8, 3.0}}));
  maker.add("text.t", Modality::kText, 1, hurt({{4, 2.5}, {7, 1.9}}));
  maker.outcomes(0)[4].outputs = {-2.5};
  maker.outcomes(0)[9].outputs = {-1};  // wrong before: no flip, however far it goes
  maker.outcomes(1)[9].outputs = {-9};
  const auto flips = choose(GalleryRule::kWorstFlip);
  ASSERT_EQ(flips.size(), 2U);
  EXPECT_EQ(name(flips[0]), "audio.a@severity=1#0 5");
  EXPECT_DOUBLE_EQ(flips[0].damage, 5.5);
  EXPECT_EQ(flips[0].flipped, 3U);
  EXPECT_EQ(flips[0].changed, 20U);
  EXPECT_EQ(flips[0].label, "2");
  EXPECT_EQ(flips[0].before.decision, "positive");
  EXPECT_EQ(flips[0].after.decision, "negative");
  EXPECT_DOUBLE_EQ(flips[0].after.value, -3.5);
  EXPECT_EQ(name(flips[1]), "text.t@severity=1#0 4");
  EXPECT_DOUBLE_EQ(flips[1].damage, 2.5 - 0.5) << "the error that was there before is no damage";
}

TEST_F(GalleryTest, TypicalIsNearestTheMedianOfTheMiddleLevel) {
  std::map<std::size_t, double> damage;
  for (std::size_t s = 0; s < 20; ++s) damage[s] = 0.05 * static_cast<double>(s);
  damage[2] = 1.2, damage[12] = 0.47;  // median of all is between
  maker.add("audio.a", Modality::kAudio, 1, hurt({}, 0.01));
  maker.add("audio.a", Modality::kAudio, 2, hurt(damage));
  maker.add("audio.a", Modality::kAudio, 3, hurt({}, 1.5));
  const auto typical = choose(GalleryRule::kTypical);
  ASSERT_FALSE(typical.empty());
  EXPECT_EQ(maker.run().cells[typical[0].cell].id, "audio.a@severity=2#0");
  std::vector<double> all;
  for (const auto& [s, by] : damage) all.push_back(by);
  std::sort(all.begin(), all.end());
  EXPECT_NEAR(typical[0].median, (all[9] + all[10]) / 2, 1e-12);
  for (const double one : all)
    EXPECT_LE(std::abs(typical[0].damage - typical[0].median), std::abs(one - typical[0].median) + 1e-12);
}

TEST_F(GalleryTest, SurvivalsStayRightWithTheLeastShiftWhereMostIsLost) {
  maker.add("audio.a", Modality::kAudio, 1, hurt({{1, 0.01}}, 0.2));
  maker.add("audio.a", Modality::kAudio, 5, hurt({{6, 0.02}, {11, 0.03}}, 3.0));
  const auto survivals = choose(GalleryRule::kSurvival);
  ASSERT_EQ(survivals.size(), 1U) << "one level of a perturbation";
  EXPECT_EQ(name(survivals[0]), "audio.a@severity=5#0 6");
  EXPECT_NEAR(survivals[0].shift, 0.02, 1e-12);
  EXPECT_EQ(survivals[0].stayed, 2U);
  EXPECT_GT(survivals[0].metric_after, survivals[0].metric_before);
}

TEST_F(GalleryTest, WhatDidNotReachTheModelIsNoSurvival) {
  maker.add("audio.a", Modality::kAudio, 5, hurt({{6, 0.0}, {7, 0.0}, {8, 0.0}, {11, 0.03}}, 3.0));
  maker.outcomes(1)[6].dose = {.realised = NAN, .effective = NAN, .taken = 4, .eligible = 9, .changed = 0};
  maker.outcomes(1)[7].dose = {.realised = NAN, .effective = NAN, .taken = 4, .eligible = 9, .changed = 4, .beyond = 4};
  maker.outcomes(1)[8].state = State::kUnchanged;
  EXPECT_THAT(names(GalleryRule::kSurvival), ElementsAre("audio.a@severity=5#0 11"));
}

TEST_F(GalleryTest, TiesGoByCellIdThenSamplePosition) {
  maker.add("video.z", Modality::kVideo, 1, hurt({{3, 5}, {5, 5}}));
  maker.add("audio.a", Modality::kAudio, 1, hurt({{3, 5}, {5, 5}}));
  EXPECT_THAT(names(GalleryRule::kWorstFlip), ElementsAre("audio.a@severity=1#0 3", "video.z@severity=1#0 5"));
}

TEST_F(GalleryTest, TheOrderOfCellsChangesNothing) {
  std::vector<std::string> before, after;
  for (int level = 1; level <= 3; ++level) {
    maker.add("audio.a", Modality::kAudio, level, hurt({{3, 1.5 * level}, {4, 2.1}}, 0.1 * level));
    maker.add("text.t", Modality::kText, level, hurt({{5, 1.4 * level}, {4, 2.1}}, 0.1 * level));
  }
  for (const auto& one : choose()) before.push_back(name(one));
  std::reverse(maker.run().cells.begin() + 1, maker.run().cells.end());
  std::reverse(maker.run().outcomes.begin() + 1, maker.run().outcomes.end());
  for (const auto& one : choose()) after.push_back(name(one));
  EXPECT_FALSE(before.empty());
  EXPECT_EQ(before, after);
}

TEST_F(GalleryTest, NoSampleTwiceNoCellTwiceOfARuleAndModalitiesTakeTurns) {
  for (int level = 1; level <= 5; ++level) {
    for (const char* kind : {"audio.a", "audio.b", "audio.c", "audio.d"})
      maker.add(kind, Modality::kAudio, level, hurt({}, 6.0));
    maker.add("text.t", Modality::kText, level, hurt({}, 3.0));
    maker.add("video.v", Modality::kVideo, level, hurt({}, 2.5));
  }
  const auto all = choose();
  EXPECT_EQ(choose(GalleryRule::kWorstFlip).size(), kGalleryItemsOfARule);
  std::set<std::pair<GalleryRule, std::size_t>> cells;
  std::set<std::size_t> samples;
  std::map<Modality, int> flips;
  std::map<std::string, int> perturbations;
  for (const auto& one : all) {
    EXPECT_TRUE(cells.insert({one.rule, one.cell}).second) << name(one);
    EXPECT_TRUE(samples.insert(one.sample).second) << name(one);
    if (one.rule != GalleryRule::kWorstFlip) continue;
    ++flips[maker.run().cells[one.cell].modality];
    ++perturbations[maker.run().cells[one.cell].parts.front().perturbation];
  }
  EXPECT_EQ(flips[Modality::kAudio], 2) << "although its damage is the largest";
  EXPECT_EQ(flips[Modality::kText], 1);
  EXPECT_EQ(flips[Modality::kVideo], 1);
  for (const auto& [perturbation, count] : perturbations) EXPECT_EQ(count, 1) << perturbation;
}

TEST_F(GalleryTest, WhereNothingFlipsThereAreNoFlips) {
  maker.add("audio.a", Modality::kAudio, 1, hurt({}, 0.3));
  EXPECT_THAT(names(GalleryRule::kWorstFlip), IsEmpty());
  EXPECT_EQ(names(GalleryRule::kTypical).size(), 1U);
}

TEST_F(GalleryTest, CellsThatAreNoEvidenceAreLeftOut) {
  maker.add("video.blur", Modality::kVideo, 1, hurt({}, 0.0));
  maker.keep_only("text+audio", hurt({}, 0.0));  // video is ignored
  maker.add("audio.far", Modality::kAudio, 5, hurt({}, 6)).valid = false;
  maker.add("text.negation", Modality::kText, 5, hurt({}, 6)).label_effect = LabelEffect::kDirectional;
  maker.add("cross.conflict", Modality::kCross, 5, hurt({}, 6)).label_effect = LabelEffect::kDiagnostic;
  maker.add("text.history", Modality::kText, 5, hurt({}, 6));
  EXPECT_THAT(choose({"text.history@severity=5#0"}), IsEmpty());
  maker.add("missing.random", Modality::kAudio, 5, hurt({}, 0.2)).label_effect = LabelEffect::kUnknowable;
  const auto chosen = choose({"text.history@severity=5#0"});
  ASSERT_FALSE(chosen.empty());
  for (const auto& one : chosen) EXPECT_EQ(maker.run().cells[one.cell].id, "missing.random@severity=5#0");
}

TEST_F(GalleryTest, SamplesThatFailedOrWereSkippedAreNotShown) {
  maker.add("audio.a", Modality::kAudio, 1, hurt({}, 5.0));
  for (std::size_t s = 0; s < 20; ++s) {
    if (s == 13) continue;
    maker.outcomes(1)[s].state = s % 2 == 0 ? State::kSkipped : State::kFailed;
    if (s % 2 == 1) maker.outcomes(1)[s].outputs.clear();
  }
  EXPECT_THAT(names(GalleryRule::kWorstFlip), ElementsAre("audio.a@severity=1#0 13"));
}

TEST_F(GalleryTest, ClassesAreJudgedByTheProbabilityOfTheLabel) {
  auto& run = maker.run();
  run.header.task = Task{};
  run.header.task.kind = Task::Kind::kClassification;
  run.header.task.label = "emotion";
  run.header.task.labels = {"joy", "anger", "fear"};
  run.header.task.primary = "f1_weighted";
  run.header.task.probabilities = true;
  maker.add("audio.a", Modality::kAudio, 1, [](std::size_t) { return 0; });
  for (std::size_t s = 0; s < 20; ++s) {
    run.samples[s].labels["emotion"].name = s % 2 == 0 ? "joy" : "anger";
    const bool joy = s % 2 == 0;
    run.outcomes[0][s].outputs = {joy ? 0.8 : 0.1, joy ? 0.1 : 0.8, 0.1};
    run.outcomes[1][s].outputs = {joy ? 0.7 : 0.2, joy ? 0.2 : 0.7, 0.1};
  }
  run.outcomes[1][4].outputs = {0.35, 0.05, 0.6};
  run.outcomes[1][7].outputs = {0.2, 0.05, 0.75};
  const auto flips = choose(GalleryRule::kWorstFlip);
  ASSERT_EQ(flips.size(), 1U);
  EXPECT_EQ(flips[0].sample, 7U);
  EXPECT_EQ(flips[0].label, "anger");
  EXPECT_EQ(flips[0].after.decision, "fear");
  EXPECT_NEAR(flips[0].after.value, 0.05, 1e-12);
  EXPECT_NEAR(flips[0].damage, 0.75, 1e-12);
  EXPECT_EQ(flips[0].flipped, 2U);
}

TEST_F(GalleryTest, RuleNamesReadBack) {
  for (const auto rule : {GalleryRule::kWorstFlip, GalleryRule::kTypical, GalleryRule::kSurvival})
    EXPECT_EQ(gallery_rule_from_name(gallery_rule_name(rule)), rule);
  EXPECT_THROW((void)gallery_rule_from_name("best"), Error);
}

}  // namespace
}  // namespace shakedown::metrics
