// Runs beside each other, references and kinds of intervals, end to end on small models.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

constexpr const char* kSuite = R"(schema: shakedown.suite/1
name: scoring
cells:
  - {perturb: feature.noise, modality: audio, severity: [1, 5]}
  - {perturb: missing.random, modality: text, severity: [3]}
)";

class ScoringTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch = new Scratch;
    write(*scratch / "suite.yaml", kSuite);
    const std::filesystem::path data = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "tests" / "data" / "cli";
    for (const char* model : {"additive", "blind", "constant"}) {
      const auto finished = shakedown({"run", "--model", (data / (std::string(model) + ".pt")).string(), "--data",
                                       (data / "use.pkl").string(), "--suite", (*scratch / "suite.yaml").string(),
                                       "--out", folder(model)});
      ASSERT_EQ(finished.code, 0) << finished.error;
    }
  }
  static void TearDownTestSuite() { delete scratch; }
  static std::string folder(const std::string& name) { return (*scratch / name).string(); }

  static Scratch* scratch;
};
Scratch* ScoringTest::scratch = nullptr;

TEST_F(ScoringTest, ThreeRunsStandSideBySideAgainstTheReference) {
  const auto finished =
      shakedown({"compare", folder("additive"), folder("blind"), folder("constant"), "--reference", folder("blind"),
                 "--json", folder("side.json"), "--markdown", folder("side.md"), "--html", folder("side.html")});
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(finished.out, HasSubstr("mCE[ref=blind]"));
  EXPECT_THAT(finished.out, Not(HasSubstr("effective_robustness"))) << "three runs have no line";
  const Json table = Json::parse(read(*scratch / "side.json"));
  EXPECT_THAT(finished.out, HasSubstr("constant: scope_changed: "));
  for (const auto& row : table.at("rows")) {
    EXPECT_EQ(row.at("scores").size(), 3U) << row.at("name");
    if (row.at("name") != "mCE[ref=blind]") continue;
    EXPECT_NEAR(row.at("scores").at(1).at("value").get<double>(), 1, 1e-12);
  }
  EXPECT_THAT(read(*scratch / "side.md"), HasSubstr("| `clean` | `mae` |"));
  ASSERT_EQ(table.at("pairs").size(), 2U);
  EXPECT_EQ(table.at("pairs").at(0).at("candidate"), 0) << "of the runs";
  EXPECT_THAT(read(*scratch / "side.html"), HasSubstr("2 runs <span>against blind"));
}

TEST_F(ScoringTest, WhatCannotBeComparedIsSaid) {
  EXPECT_EQ(shakedown({"compare", folder("additive"), folder("blind"), folder("constant"), "--reference", "x"}).code,
            2);
  EXPECT_EQ(shakedown({"compare", folder("additive")}).code, 2);
  EXPECT_EQ(shakedown({"compare", folder("additive"), "--baseline", folder("blind")}).code, 2);
  EXPECT_EQ(shakedown({"compare", "a", "b", "c", "d", "e", "f", "g"}).code, 2);
  const auto finished = shakedown({"report", folder("blind"), "--interval", "bootstrap"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.error, HasSubstr("bootstrap-t"));
}

TEST_F(ScoringTest, AReportTakesAReferenceAndAKindOfInterval) {
  const auto report = [](std::vector<std::string> more) {
    std::vector<std::string> words{"report", folder("blind"), "--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    const auto finished = shakedown(words);
    EXPECT_EQ(finished.code, 0) << finished.error;
    return Json::parse(finished.out);
  };
  const Json usual = report({}), drawn = report({"--interval", "bootstrap-t", "--reference", folder("additive")});
  EXPECT_THAT(usual.at("interval"), "delete-one-group jackknife, Student's t") << "8 groups";
  EXPECT_THAT(drawn.at("interval").get<std::string>(), HasSubstr("bootstrap-t, 2000 draws"));
  const auto interval = [](const Json& results) { return results.at("summary").at("stress_mean").at("ci"); };
  EXPECT_NE(interval(usual), interval(drawn));
  EXPECT_FALSE(usual.at("summary").contains("mCE[ref=additive]"));
  EXPECT_TRUE(drawn.at("summary").at("mCE[ref=additive]").at("value").is_number());
  EXPECT_TRUE(drawn.at("summary").contains("relative_mCE[ref=additive]"));
  EXPECT_EQ(drawn.at("slices").at("slices").at(0).at("by"), "label");
}

}  // namespace
}  // namespace shakedown::test
