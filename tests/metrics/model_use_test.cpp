// What a model uses, on toy models whose answer is known.

#include <algorithm>
#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_run.h"
#include "shakedown/metrics/analyse.h"

namespace shakedown::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RunMaker;
using Inputs = std::array<double, 3>;  ///< text, audio, video
using Model = std::function<double(const Inputs&)>;

constexpr std::array<const char*, 8> kSubsets = {"",      "text",       "audio",       "text+audio",
                                                 "video", "text+video", "audio+video", "text+audio+video"};

/// A run of `model` on random inputs; the model's answer to everything is the label unless a test says otherwise.
class Toy {
 public:
  Toy(Model model, bool signs, std::size_t groups = 10, std::size_t per_group = 6)
      : maker_(groups, per_group), model_(std::move(model)) {
    std::mt19937 random(11);
    std::normal_distribution<double> normal;
    for (std::size_t i = 0; i < maker_.samples(); ++i) {
      Inputs inputs{normal(random), normal(random), normal(random)};
      if (signs) inputs = {i & 1U ? 1.0 : -1.0, i & 2U ? 1.0 : -1.0, i & 4U ? 1.0 : -1.0};
      inputs_.push_back(inputs);
      maker_.outcomes(0)[i].outputs = {model_(inputs)};
      maker_.run().samples[i].labels["regression"].value = model_(inputs);
    }
  }

  void fill(const std::vector<unsigned>& kept = {0, 1, 2, 3, 4, 5, 6}) {
    for (const unsigned subset : kept) {
      maker_.keep_only(kSubsets[subset], [&, subset](std::size_t i) { return model_(mix(inputs_[i], {}, subset)); });
    }
  }

  /// 16 random donors, the same for every subset, as missing.modality draws them.
  void donors(int draws = 16) {
    for (const unsigned subset : {0U, 1U, 2U, 3U, 4U, 5U, 6U}) {
      for (int draw = 0; draw < draws; ++draw) {
        add("donor", subset, draw,
            [this, draw](std::size_t i, unsigned m) { return donor(i, static_cast<std::size_t>(draw), m); });
      }
    }
  }

  void every_donor() {
    const std::size_t n = inputs_.size();
    for (const unsigned subset : {1U, 2U, 4U}) {
      for (std::size_t draw = 0; draw < n * n; ++draw) {
        add("every_donor", subset, static_cast<int>(draw), [draw, n, subset](std::size_t, unsigned m) {
          const unsigned first = subset == 1 ? 1 : 0;  // the first of the two that are exchanged
          return m == first ? draw % n : draw / n;
        });
      }
    }
  }

  std::size_t donor(std::size_t i, std::size_t draw, unsigned m) const {
    return (i + 1 + (draw * 7919 + m * 104729 + i * 31) % (inputs_.size() - 1)) % inputs_.size();
  }

  ModelUse use() { return analyse(maker_.run()).model_use; }
  RunMaker& maker() { return maker_; }
  const std::vector<Inputs>& inputs() const { return inputs_; }

 private:
  static Inputs mix(const Inputs& own, const Inputs& other, unsigned kept) {
    Inputs mixed{};
    for (unsigned m = 0; m < 3; ++m) mixed[m] = kept >> m & 1U ? own[m] : other[m];
    return mixed;
  }

  void add(const char* by, unsigned subset, int draw,
           const std::function<std::size_t(std::size_t, unsigned)>& donor_of) {
    CellRow& cell = maker_.keep_only(kSubsets[subset], [&](std::size_t i) {
      Inputs other{};
      for (unsigned m = 0; m < 3; ++m) other[m] = inputs_[donor_of(i, m)][m];
      return model_(mix(inputs_[i], other, subset));
    });
    cell.parts.front().params["by"] = by;
    cell.replicate = draw;
    cell.id = std::string("missing.modality[by=") + by + ",keep=" + kSubsets[subset] + "]#" + std::to_string(draw);
  }

  RunMaker maker_;
  Model model_;
  std::vector<Inputs> inputs_;
};

const Attribution& find(const ModelUse& use, const std::string& removal) {
  for (const Attribution& one : use.attributions) {
    if (one.removal == removal) return one;
  }
  throw std::runtime_error("no " + removal);
}

