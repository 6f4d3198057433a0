#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;

class ExportTest : public testing::Test {
 protected:
  ExportTest() {
    write(scratch / "model.yaml", "schema: shakedown.model/1\ntorchscript: " + (data / "cli/bert.pt").string() +
                                      "\nname: bag\ninputs:\n  - {from: text.bert, length: 12}\n");
    write(scratch / "mine.yaml",
          "schema: shakedown.suite/1\nname: mine\ncells:\n"
          "  - {perturb: missing.random, modality: text, levels: {rate: [0.3, 0.7]}, replicates: 2}\n");
  }
  Finished export_to(const std::string& out, const std::filesystem::path& from, const std::string& suite) {
    return shakedown({"export", "--data", from.string(), "--suite", suite, "--out", (scratch / out).string()});
  }
  /// sample and prediction of every cell but the clean one, in order
  std::string predictions(const std::string& suite, const std::string& out) {
    const auto finished =
        shakedown({"run", "--model", (scratch / "model.yaml").string(), "--data", (data / "cli/bert.pkl").string(),
                   "--suite", suite, "--out", (scratch / out).string()});
    EXPECT_EQ(finished.code, 0) << finished.error;
    std::istringstream table(shakedown({"dump", (scratch / out).string()}).out);
    std::string line, rows;
    while (std::getline(table, line)) {
      if (line.starts_with("clean#0") || line.starts_with("cell,")) continue;
      std::vector<std::string> fields;
      for (std::size_t at = line.rfind("#") + 3; at < line.size();) {  // behind the id, which may be quoted
        const std::size_t end = std::min(line.find(',', at), line.size());
        fields.push_back(line.substr(at, end - at));
        at = end + 1;
      }
      rows += fields.at(fields.size() - 2) + "\n";
    }
    return rows;
  }

  Scratch scratch;
  std::filesystem::path data = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "tests" / "data";
};

TEST_F(ExportTest, WhatComesBackAsExternalCellsGivesTheSamePredictions) {
  const auto finished = export_to("out", data / "cli/bert.pkl", (scratch / "mine.yaml").string());
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto document = nlohmann::json::parse(read(scratch / "out/dose.json"));
  EXPECT_EQ(document.at("schema"), "shakedown.export/1");
  ASSERT_EQ(document.at("cells").size(), 4U);
  const auto dose = document.at("cells").at(0).at("parts").at(0).at("dose");
  EXPECT_NEAR(dose.at("realised").get<double>(), 0.3, 0.1);
  EXPECT_EQ(dose.at("effective"), dose.at("realised"));
  const auto direct = predictions((scratch / "mine.yaml").string(), "a");
  EXPECT_EQ(direct, predictions((scratch / "out/suite.yaml").string(), "b"));
  EXPECT_GT(direct.size(), 100U);
}

TEST_F(ExportTest, AShippedSuiteWritesWhatFeaturesAllowAndNamesTheRest) {
  const auto finished = export_to("out", data / "datasets/mmsa.pkl", "standard");
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(finished.out, HasSubstr("not written: video.low_light"));
  EXPECT_THAT(finished.out, HasSubstr("not written: feature.rotate"));
  std::string ids;
  const auto document = nlohmann::json::parse(read(scratch / "out/dose.json"));
  for (const auto& cell : document.at("cells")) ids += cell.at("id").get<std::string>() + "\n";
  for (const char* const name : {"noise", "gain", "quantise", "channel_drop", "shift", "time_warp", "dropout_runs"})
    EXPECT_THAT(ids, HasSubstr(std::string("feature.") + name));
}

// Corrupted clips in MMSA's layout, and the way back: what a model says of them as external cells is what it says of
// the cells themselves, but for what H.264 and 16 bits take.
TEST_F(ExportTest, ClipsAreWrittenAsClipsAndComeBackAsExternalCells) {
  write(scratch / "small.yaml", kSmallSuite);
  const auto finished = export_to("out", clips(), (scratch / "small.yaml").string());
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto document = nlohmann::json::parse(read(scratch / "out/dose.json"));
  ASSERT_EQ(document.at("cells").size(), 4U) << finished.out;
  for (const auto& cell : document.at("cells")) {
    const auto file = scratch / ("out/" + cell.at("file").get<std::string>());
    EXPECT_TRUE(std::filesystem::exists(file)) << file;
    EXPECT_EQ(cell.at("left_out").size(), 0U);
    std::size_t written = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(file.parent_path() / "Raw"))
      written += entry.is_regular_file() ? 1 : 0;
    EXPECT_EQ(written, 40U);
  }
  const auto noise = document.at("cells").at(1).at("parts").at(0).at("dose");
  EXPECT_NEAR(noise.at("realised").get<double>(), 0, 0.1) << "dB";
  ASSERT_EQ(shakedown(run_words(scratch / "small.yaml", scratch / "direct")).code, 0);
  const auto back = shakedown(run_words(scratch / "out/suite.yaml", scratch / "back"));
  ASSERT_EQ(back.code, 0) << back.error;
  const auto means = [&](const char* run) {
    std::map<std::string, double> mae;
    const auto results = nlohmann::json::parse(read(scratch / (std::string(run) + "/results.json")));
    for (const auto& cell : results.at("cells")) {
      const std::string id = cell.at("id");
      for (const char* key : {"word_drop", "background_noise", "low_light", "modality"})
        if (id.find(key) != std::string::npos) mae[key] = cell.at("metrics").at("mae").at("value");
    }
    return mae;
  };
  const auto direct = means("direct"), again = means("back");
  ASSERT_EQ(direct.size(), 4U);
  for (const auto& [cell, value] : direct) EXPECT_NEAR(again.at(cell), value, 0.05) << cell;
}

TEST_F(ExportTest, ASecondExportIsRefused) {
  ASSERT_EQ(export_to("out", data / "cli/bert.pkl", (scratch / "mine.yaml").string()).code, 0);
  const auto again = export_to("out", data / "cli/bert.pkl", (scratch / "mine.yaml").string());
  EXPECT_EQ(again.code, 2);
  EXPECT_THAT(again.error, HasSubstr("holds an export already"));
}

}  // namespace
}  // namespace shakedown::test
