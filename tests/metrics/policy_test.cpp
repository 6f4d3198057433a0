#include "shakedown/metrics/policy.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PolicyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) / (std::string("shakedown_policy_") + test->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Policy load(const std::string& text) {
    const auto file = folder_ / "policy.yaml";
    std::ofstream(file) << text;
    return load_policy(file, "2024-06-01");
  }
  std::string refusal(const std::string& text) {
    try {
      static_cast<void>(load(text));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage) << error.what();
      return error.what();
    }
    return "accepted";
  }

 private:
  std::filesystem::path folder_;
};

const std::string kHead = "schema: shakedown.policy/1\n";

TEST_F(PolicyTest, ReadsEveryKey) {
  const Policy policy =
      load(kHead +
           "name: mine\non_inconclusive: fail\nconfidence: 0.9\nrules:\n"
           "  - {name: sound, aggregate: 'stress_mean[audio]', metric: corr, max_drop: 0.05}\n"
           "  - {name: each, cells: ['video.*', 'audio.*'], guard: true, level: warn, max_drop: 0.1}\n"
           "  - {name: bottom, cells: 'clean#0', max_value: 0.9}\n"
           "  - {name: mild, modality: [text, audio], severity: [1, 2], max_flip_rate: 0.1}\n"
           "  - {name: few, slice: {label: below 0}, min_value: 0.5, metric: corr}\n"
           "  - {name: seen, no_warning: [collapsed, few_groups]}\n"
           "  - {name: unused, level: off}\n"
           "waivers:\n  - {cells: 'video.x*', reason: new camera, until: 2024-06-01}\n");
  EXPECT_EQ(policy.name, "mine");
  EXPECT_TRUE(policy.inconclusive_fails);
  EXPECT_DOUBLE_EQ(policy.confidence, 0.9);
  ASSERT_EQ(policy.rules.size(), 6U);
  EXPECT_THAT(policy.off, ElementsAre("unused"));
  EXPECT_EQ(policy.rules[0].aggregate, "stress_mean[audio]");
  EXPECT_EQ(policy.rules[0].metric, "corr");
  EXPECT_EQ(policy.rules[0].bound, Bound::kMaxDrop);
  EXPECT_DOUBLE_EQ(policy.rules[0].value, 0.05);
  EXPECT_TRUE(policy.rules[1].guard);
  EXPECT_EQ(policy.rules[1].level, Level::kWarn);
  EXPECT_THAT(policy.rules[1].cells, ElementsAre("video.*", "audio.*"));
  EXPECT_EQ(policy.rules[2].bound, Bound::kMaxValue);
  EXPECT_DOUBLE_EQ(policy.rules[2].value, 0.9);
  EXPECT_THAT(policy.rules[2].where, HasSubstr("policy.yaml:8"));
  EXPECT_EQ(policy.rules[3].bound, Bound::kMaxFlipRate);
  EXPECT_THAT(policy.rules[3].modalities, ElementsAre(Modality::kText, Modality::kAudio));
  EXPECT_THAT(policy.rules[3].severities, ElementsAre(1.0, 2.0));
  EXPECT_EQ(policy.rules[4].slice_by, "label");
  EXPECT_EQ(policy.rules[4].slice_value, "below 0");
  EXPECT_THAT(policy.rules[5].warnings, ElementsAre("collapsed", "few_groups"));
  ASSERT_EQ(policy.waivers.size(), 1U);
  EXPECT_EQ(policy.waivers[0].reason, "new camera");
  EXPECT_THAT(policy.text, HasSubstr("new camera"));
}