double additive(const Inputs& x) {
  return 2 * x[0] + 0.5 * x[1] - x[2];
}
double exclusive_or(const Inputs& x) {
  return x[0] * x[2];
}

TEST(ModelUseTest, AnAdditiveModelGetsItsWeights) {
  Toy toy(additive, false);
  toy.fill();
  const ModelUse use = toy.use();
  const Attribution& fill = find(use, "fill");
  const std::array<double, 3> weights = {2, 0.5, -1};
  const std::array<const char*, 3> names = {"text", "audio", "video"};
  for (unsigned m = 0; m < 3; ++m) {
    double expected = 0;
    for (const Inputs& x : toy.inputs())
      expected += std::abs(weights[m] * x[m]) / static_cast<double>(toy.inputs().size());
    EXPECT_NEAR(*fill.prediction.at(names[m]).value, expected, 1e-6) << names[m];
    EXPECT_EQ(fill.prediction.at(names[m]).n, toy.inputs().size());
    EXPECT_TRUE(fill.prediction.at(names[m]).low.has_value());
  }
  EXPECT_EQ(fill.order.front(), "text");
}

TEST(ModelUseTest, ByDonorsAnAdditiveModelGetsItsDeviationFromThem) {
  Toy toy(additive, false);
  toy.donors();
  const ModelUse use = toy.use();
  double expected = 0;
  for (std::size_t i = 0; i < toy.inputs().size(); ++i) {
    double mean = 0;
    for (std::size_t draw = 0; draw < 16; ++draw) mean += toy.inputs()[toy.donor(i, draw, 0)][0] / 16;
    expected += std::abs(2 * (toy.inputs()[i][0] - mean)) / static_cast<double>(toy.inputs().size());
  }
  EXPECT_EQ(find(use, "marginal").draws, 16U);
  EXPECT_NEAR(*find(use, "marginal").prediction.at("text").value, expected, 1e-6);
}

TEST(ModelUseTest, AnAdditiveModelHasNoInteraction) {
  Toy toy(additive, false);
  toy.donors();
  const Interaction interaction = toy.use().interaction.value();
  EXPECT_EQ(interaction.why, "");
  EXPECT_NEAR(*interaction.gain.at("mae").value, 0, 1e-6);
  EXPECT_EQ(*interaction.jointly.value, 0);
  EXPECT_NEAR(*interaction.draw_error, 0, 1e-6);
}

TEST(ModelUseTest, TheValuesAddUpToWhatEverythingBringsOverNothing) {
  Toy toy([](const Inputs& x) { return std::tanh(x[0] + x[1] * x[2]) + 0.3 * x[1]; }, false);
  for (std::size_t i = 0; i < toy.inputs().size(); ++i) {
    toy.maker().run().samples[i].labels["regression"].value = std::round(2 * toy.inputs()[i][0]);
  }
  toy.fill();
  toy.donors();
  for (const char* removal : {"fill", "marginal"}) {
    const ModelUse use = toy.use();
    const Attribution& one = find(use, removal);
    for (const auto& [metric, values] : one.metric) {
      double sum = 0;
      for (const auto& [modality, score] : values) sum += score.value.value_or(0);
      if (metric != "mae") continue;
      EXPECT_NEAR(sum, *one.kept.at("none").value - *one.kept.at("text+audio+video").value, 1e-9);
      EXPECT_NEAR(sum, *one.gain.value, 1e-9);
    }
    double together = 0, spared = 0, mae = 0;
    for (const auto& [subset, score] : one.together) together += *score.value;
    for (const auto& [modality, score] : one.loss) spared += *score.value;
    for (const auto& [modality, score] : one.metric.at("mae")) mae += *score.value;
    EXPECT_NEAR(together, *one.gain.value, 1e-9);
    EXPECT_NEAR(spared, mae, 1e-9) << "the mean of the loss is the metric";
  }
}

