#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPolicy = R"(schema: shakedown.policy/1
name: strict
rules:
  - {name: overall, aggregate: stress_mean, max_drop: 0.02}
  - {name: noise, cells: "audio.*", guard: true, max_drop: 0.05}
)";

class GateTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch = new Scratch;
    write(*scratch / "small.yaml", kSmallSuite);
    write(*scratch / "policy.yaml", kPolicy);
  }
  static void TearDownTestSuite() { delete scratch; }

  /// The folder of a run, made at its first use, since ctest gives each test a process of its own.
  static std::string run(const std::string& name) {
    static const std::map<std::string, std::vector<std::string>> options{
        {"plain", {}},
        {"both", {"--model", reference("robust.pt").string()}},
        {"few_cells", {"--only", "video.*"}},
        {"limited", {"--limit", "32"}},
        {"seed", {"--seed", "8"}}};
    const auto folder = *scratch / name;
    if (std::filesystem::exists(folder)) return folder.string();
    const auto finished = shakedown(run_words(*scratch / "small.yaml", folder, options.at(name)));
    EXPECT_EQ(finished.code, 0) << finished.error;
    return folder.string();
  }

  static Finished gate(const std::string& baseline, const std::string& candidate, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"gate",
                                   "--baseline",
                                   run(baseline),
                                   "--candidate",
                                   run(candidate),
                                   "--policy",
                                   (*scratch / "policy.yaml").string()};
    words.insert(words.end(), more.begin(), more.end());
    return shakedown(words);
  }

  static Scratch* scratch;
};
Scratch* GateTest::scratch = nullptr;

TEST_F(GateTest, ARunAgainstItselfPasses) {
  const auto finished = gate("plain", "plain", {"--junit", (*scratch / "gate.xml").string()});
  EXPECT_EQ(finished.code, 0) << finished.out << finished.error;
  EXPECT_THAT(read(*scratch / "gate.xml"), HasSubstr("<testsuite"));
}

TEST_F(GateTest, ALostCellFails) {
  const auto finished = gate("plain", "few_cells");
  EXPECT_EQ(finished.code, 1) << finished.out << finished.error;
  EXPECT_THAT(finished.out, HasSubstr("missing in the candidate"));
}

TEST_F(GateTest, RunsThatAreNotComparableAreRefused) {
  EXPECT_EQ(gate("plain", "limited").code, 2);
  const auto seed = gate("plain", "seed");
  EXPECT_EQ(seed.code, 2);
  EXPECT_THAT(seed.error, HasSubstr("seed"));
}

TEST_F(GateTest, ARuleThatSelectsNothingIsRefused) {
  write(*scratch / "nothing.yaml",
        "schema: shakedown.policy/1\nname: n\nrules:\n  - {name: x, cells: 'text.typo*', max_drop: 0.1}\n");
  const auto finished = shakedown({"gate", "--baseline", run("plain"), "--candidate", run("plain"), "--policy",
                                   (*scratch / "nothing.yaml").string()});
  EXPECT_EQ(finished.code, 2) << finished.out;
  EXPECT_THAT(finished.error, HasSubstr("text.typo"));
}

TEST_F(GateTest, ABaselineFileStandsForItsRun) {
  const auto file = (*scratch / "baseline.json").string();
  const std::vector<std::string> write_it{"baseline", run("both") + "/plain", "--out", file};
  const auto written = shakedown(write_it);
  EXPECT_EQ(written.code, 0) << written.error;
  const auto bytes = read(file);
  EXPECT_EQ(shakedown(write_it).code, 2);  // replaced on demand only
  auto update = write_it;
  update.emplace_back("--update");
  EXPECT_EQ(shakedown(update).code, 0);
  EXPECT_EQ(read(file), bytes);
  EXPECT_EQ(shakedown({"baseline", run("limited"), "--out", (*scratch / "no.json").string()}).code, 2);
  const auto judged = [&](const std::string& baseline) {
    return shakedown({"gate", "--baseline", baseline, "--candidate", run("both") + "/robust", "--policy",
                      (*scratch / "policy.yaml").string()});
  };
  const auto by_file = judged(file), by_run = judged(run("both") + "/plain");
  EXPECT_EQ(by_file.code, by_run.code) << by_file.error;
  EXPECT_EQ(by_file.out, by_run.out);
  const auto itself = shakedown({"gate", "--baseline", file, "--candidate", run("both") + "/plain", "--policy",
                                 (*scratch / "policy.yaml").string()});
  EXPECT_EQ(itself.code, 0) << itself.out << itself.error;
}

TEST_F(GateTest, InitWritesAPolicyThatPlanAndGateRead) {
  const auto policy = (*scratch / "init.yaml").string();
  const auto made = shakedown({"gate", "--init", run("plain"), "--policy", policy});
  EXPECT_EQ(made.code, 0) << made.error;
  EXPECT_EQ(shakedown({"gate", "--init", run("plain"), "--policy", policy}).code, 2);
  const auto plan = shakedown({"gate", "--plan", run("plain"), "--policy", policy});
  EXPECT_EQ(plan.code, 0) << plan.error;
  EXPECT_THAT(plan.out, HasSubstr("smallest detectable drop"));
  EXPECT_THAT(plan.out, Not(HasSubstr("BELOW")));
  EXPECT_EQ(shakedown({"gate", "--plan", run("plain"), "--policy", policy, "--junit", "x.xml"}).code, 2);
}

TEST_F(GateTest, ExplainShowsOneRuleInFull) {
  const auto finished = gate("plain", "plain", {"--explain", "noise", "--annotations"});
  EXPECT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(finished.out, HasSubstr("noise (" + (*scratch / "policy.yaml").string() + ":5), a guard"));
  EXPECT_THAT(finished.out, HasSubstr("audio.background_noise"));
  EXPECT_THAT(finished.out, HasSubstr("::notice title=shakedown gate::Pass"));
  const auto unknown = gate("plain", "plain", {"--explain", "nose"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.error, HasSubstr("did you mean 'noise'"));
}

TEST_F(GateTest, AnExpiredWaiverIsRefused) {
  write(*scratch / "expired.yaml",
        std::string(kPolicy) + "waivers:\n  - {cells: 'audio.*', reason: known, until: 2020-01-01}\n");
  const auto finished = shakedown({"gate", "--baseline", run("plain"), "--candidate", run("plain"), "--policy",
                                   (*scratch / "expired.yaml").string()});
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.error, HasSubstr("expired on 2020-01-01"));
}

TEST_F(GateTest, CompareWritesPageAndJson) {
  const auto finished = shakedown({"compare", run("both") + "/plain", run("both") + "/robust", "--json",
                                   (*scratch / "c.json").string(), "--html", (*scratch / "c.html").string()});
  EXPECT_EQ(finished.code, 0) << finished.error;
  EXPECT_TRUE(nlohmann::json::accept(read(*scratch / "c.json")));
  EXPECT_THAT(read(*scratch / "c.html"), HasSubstr("Content-Security-Policy"));
}

}  // namespace
}  // namespace shakedown::test
