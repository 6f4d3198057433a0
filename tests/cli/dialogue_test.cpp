// Models whose rows are dialogues, against PyTorch's own predictions; tests/data/cli/make_dialogue.py made both.
#include <algorithm>
#include <cmath>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using Rows = std::vector<std::vector<double>>;

constexpr const char* kSuite = R"(schema: shakedown.suite/1
name: scopes
cells:
  - {perturb: missing.modality, keep: text+video}
  - {perturb: missing.modality, keep: text+video, scope: target}
  - {perturb: missing.modality, keep: text+video, scope: history}
  - {perturb: feature.noise, modality: audio, severity: [5], scope: history}
)";

class DialogueTest : public testing::Test {
 protected:
  DialogueTest() { write(scratch / "suite.yaml", kSuite); }

  Finished run(const std::string& out, std::vector<std::string> more = {}, const std::string& data_file = {}) {
    std::vector<std::string> command{"run",
                                     "--model",
                                     (data / "dialogue.pt").string(),
                                     "--data",
                                     data_file.empty() ? (data / "dialogue.yaml").string() : data_file,
                                     "--suite",
                                     (scratch / "suite.yaml").string(),
                                     "--out",
                                     (scratch / out).string()};
    command.insert(command.end(), more.begin(), more.end());
    return shakedown(command);
  }
  std::string dump(const std::string& run) { return shakedown({"dump", (scratch / run).string()}).out; }
  /// The three outputs of each sample of one cell.
  static Rows outputs(const std::string& dumped, const std::string& cell) {
    Rows rows;
    std::istringstream lines(dumped);
    for (std::string line; std::getline(lines, line);) {
      const bool quoted = line.starts_with('"');
      const std::string start = (quoted ? "\"" + cell + "\"" : cell) + ",";
      if (!line.starts_with(start)) continue;
      std::vector<std::string> fields;
      std::istringstream rest(line.substr(start.size()));
      for (std::string field; std::getline(rest, field, ',');) fields.push_back(field);
      rows.push_back({std::stod(fields.at(5)), std::stod(fields.at(6)), std::stod(fields.at(7))});
    }
    return rows;
  }
  static double largest_difference(const Rows& a, const Rows& b) {
    if (a.size() != b.size()) return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
      for (std::size_t k = 0; k < 3; ++k) largest = std::max(largest, std::abs(a[i][k] - b[i][k]));
    return largest;
  }

  Scratch scratch;
  std::filesystem::path data = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "tests" / "data" / "cli";
};

TEST_F(DialogueTest, EveryScopeGivesWhatPyTorchGives) {
  const auto finished = run("r", {"--batch-size", "4"});
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto expected = nlohmann::json::parse(read(data / "dialogue.json"));
  const auto dumped = dump("r");
  for (const auto& [name, cell] :
       std::map<std::string, std::string>{{"clean", "clean#0"},
                                          {"all", "missing.modality[keep=text+video]#0"},
                                          {"target", "missing.modality[keep=text+video,scope=target]#0"},
                                          {"history", "missing.modality[keep=text+video,scope=history]#0"}}) {
    EXPECT_LE(largest_difference(outputs(dumped, cell), expected.at(name).get<Rows>()), 1e-5) << name;
  }
}

TEST_F(DialogueTest, GroupsAreDialoguesAndTheFirstUtteranceHasNoHistory) {
  ASSERT_EQ(run("r").code, 0);
  const auto results = nlohmann::json::parse(read(scratch / "r/results.json"));
  EXPECT_EQ(results.at("clean").at("n"), 27);
  EXPECT_EQ(results.at("clean").at("groups"), 9);
  for (const auto& cell : results.at("cells")) {
    const bool history = cell.at("id").get<std::string>().find("scope=history") != std::string::npos;
    EXPECT_EQ(cell.at("n_ineligible"), history ? 9 : 0) << cell.at("id");
  }
}

TEST_F(DialogueTest, BatchesLimitsAndShardsCountDialogues) {
  ASSERT_EQ(run("whole", {"--batch-size", "2"}).code, 0);
  const auto whole = dump("whole");
  std::vector<std::string> lines, sharded;
  const auto split_into = [](const std::string& text, std::vector<std::string>& out) {
    std::istringstream in(text);
    std::string line;
    std::getline(in, line);  // the header
    while (std::getline(in, line)) out.push_back(line);
  };
  split_into(whole, lines);
  for (const char* shard : {"0/3", "1/3", "2/3"}) {
    const std::string out = std::string("s") + shard[0];
    ASSERT_EQ(run(out, {"--batch-size", "2", "--shard", shard}).code, 0);
    split_into(dump(out), sharded);
  }
  EXPECT_THAT(sharded, testing::UnorderedElementsAreArray(lines)) << "the same bytes";
  ASSERT_EQ(run("limited", {"--limit", "2"}).code, 0);
  EXPECT_EQ(outputs(dump("limited"), "clean#0").size(), 4U) << "dialogues of 3 and 1";
  ASSERT_EQ(run("jobs", {"--batch-size", "2", "--jobs", "3"}).code, 0);
  EXPECT_EQ(dump("jobs"), whole);
}

TEST_F(DialogueTest, WhatDoesNotFitIsRefusedBeforeAnyWork) {
  const std::string head = "schema: shakedown.data/1\nformat: mmsa\nfile: " + (data / "dialogue.pkl").string() +
                           "\nlabels: {emotion: emotion}\n";
  write(scratch / "apart.yaml", head + "speaker: speaker\ngroup: speaker\n");
  const auto apart = run("r", {}, (scratch / "apart.yaml").string());
  EXPECT_EQ(apart.code, 2);
  EXPECT_THAT(apart.error, HasSubstr("do not follow each other"));
  write(scratch / "nobody.yaml", head);
  const auto nobody = run("r", {}, (scratch / "nobody.yaml").string());
  EXPECT_EQ(nobody.code, 2);
  EXPECT_THAT(nobody.error, HasSubstr("names no speakers"));
  const auto utterances =
      shakedown({"run", "--model", (data / "additive.pt").string(), "--data", (data / "use.pkl").string(), "--suite",
                 (scratch / "suite.yaml").string(), "--out", (scratch / "r").string()});
  EXPECT_EQ(utterances.code, 2);
  EXPECT_THAT(utterances.error, testing::AllOf(HasSubstr("suite.yaml:5"), HasSubstr("row: dialogue")));
  EXPECT_FALSE(std::filesystem::exists(scratch / "r"));
}

}  // namespace
}  // namespace shakedown::test
