// Whole sweeps of a published protocol on models that take both views and missing masks: predictions against
// PyTorch's, metrics against scikit-learn's. tests/data/protocols/make_protocols.py.

#include <cmath>
#include <cstdlib>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

constexpr const char* kInputs = R"(inputs:
  - [{from: text.bert.complete}, {from: text.bert}]
  - [{from: audio.features.complete}, {from: audio.features}, {from: audio.missing_mask}, {from: audio.lengths}]
  - [{from: vision.features.complete}, {from: vision.features}, {from: vision.missing_mask}, {from: vision.lengths}]
)";
constexpr const char* kRegression = "task: {kind: regression, convention: mosi, label: regression}\n";
constexpr const char* kClasses = "task: {kind: classification, label: classification, labels: ['0', '1', '2']}\n";

class ProtocolSweep : public testing::Test {
 protected:
  std::string file(const std::string& name) const { return (data_ / name).string(); }

  Finished run(const std::string& torchscript, const std::string& task, const std::string& suite = "tfrnet") {
    write(scratch_ / "model.yaml",
          "schema: shakedown.model/1\nname: pair\ntorchscript: " + torchscript + "\n" + task + kInputs);
    return shakedown({"run", "--model", (scratch_ / "model.yaml").string(), "--data", file("pair.pkl"), "--suite",
                      suite, "--out", (scratch_ / "r").string(), "--batch-size", "8"});
  }

  // Rows of `dump`: cell, then outputs in split order.
  std::map<std::string, std::vector<std::vector<double>>> predictions(std::size_t columns) {
    const auto dump = shakedown({"dump", (scratch_ / "r").string()});
    EXPECT_EQ(dump.code, 0) << dump.error;
    write(scratch_ / "dump.csv", dump.out);
    std::map<std::string, std::vector<std::vector<double>>> rows;
    std::istringstream lines(dump.out);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      std::vector<std::string> fields;
      std::stringstream text(line);
      for (std::string field; std::getline(text, field, ',');) fields.push_back(field);
      std::vector<double> outputs;
      for (std::size_t i = 0; i < columns; ++i) outputs.push_back(std::stod(fields.at(6 + i)));
      rows[fields.front()].push_back(outputs);
    }
    return rows;
  }

  static std::string cell_at(const std::string& rate) {
    return rate == "0" ? "clean#0" : "missing.protocol@rate=" + rate + "#0";
  }

  void expect_as_python(const Json& golden, const std::vector<std::vector<double>>& rows, const std::string& what) {
    ASSERT_EQ(rows.size(), golden.size()) << what;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t k = 0; k < rows[i].size(); ++k) {
        EXPECT_NEAR(rows[i][k], golden[i][k].get<double>(), 1e-5) << what << ", sample " << i;
      }
    }
  }

  void expect_metrics_of_sklearn() {
    ASSERT_EQ(std::system("/usr/bin/python3 -c 'import numpy, sklearn' 2>/dev/null"), 0)
        << "install python3-numpy and python3-sklearn (packages-test.txt)";
    const std::string command = "/usr/bin/python3 '" + file("recompute_metrics.py") + "' '" +
                                (scratch_ / "dump.csv").string() + "' '" + (scratch_ / "r/results.json").string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
  }

  Scratch scratch_;
  std::filesystem::path data_ = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "tests/data/protocols";
  Json golden_ = Json::parse(read(data_ / "predictions.json"));
};

TEST_F(ProtocolSweep, RegressionPredictsAsPythonAndScoresAsSklearn) {
  const auto finished = run(file("pair.pt"), kRegression);
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto rows = predictions(1);
  ASSERT_EQ(rows.size(), 11U);
  for (const auto& [rate, expected] : golden_["pair"].items()) {
    expect_as_python(expected, rows.at(cell_at(rate)), cell_at(rate));
  }
  const auto results = Json::parse(read(scratch_ / "r/results.json"));
  EXPECT_THAT(results.at("data").at("notes").dump(), HasSubstr("one checkpoint, zero-shot: not comparable with the"));
  EXPECT_THAT(read(scratch_ / "r/report.html"), HasSubstr("one checkpoint, zero-shot"));
  for (const auto& cell : results.at("cells")) {
    if (cell.at("id") == "clean#0") continue;
    EXPECT_LT(cell.at("measures").at("effective_audio"), cell.at("measures").at("realised_audio")) << "zero before";
    EXPECT_EQ(cell.at("measures").at("effective_video"), cell.at("measures").at("realised_video"));
  }
  expect_metrics_of_sklearn();
}