TEST(ModelUseTest, OfExclusiveOrTheInteractionCarriesAll) {
  Toy toy(exclusive_or, true, 8, 8);
  toy.fill();
  toy.donors();
  const ModelUse use = toy.use();
  const Attribution& fill = find(use, "fill");
  EXPECT_NEAR(*fill.gain.value, 1, 1e-12);
  EXPECT_NEAR(*fill.together.at("text+video").value, 1, 1e-12);
  for (const char* alone : {"text", "audio", "video", "text+audio", "audio+video", "text+audio+video"}) {
    EXPECT_NEAR(*fill.together.at(alone).value, 0, 1e-12) << alone;
  }
  EXPECT_NEAR(*fill.metric.at("mae").at("text").value, 0.5, 1e-12);
  EXPECT_NEAR(*fill.metric.at("mae").at("video").value, 0.5, 1e-12);
  EXPECT_EQ(*fill.metric.at("mae").at("audio").value, 0);
  // By 16 donors the projection is 0 but for the noise of the draws, which draw_error states.
  EXPECT_NEAR(*use.interaction->gain.at("mae").value, 1, 4 * *use.interaction->draw_error + 0.1);
  EXPECT_GT(*use.interaction->draw_error, 0);
  EXPECT_GT(*use.interaction->jointly.value, 0.3);
  EXPECT_FALSE(use.interaction->exact);
}

TEST(ModelUseTest, WithEveryDonorTheProjectionIsExact) {
  Toy toy(exclusive_or, true, 4, 2);
  toy.every_donor();
  const Interaction interaction = toy.use().interaction.value();
  EXPECT_EQ(interaction.why, "");
  EXPECT_TRUE(interaction.exact);
  EXPECT_EQ(interaction.draws, 64U);
  EXPECT_NEAR(*interaction.additive.at("mae").value, 1, 1e-9) << "the best sum of parts is the constant 0";
  EXPECT_NEAR(*interaction.gain.at("mae").value, 1, 1e-9);
  EXPECT_EQ(*interaction.draw_error, 0);

  Toy sum(additive, false, 4, 2);
  sum.every_donor();
  EXPECT_NEAR(*sum.use().interaction->gain.at("mae").value, 0, 1e-9);

  toy.maker().run().header.settings["limit"] = "8";
  EXPECT_THAT(toy.use().interaction->why, HasSubstr("whole split"));
}

TEST(ModelUseTest, AModalityThatIsIgnoredHasExactlyNothing) {
  Toy toy([](const Inputs& x) { return std::sin(3 * x[0]) * std::exp(0.3 * x[1]); }, false);
  toy.fill();
  toy.donors();
  const Results results = analyse(toy.maker().run());
  for (const char* removal : {"fill", "marginal"}) {
    const Attribution& one = find(results.model_use, removal);
    for (const auto& [metric, values] : one.metric) {
      EXPECT_EQ(values.at("video").value.value_or(0.0), 0.0) << removal << " " << metric;
    }
    EXPECT_EQ(*one.prediction.at("video").value, 0.0);
    EXPECT_EQ(*one.loss.at("video").value, 0.0);
    EXPECT_EQ(*one.decides.at("video").value, 0.0);
  }
  EXPECT_TRUE(std::any_of(results.warnings.begin(), results.warnings.end(),
                          [](const Warning& warning) { return warning.id == "vacuous_modality"; }));
}

TEST(ModelUseTest, SubsetsThatAreNotThereAreNamed) {
  Toy toy(additive, false);
  toy.fill({0, 1, 2, 3, 4, 6});
  EXPECT_THAT(toy.use().attributions.at(0).why, HasSubstr("missing: keep=text+video"));
}

TEST(ModelUseTest, AModelOfTwoModalitiesHasFourSubsets) {
  Toy toy([](const Inputs& x) { return 2 * x[0] + x[1]; }, false);
  toy.fill({0, 1, 2});
  const ModelUse use = toy.use();
  const Attribution& fill = find(use, "fill");
  EXPECT_EQ(fill.why, "");
  EXPECT_EQ(fill.kept.size(), 4U);
  EXPECT_FALSE(fill.prediction.contains("video"));
  EXPECT_THAT(fill.order, ElementsAre("text", "audio"));
}

