// Golden outputs inside a model file, end to end: tests/data/cli/make_golden.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class VerifiedTest : public testing::Test {
 protected:
  Finished run(const std::string& model) const {
    return shakedown({"run", "--model", (data / model).string(), "--data", (data / "use.pkl").string(), "--suite",
                      "smoke", "--out", (scratch / "run").string()});
  }
  [[nodiscard]] nlohmann::json results() const { return nlohmann::json::parse(read(scratch / "run" / "results.json")); }

  Scratch scratch;
  std::filesystem::path data = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "tests" / "data" / "cli";
};

TEST_F(VerifiedTest, ARunSaysFirstThatTheExportIsVerified) {
  const auto finished = run("golden.pt");
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(finished.error, testing::StartsWith("export verified: 8/8 within 1e-5\n"));
  EXPECT_LE(results().at("model").at("probes").at("export").get<double>(), 1e-5);
  EXPECT_THAT(results().at("warnings").dump(), Not(HasSubstr("export_differs")));
}

TEST_F(VerifiedTest, ASmallDifferenceIsAWarning) {
  const auto finished = run("golden_near.pt");
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(finished.error, HasSubstr("export differs: 7/8 within 1e-5, greatest difference 1"));
  EXPECT_NEAR(results().at("model").at("probes").at("export").get<double>(), 1e-4, 2e-6);
  EXPECT_THAT(results().at("warnings").dump(), AllOf(HasSubstr("export_differs"), HasSubstr("golden row 2")));
}

TEST_F(VerifiedTest, ALargeOneIsOneLineAndExitCodeThree) {
  for (const auto& finished : {run("golden_wrong.pt"), shakedown({"inspect", (data / "golden_wrong.pt").string()})}) {
    EXPECT_EQ(finished.code, 3);
    EXPECT_EQ(finished.error_lines(), 1U);
    EXPECT_THAT(finished.error, AllOf(HasSubstr("golden_wrong.pt: the export is not verified: golden row 5"),
                                      HasSubstr("where PyTorch gave")));
  }
}

TEST_F(VerifiedTest, InspectAndCheckShowIt) {
  const auto inspected = shakedown({"inspect", (data / "golden_near.pt").string()});
  EXPECT_EQ(inspected.code, 0);
  EXPECT_THAT(inspected.out, AllOf(HasSubstr("# export differs: 7/8"), HasSubstr("# warning export_differs")));
  const auto checked = shakedown(
      {"check", "--model", (data / "golden.pt").string(), "--data", (data / "use.pkl").string(), "--suite", "smoke"});
  EXPECT_THAT(checked.out, HasSubstr("  probe export: "));
}

}  // namespace
}  // namespace shakedown::test
