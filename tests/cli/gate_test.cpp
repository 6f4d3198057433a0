#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;

constexpr const char* kPolicy = R"(schema: shakedown.policy/1
name: strict
rules:
  - {name: overall, aggregate: stress_mean, margin: 0.02}
  - {name: noise, cells: "audio.*", guard: true, margin: 0.05}
)";

class GateTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch = new Scratch;
    write(*scratch / "small.yaml", kSmallSuite);
    write(*scratch / "policy.yaml", kPolicy);
    const auto run = [](const std::string& out, std::vector<std::string> more) {
      std::vector<std::string> words{"run",
                                     "--model",
                                     reference("plain.pt").string(),
                                     "--data",
                                     clips().string(),
                                     "--suite",
                                     (*scratch / "small.yaml").string(),
                                     "--out",
                                     (*scratch / out).string()};
      words.insert(words.end(), more.begin(), more.end());
      const auto finished = shakedown(words);
      ASSERT_EQ(finished.code, 0) << finished.error;
    };
    run("both", {"--model", reference("robust.pt").string()});
    run("few_cells", {"--only", "video.*"});
    run("limited", {"--limit", "32"});
    run("seed", {"--seed", "8"});
  }
  static void TearDownTestSuite() { delete scratch; }

  static Finished gate(const std::string& baseline, const std::string& candidate, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"gate",
                                   "--baseline",
                                   (*scratch / baseline).string(),
                                   "--candidate",
                                   (*scratch / candidate).string(),
                                   "--policy",
                                   (*scratch / "policy.yaml").string()};
    words.insert(words.end(), more.begin(), more.end());
    return shakedown(words);
  }

  static Scratch* scratch;
};
Scratch* GateTest::scratch = nullptr;

TEST_F(GateTest, ARunAgainstItselfPasses) {
  const auto finished = gate("both/plain", "both/plain", {"--junit", (*scratch / "gate.xml").string()});
  EXPECT_EQ(finished.code, 0) << finished.out << finished.error;
  EXPECT_THAT(read(*scratch / "gate.xml"), HasSubstr("<testsuite"));
}

TEST_F(GateTest, ALostCellFails) {
  const auto finished = gate("both/plain", "few_cells");
  EXPECT_EQ(finished.code, 1) << finished.out << finished.error;
  EXPECT_THAT(finished.out, HasSubstr("missing in the candidate"));
}

TEST_F(GateTest, RunsThatAreNotComparableAreRefused) {
  EXPECT_EQ(gate("both/plain", "limited").code, 2);
  const auto seed = gate("both/plain", "seed");
  EXPECT_EQ(seed.code, 2);
  EXPECT_THAT(seed.error, HasSubstr("seed"));
}

TEST_F(GateTest, ARuleThatSelectsNothingIsRefused) {
  write(*scratch / "nothing.yaml", "schema: shakedown.policy/1\nname: n\nrules:\n  - {name: x, cells: 'text.typo*'}\n");
  const auto finished =
      shakedown({"gate", "--baseline", (*scratch / "both/plain").string(), "--candidate",
                 (*scratch / "both/plain").string(), "--policy", (*scratch / "nothing.yaml").string()});
  EXPECT_EQ(finished.code, 2) << finished.out;
  EXPECT_THAT(finished.error, HasSubstr("text.typo"));
}

TEST_F(GateTest, CompareWritesPageAndJson) {
  const auto finished = shakedown({"compare", (*scratch / "both/plain").string(), (*scratch / "both/robust").string(),
                                   "--json", (*scratch / "c.json").string(), "--html", (*scratch / "c.html").string()});
  EXPECT_EQ(finished.code, 0) << finished.error;
  EXPECT_TRUE(nlohmann::json::accept(read(*scratch / "c.json")));
  EXPECT_THAT(read(*scratch / "c.html"), HasSubstr("Content-Security-Policy"));
}

}  // namespace
}  // namespace shakedown::test