TEST(ModelUseTest, SkippedAndFailedSamplesLeaveEverySubset) {
  Toy toy(additive, false);
  toy.fill();
  toy.maker().outcomes(2)[5].state = State::kSkipped;
  toy.maker().outcomes(3)[7].state = State::kFailed;
  const ModelUse use = toy.use();
  EXPECT_EQ(find(use, "fill").kept.at("none").n, toy.inputs().size() - 2);
}

TEST(ModelUseTest, ConditionsAreMeasuredAgainstTheirOwnFullCell) {
  Toy toy(additive, false);
  toy.fill();
  toy.maker().add(
      "missing.random", Modality::kCross, 0, [&](std::size_t i) { return 0.5 * additive(toy.inputs()[i]); }, "",
      "rate");
  CellRow full = toy.maker().run().cells.back();
  full.label_effect = LabelEffect::kUnknowable;
  toy.maker().run().cells.back() = full;
  for (unsigned subset = 0; subset < 7; ++subset) {
    CellRow& cell = toy.maker().keep_only(kSubsets[subset], [&](std::size_t i) {
      Inputs kept{};
      for (unsigned m = 0; m < 3; ++m) kept[m] = subset >> m & 1U ? toy.inputs()[i][m] : 0;
      return 0.5 * additive(kept);
    });
    cell.id = std::string("missing.random@rate=0+missing.modality[keep=") + kSubsets[subset] + "]#0";
    cell.parts.insert(cell.parts.begin(), full.parts.front());
  }
  const ModelUse use = toy.use();
  ASSERT_EQ(use.attributions.size(), 2U);
  const Attribution& clean = use.attributions[0];
  const Attribution& stressed = use.attributions[1];
  EXPECT_EQ(clean.condition, "clean");
  EXPECT_EQ(stressed.condition, full.id);
  EXPECT_EQ(stressed.axis, "rate");
  EXPECT_EQ(stressed.why, "");
  EXPECT_NEAR(*stressed.prediction.at("text").value, 0.5 * *clean.prediction.at("text").value, 1e-9);
}

TEST(ModelUseTest, ADisagreementOfTheTwoBaselinesIsSaid) {
  // Audio is a large constant: its fill takes that away, its donors do not.
  Toy toy([](const Inputs& x) { return x[0] + (x[1] != 0 ? 5 + 0.01 * x[1] : 0); }, false);
  toy.fill();
  toy.donors();
  const ModelUse use = toy.use();
  EXPECT_EQ(find(use, "fill").order.front(), "audio");
  EXPECT_EQ(find(use, "marginal").order.front(), "text");
  ASSERT_EQ(use.notes.size(), 1U);
  EXPECT_THAT(use.notes.front(), HasSubstr("disagree"));
}

TEST(ModelUseTest, ClassesShareOutProbabilitiesAndAverageThem) {
  Toy toy(exclusive_or, true, 8, 8);
  toy.fill();
  toy.donors();
  RunData& run = toy.maker().run();
  run.header.task = {};
  run.header.task.kind = Task::Kind::kClassification;
  run.header.task.label = "class";
  run.header.task.labels = {"minus", "plus"};
  run.header.task.primary = "accuracy";
  for (std::size_t i = 0; i < run.samples.size(); ++i) {
    run.samples[i].labels["class"] = {std::nan(""), toy.inputs()[i][0] * toy.inputs()[i][2] > 0 ? "plus" : "minus"};
  }
  for (auto& cell : run.outcomes) {
    for (Outcome& outcome : cell) outcome.outputs = {-2 * outcome.outputs[0], 2 * outcome.outputs[0]};
  }
  const ModelUse use = toy.use();
  const Attribution& marginal = find(use, "marginal");
  EXPECT_NEAR(*marginal.kept.at("text+audio+video").value, 1, 1e-12);
  EXPECT_NEAR(*marginal.metric.at("accuracy").at("text").value + *marginal.metric.at("accuracy").at("audio").value +
                  *marginal.metric.at("accuracy").at("video").value,
              *marginal.gain.value, 1e-12);
  const double sure = 1 / (1 + std::exp(-4.0));
  EXPECT_NEAR(*find(use, "fill").prediction.at("text").value, (sure - 0.5) / 2, 1e-9) << "half of what both bring";
}