TEST_F(ProtocolSweep, TheTableHasTheAreaUnderThePublishedGrid) {
  ASSERT_EQ(run(file("pair.pt"), kRegression).code, 0);
  const auto results = Json::parse(read(scratch_ / "r/results.json"));
  double area = 0;
  std::vector<double> maes;
  for (const auto& cell : results.at("cells")) maes.push_back(cell.at("metrics").at("mae").at("value"));
  ASSERT_EQ(maes.size(), 11U);
  for (std::size_t i = 0; i + 1 < maes.size(); ++i) area += (maes[i] + maes[i + 1]) / 2 * 0.1;
  const auto csv = shakedown({"table", (scratch_ / "r").string(), "--format", "csv"});
  ASSERT_EQ(csv.code, 0) << csv.error;
  const auto at = csv.out.find("AUILC,mae,");
  ASSERT_NE(at, std::string::npos);
  EXPECT_NEAR(std::stod(csv.out.substr(at + 10)), area, 1e-9);
  const auto latex = shakedown({"table", (scratch_ / "r").string(), "--cols", "metric", "--format", "latex"});
  EXPECT_THAT(latex.out, HasSubstr("\\toprule"));
  EXPECT_THAT(latex.out, HasSubstr("suite tfrnet@1, sha256 "));
  EXPECT_EQ(shakedown({"table", (scratch_ / "r").string(), "--cols", "rates"}).code, 2);
  EXPECT_EQ(shakedown({"table"}).code, 2);
}

TEST_F(ProtocolSweep, ClassificationPredictsAsPythonAndScoresAsSklearn) {
  const auto finished = run(file("pair_class.pt"), kClasses);
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto rows = predictions(3);
  for (const auto& [rate, expected] : golden_["pair_class"].items()) {
    expect_as_python(expected, rows.at(cell_at(rate)), cell_at(rate));
  }
  expect_metrics_of_sklearn();
}

TEST_F(ProtocolSweep, OneCheckpointPerLevelServesEachLevelByItsOwn) {
  std::string files = "{rate=0.0: " + file("pair.pt");
  for (int step = 1; step <= 10; ++step) {
    files += ", rate=" + std::to_string(step / 10.0) + ": " + file(step == 5 ? "one_level.pt" : "pair.pt");
  }
  const auto finished = run(files + "}", kRegression);
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto rows = predictions(1);
  for (const auto& [rate, expected] : golden_["pair"].items()) {
    const auto& own = rate == "0.5" ? golden_["one_level"]["0.5"] : expected;
    expect_as_python(own, rows.at(cell_at(rate)), cell_at(rate));
  }
  EXPECT_THAT(read(scratch_ / "r/report.html"), HasSubstr("one checkpoint per level of rate: 11 checkpoints"));
}

TEST_F(ProtocolSweep, LevelsWithoutACheckpointAreNotTested) {
  const auto finished = run("{rate=0: " + file("pair.pt") + ", rate=0.3: " + file("one_level.pt") + "}", kRegression);
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_EQ(predictions(1).size(), 2U);
  const auto results = Json::parse(read(scratch_ / "r/results.json"));
  EXPECT_EQ(results.at("not_tested").size(), 9U);
  EXPECT_THAT(results.at("not_tested").dump(), HasSubstr("rate=0.4: FILE"));
}

TEST_F(ProtocolSweep, AUsersSuiteOfAnotherAxisIsRefused) {
  write(scratch_ / "own.yaml",
        "schema: shakedown.suite/1\nname: own\ncells:\n  - {perturb: feature.noise, modality: audio, severity: [1]}\n");
  const auto finished = run("{rate=0: " + file("pair.pt") + ", rate=0.3: " + file("one_level.pt") + "}", kRegression,
                            (scratch_ / "own.yaml").string());
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.error, HasSubstr("one checkpoint per level of rate"));
}

}  // namespace
}  // namespace shakedown::test
