// What is known of a model and a suite before the run: masks that the model sees through, classes that point nowhere.
#include "model_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown::runners {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ModelChecksTest : public testing::Test {
 protected:
  ModelChecksTest() { perturb::register_builtins(registry_); }

  std::vector<suites::Cell> cells(const std::vector<std::string>& texts) const {
    std::vector<suites::Cell> made;
    for (const auto& text : texts) made.push_back(suites::parse_cell(text, registry_));
    return made;
  }
  static models::Manifest reading(const std::string& from, bool pool_mean = false) {
    models::Manifest manifest;
    models::InputSpec input;
    input.from = from;
    input.pool_mean = pool_mean;
    manifest.inputs = {input};
    return manifest;
  }
  static std::vector<std::string> of(const std::vector<Warning>& warnings, const std::string& id) {
    for (const auto& warning : warnings)
      if (warning.id == id) return warning.cells;
    return {};
  }

  perturb::Registry registry_;
  const std::vector<std::string> some_ = {"missing.random{rate: 0.3}", "missing.block{rate: 0.5, modality: audio}",
                                          "missing.modality{keep: audio}", "feature.noise{severity: 2}"};
};

TEST_F(ModelChecksTest, MaskingBehindASentenceEncoderLeaks) {
  const auto warnings = masking_warnings(reading("text.embedding"), cells(some_), 768);
  EXPECT_THAT(of(warnings, "leaky_features"), ElementsAre("missing.random@rate=0.3#0"))
      << "not what writes audio only, takes all of it, or takes nothing";
}

TEST_F(ModelChecksTest, WordVectorsAndTokenIdsDoNotLeak) {
  EXPECT_THAT(of(masking_warnings(reading("text.embedding"), cells(some_), 300), "leaky_features"), ElementsAre());
  EXPECT_THAT(of(masking_warnings(reading("text.bert"), cells(some_), 768), "leaky_features"), ElementsAre());
  EXPECT_THAT(
      of(masking_warnings(reading("text.embedding"), cells({"missing.random{rate: 0}"}), 768), "leaky_features"),
      ElementsAre());
}

TEST_F(ModelChecksTest, AMeanOverTimeIsOnlyScaledByMissingSteps) {
  const auto warnings = masking_warnings(reading("audio.features", true), cells(some_), 0);
  EXPECT_THAT(of(warnings, "averages_over_time"),
              ElementsAre("missing.random@rate=0.3#0", "missing.block[modality=audio]@rate=0.5#0"));
  EXPECT_THAT(of(masking_warnings(reading("vision.features", true), cells(some_), 0), "averages_over_time"),
              ElementsAre("missing.random@rate=0.3#0"));
  EXPECT_TRUE(masking_warnings(reading("audio.features", false), cells(some_), 0).empty());
}

TEST_F(ModelChecksTest, DirectionalCellsOfAClassifierNeedPolarity) {
  PlannedModel planned;
  planned.header.task.kind = Task::Kind::kClassification;
  planned.header.task.labels = {"joy", "anger"};
  suites::Suite suite;
  const auto plan = [&] {
    planned.cells = cells({"missing.random{rate: 0.3}"});
    planned.cells.push_back(planned.cells.front());
    planned.cells.back().row.label_effect = LabelEffect::kDirectional;
  };
  plan();
  try {
    require_polarity(suite, false, planned);
    FAIL() << "a user's own suite is refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("polarity: {joy: 1"));
  }
  suite.shipped = true;
  plan();
  require_polarity(suite, false, planned);
  EXPECT_EQ(planned.cells.size(), 1U);
  EXPECT_EQ(planned.header.not_tested.size(), 1U);
  plan();
  planned.header.task.polarity = {{"joy", 1}, {"anger", -1}};
  require_polarity(suite, true, planned);
  EXPECT_EQ(planned.cells.size(), 2U);
}

}  // namespace
}  // namespace shakedown::runners