TEST(ModelUseTest, ConflictShowsWhomThePredictionFollows) {
  RunMaker maker;
  for (std::size_t i = 0; i < maker.samples(); ++i) {
    maker.run().samples[i].labels["regression"].value = i % 2 == 0 ? 2 : -2;
    maker.outcomes(0)[i].outputs = {maker.label(i)};
  }
  const auto add = [&](Modality modality, const std::string& donor, double follows) {
    CellRow& cell = maker.add(
        "cross.conflict", modality, 0,
        [&](std::size_t i) {
          return donor == "opposite" && static_cast<double>(i) < follows * static_cast<double>(maker.samples())
                     ? -maker.label(i)
                     : maker.label(i);
        },
        donor);
    cell.label_effect = LabelEffect::kDiagnostic;
    cell.id += std::string(modality_name(modality));
    cell.parts.front().params["donor"] = donor;
    for (std::size_t i = 0; i < maker.samples(); ++i) {
      maker.run().outcomes.back()[i].measures["donor.regression"] =
          donor == "opposite" ? -maker.label(i) : maker.label(i);
    }
  };
  for (const char* donor : {"opposite", "same"}) {
    add(Modality::kText, donor, 1);
    add(Modality::kVideo, donor, 0.2);
  }
  maker.run().outcomes[1][0].state = State::kIneligible;
  const auto conflicts = analyse(maker.run()).model_use.conflicts;
  ASSERT_EQ(conflicts.size(), 2U);
  EXPECT_EQ(conflicts[0].modality, "text");
  EXPECT_EQ(*conflicts[0].follows.value, 1);
  EXPECT_EQ(conflicts[0].follows.n, maker.samples() - 1);
  EXPECT_EQ(*conflicts[0].control_follows.value, 0);
  EXPECT_EQ(*conflicts[0].excess.value, 1);
  EXPECT_NEAR(*conflicts[1].follows.value, 0.2, 1e-12);
  EXPECT_NEAR(*conflicts[1].keeps.value, 0.8, 1e-12);
  EXPECT_TRUE(conflicts[1].excess.low.has_value());
}

TEST(ModelUseTest, ShufflingLosesWhatTheModalityBrought) {
  RunMaker maker;
  for (int replicate = 0; replicate < 2; ++replicate) {
    maker.add("cross.shuffle", Modality::kText, 0, maker.scaled_error(2 + replicate), "", "", replicate).label_effect =
        LabelEffect::kDiagnostic;
  }
  maker.add("cross.shuffle", Modality::kVideo, 0, maker.shifted(0), "modality=video").label_effect =
      LabelEffect::kDiagnostic;
  const Results results = analyse(maker.run());
  const double clean = *results.cells[0].metrics.at("mae").value;
  EXPECT_NEAR(*results.model_use.shuffle.at("text").value, 1.5 * clean, 1e-9);
  EXPECT_EQ(*results.model_use.shuffle.at("video").value, 0);
}

TEST(ModelUseTest, DirectionWithTheTextAlone) {
  RunMaker maker;
  const auto text_only = [&](std::size_t i) { return 0.5 * maker.clean()[i]; };
  maker.keep_only("text", text_only);
  CellRow& cell = maker.keep_only("text", [&](std::size_t i) { return text_only(i) - (i % 4 == 0 ? 0.0 : 0.5); });
  cell.id = "text.negation@severity=3+missing.modality[keep=text]#0";
  cell.parts.insert(cell.parts.begin(), PartRow{"text.negation", 1, Modality::kText, {}});
  for (Outcome& outcome : maker.outcomes(2)) outcome.direction = -1;
  const Results results = analyse(maker.run());
  const Scores& direction = results.find(cell.id)->direction;
  EXPECT_NEAR(*direction.at("moved_right").value, 0.75, 1e-12);
  EXPECT_NEAR(*direction.at("unmoved").value, 0.25, 1e-12);
  EXPECT_EQ(direction.at("moved_right").n, maker.samples());
  EXPECT_TRUE(results.cells[1].direction.empty());
}

}  // namespace
}  // namespace shakedown::metrics
