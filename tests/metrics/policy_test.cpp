#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"
#include "shakedown/metrics/compare.h"

namespace shakedown::metrics {
namespace {

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
  const Policy policy = load(kHead +
                             "name: strict\non_inconclusive: fail\nrules:\n"
                             "  - {name: sound, aggregate: 'stress_mean[audio]', metric: corr, margin: 0.05}\n"
                             "  - {name: each, cells: 'video.*', guard: true, level: warn}\n"
                             "  - {name: floor, cells: 'clean#0', limit: 0.9}\n"
                             "waivers:\n  - {cells: 'video.x*', reason: new camera, until: 2024-06-01}\n");
  EXPECT_EQ(policy.name, "strict");
  EXPECT_TRUE(policy.inconclusive_fails);
  ASSERT_EQ(policy.rules.size(), 3U);
  EXPECT_EQ(policy.rules[0].aggregate, "stress_mean[audio]");
  EXPECT_EQ(policy.rules[0].metric, "corr");
  EXPECT_DOUBLE_EQ(policy.rules[0].margin, 0.05);
  EXPECT_TRUE(policy.rules[1].guard);
  EXPECT_FALSE(policy.rules[1].error);
  EXPECT_DOUBLE_EQ(policy.rules[1].margin, 0.02);
  EXPECT_EQ(policy.rules[2].limit, 0.9);
  EXPECT_THAT(policy.rules[2].where, HasSubstr("policy.yaml:7"));
  ASSERT_EQ(policy.waivers.size(), 1U);
  EXPECT_EQ(policy.waivers[0].reason, "new camera");
  EXPECT_THAT(policy.text, HasSubstr("new camera"));
}

TEST_F(PolicyTest, MistakesAreNamedWithFileAndLine) {
  EXPECT_THAT(refusal(kHead + "rules:\n  - {name: a, margn: 0.1}\n"), HasSubstr("policy.yaml:3"));
  EXPECT_THAT(refusal(kHead + "rules:\n  - {name: a, margn: 0.1}\n"), HasSubstr("margin"));
  EXPECT_THAT(refusal(kHead + "rules:\n  - {name: a, margin: 0}\n"), HasSubstr("above 0"));
  EXPECT_THAT(refusal(kHead + "rules:\n  - {name: a, margin: 0.1, limit: 1}\n"), HasSubstr("not both"));
  EXPECT_THAT(refusal(kHead + "rules:\n  - {name: a, level: fatal}\n"), HasSubstr("error, warn"));
  EXPECT_THAT(refusal(kHead + "rules:\n  - {name: a, aggregate: stres_mean}\n"), HasSubstr("stress_mean"));
  EXPECT_THAT(refusal(kHead + "rules:\n  - {name: a}\n  - {name: a}\n"), HasSubstr("two rules"));
  EXPECT_THAT(refusal(kHead + "rules: []\n"), HasSubstr("at least one rule"));
  EXPECT_THAT(refusal(kHead + "name: x\n"), HasSubstr("rules"));
  EXPECT_THAT(refusal("schema: shakedown.suite/1\nrules: [{name: a}]\n"), HasSubstr("shakedown.policy/1"));
}

TEST_F(PolicyTest, ExpiredAndUndatedWaiversAreErrors) {
  const std::string rules = kHead + "rules: [{name: a}]\nwaivers:\n";
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