TEST_F(PolicyTest, MistakesAreNamedWithFileAndLine) {
  const auto rule = [&](const std::string& keys) { return refusal(kHead + "rules:\n  - {name: a, " + keys + "}\n"); };
  EXPECT_THAT(rule("max_dorp: 0.1"), HasSubstr("policy.yaml:3"));
  EXPECT_THAT(rule("max_dorp: 0.1"), HasSubstr("max_drop"));
  EXPECT_THAT(rule("max_drop: 0"), HasSubstr("above 0"));
  EXPECT_THAT(rule("max_drop: 0.1, max_value: 1"), HasSubstr("one bound"));
  EXPECT_THAT(rule("cells: x"), HasSubstr("bounds nothing: it needs one of max_drop, min_value"));
  EXPECT_THAT(rule("max_drop: 0.1, level: fatal"), HasSubstr("off, warn, error"));
  EXPECT_THAT(rule("max_drop: 0.1, aggregate: stres_mean"), HasSubstr("stress_mean"));
  EXPECT_THAT(rule("max_drop: 0.1, modality: vision"), HasSubstr("text, audio, video, cross"));
  EXPECT_THAT(rule("max_drop: 0.1, slice: {a: b, c: d}"), HasSubstr("one column and its value"));
  EXPECT_THAT(rule("max_flip_rate: 10"), HasSubstr("outside [0, 1]"));
  EXPECT_THAT(rule("max_flip_rate: 0.1, metric: mae"), HasSubstr("metric: does not go with max_flip_rate"));
  EXPECT_THAT(rule("min_directional_pass: 0.9, aggregate: worst"), HasSubstr("does not go with min_directional_pass"));
  EXPECT_THAT(rule("no_warning: [colapsed]"), HasSubstr("did you mean 'collapsed'"));
  EXPECT_THAT(rule("no_warning: [collapsed], guard: true"), HasSubstr("does not go with no_warning"));
  EXPECT_THAT(refusal(kHead + "rules:\n  - {name: a, max_drop: 1}\n  - {name: a, max_drop: 1}\n"),
              HasSubstr("two rules"));
  EXPECT_THAT(refusal(kHead + "rules: []\n"), HasSubstr("at least one rule"));
  EXPECT_THAT(refusal(kHead + "name: x\n"), HasSubstr("rules"));
  EXPECT_THAT(refusal(kHead + "rules: [{name: a, level: off}]\n"), HasSubstr("every rule is off"));
  EXPECT_THAT(refusal(kHead + "extends: recomended\n"), HasSubstr("did you mean 'recommended'"));
  EXPECT_THAT(refusal(kHead + "confidence: 95\nrules: [{name: a, max_drop: 1}]\n"), HasSubstr("[0.8, 0.99]"));
  EXPECT_THAT(refusal("schema: shakedown.suite/1\nrules: [{name: a, max_drop: 1}]\n"), HasSubstr("shakedown.policy/1"));
}

const Rule& named(const Policy& policy, const std::string& name) {
  return *std::find_if(policy.rules.begin(), policy.rules.end(), [&](const Rule& rule) { return rule.name == name; });
}

TEST_F(PolicyTest, PresetsCanBeExtendedRuleByRule) {
  const Policy recommended = load(kHead + "extends: recommended\n");
  EXPECT_FALSE(recommended.inconclusive_fails);
  EXPECT_TRUE(named(recommended, "every cell").guard);
  EXPECT_TRUE(named(recommended, "every cell").preset);
  EXPECT_THAT(named(recommended, "evidence").warnings, ElementsAre("vacuous_modality", "collapsed"));

  const Policy own = load(kHead +
                          "extends: recommended\nrules:\n  - {name: audio, max_drop: 0.04}\n"
                          "  - {name: text, level: warn}\n  - {name: video, level: off}\n"
                          "  - {name: mine, max_drop: 1}\n");
  EXPECT_EQ(own.rules.size(), recommended.rules.size());
  EXPECT_DOUBLE_EQ(named(own, "audio").value, 0.04);
  EXPECT_EQ(named(own, "audio").aggregate, "stress_mean[audio]");
  EXPECT_EQ(named(own, "text").level, Level::kWarn);
  EXPECT_DOUBLE_EQ(named(own, "text").value, 0.02);
  EXPECT_THAT(own.off, ElementsAre("video"));
  EXPECT_FALSE(named(own, "mine").preset);

  const Policy strict = load(kHead + "extends: strict\n");
  EXPECT_TRUE(strict.inconclusive_fails);
  EXPECT_GT(strict.rules.size(), recommended.rules.size());
  EXPECT_GT(named(strict, "evidence").warnings.size(), 2U);
}

TEST_F(PolicyTest, ExpiredAndUndatedWaiversAreErrors) {
  const std::string rules = kHead + "rules: [{name: a, max_drop: 1}]\nwaivers:\n";
  EXPECT_THAT(refusal(rules + "  - {cells: a, reason: b, until: 2024-05-31}\n"), HasSubstr("expired on 2024-05-31"));
  EXPECT_THAT(refusal(rules + "  - {cells: a, reason: b, until: soon}\n"), HasSubstr("YYYY-MM-DD"));
  EXPECT_THAT(refusal(rules + "  - {cells: a, until: 2024-07-31}\n"), HasSubstr("reason"));
}

TEST(PolicyFileTest, AbsentFileIsAnErrorOfTheInput) {
  try {
    static_cast<void>(load_policy("/nowhere/policy.yaml", "2024-06-01"));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/policy.yaml"));
  }
}

}  // namespace
}  // namespace shakedown::metrics
