// What small models use, end to end: models exported from PyTorch whose answer is known (tests/data/cli/make_use.py).
#include <cmath>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kHead = "schema: shakedown.suite/1\nname: use\ncells:\n";

std::string subsets(const std::string& more) {
  std::string cells;
  for (const char* keep : {"none", "text", "audio", "video", "text+audio", "text+video", "audio+video"})
    cells += std::string("  - {perturb: missing.modality, keep: ") + keep + more + "}\n";
  return cells;
}

class ModelUseTest : public testing::Test {
 protected:
  /// The results of a model on use.pkl under `cells`.
  nlohmann::json run(const std::string& model, const std::string& cells) {
    write(scratch / "use.yaml", kHead + cells);
    const auto finished = shakedown({"run", "--model", (data / model).string(), "--data", (data / "use.pkl").string(),
                                     "--suite", (scratch / "use.yaml").string(), "--out", (scratch / model).string()});
    EXPECT_EQ(finished.code, 0) << finished.error;
    out = finished.out;
    return nlohmann::json::parse(read(scratch / model / "results.json"));
  }
  static bool warns(const nlohmann::json& results, const std::string& id) {
    for (const auto& warning : results.at("warnings"))
      if (warning.at("id") == id) return true;
    return false;
  }

  Scratch scratch;
  std::filesystem::path data = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "tests" / "data" / "cli";
  std::string out;
};

TEST_F(ModelUseTest, AnAdditiveModelGetsItsWeightsAndNoInteraction) {
  const auto results = run("additive.pt", subsets("") + subsets(", by: donor, replicates: 16"));
  const auto golden = nlohmann::json::parse(read(data / "use.json"));
  const auto& use = results.at("model_use");
  ASSERT_EQ(use.at("shapley").size(), 2U);
  for (const auto& [modality, expected] : golden.at("prediction").items()) {
    const auto& fill = use.at("shapley").at(0).at("prediction").at(modality);
    EXPECT_NEAR(fill.at("value").get<double>(), expected.get<double>(), 1e-6) << modality;
    EXPECT_EQ(fill.at("n"), 48);
    EXPECT_TRUE(fill.at("ci").is_array());
  }
  EXPECT_EQ(use.at("shapley").at(1).at("removal"), "marginal");
  EXPECT_EQ(use.at("shapley").at(1).at("draws"), 16);
  EXPECT_NEAR(use.at("interaction").at("gain").at("mae").at("value").get<double>(), 0, 1e-6);
  EXPECT_EQ(use.at("interaction").at("solved_jointly").at("value"), 0.0);
  EXPECT_TRUE(warns(results, "vacuous_modality") == false);
}

TEST_F(ModelUseTest, WhatOnlyTwoTellTogetherIsInteraction) {
  const auto results = run("either.pt", subsets("") + subsets(", by: donor, replicates: 16"));
  const auto& use = results.at("model_use");
  const auto& fill = use.at("shapley").at(0);
  EXPECT_NEAR(fill.at("gain").at("value").get<double>(), 1, 1e-6);
  EXPECT_NEAR(fill.at("together").at("text+video").at("value").get<double>(), 1, 1e-6);
  EXPECT_NEAR(fill.at("together").at("text").at("value").get<double>(), 0, 1e-6);
  EXPECT_GT(use.at("interaction").at("gain").at("mae").at("value").get<double>(), 0.7);
  EXPECT_THAT(out, HasSubstr("Text and video together decide"));
}

TEST_F(ModelUseTest, WithEveryDonorOfASmallSplitTheInteractionIsExact) {
  // 48 clips, but only two modalities are left to exchange where the third is not read: keep each alone, by every clip.
  write(scratch / "two.yaml", "schema: shakedown.model/1\ntorchscript: " + (data / "pair.pt").string() +
                                  "\nname: pair\ntask: {kind: regression, convention: plain, label: regression_T}\n"
                                  "inputs: [{from: text.embedding}, {from: vision.features}]\n");
  write(scratch / "use.yaml", std::string(kHead) +
                                  "  - {perturb: missing.modality, keep: text, by: every_donor, replicates: 48}\n"
                                  "  - {perturb: missing.modality, keep: video, by: every_donor, replicates: 48}\n");
  const auto finished =
      shakedown({"run", "--model", (scratch / "two.yaml").string(), "--data", (data / "use.pkl").string(), "--suite",
                 (scratch / "use.yaml").string(), "--out", (scratch / "two").string()});
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto interaction = nlohmann::json::parse(read(scratch / "two/results.json")).at("model_use").at("interaction");
  EXPECT_TRUE(interaction.at("exact").get<bool>()) << interaction.dump();
  EXPECT_EQ(interaction.at("draw_error"), 0.0);
  EXPECT_NEAR(interaction.at("additive").at("mae").at("value").get<double>(), 1, 1e-6) << "signs are balanced";
  EXPECT_NEAR(interaction.at("gain").at("mae").at("value").get<double>(), 1, 1e-6);
}

TEST_F(ModelUseTest, AModelThatIgnoresVisionLooksRobustToNothing) {
  const auto results = run("blind.pt", subsets("") + subsets(", by: donor, replicates: 2") +
                                           "  - {perturb: feature.noise, modality: video, severity: [1, 5]}\n"
                                           "  - {perturb: missing.random, modality: video, severity: [5]}\n"
                                           "  - {perturb: feature.noise, modality: audio, severity: [5]}\n"
                                           "  - {perturb: cross.shuffle, modality: video}\n");
  EXPECT_TRUE(warns(results, "vacuous_modality"));
  EXPECT_FALSE(warns(results, "leaky_features")) << "only vision loses steps";
  const auto dumped = shakedown({"dump", (scratch / "blind.pt").string()});
  std::map<std::string, std::string> clean;
  std::istringstream lines(dumped.out);
  std::size_t compared = 0;
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;  // no field here is quoted
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
    if (fields[0] == "clean#0") clean[fields[1]] = fields[6];
    const bool vision = fields[0].find("modality=video") != std::string::npos ||
                        fields[0].find("keep=text+audio]") != std::string::npos;
    if (!vision) continue;
    EXPECT_EQ(fields[6], clean.at(fields[1])) << fields[0] << " " << fields[1];
    ++compared;
  }
  EXPECT_EQ(compared, 5U * 48U) << "ids of donor cells hold a comma and are not read here";
  for (const auto& cell : results.at("cells")) {
    const bool vision = cell.at("modality") == "video";
    EXPECT_EQ(cell.at("vacuous").get<bool>(), vision) << cell.at("id");
  }
  for (const auto& one : results.at("model_use").at("shapley")) {
    EXPECT_EQ(one.at("metric").at("mae").at("video").at("value"), 0.0);
    EXPECT_EQ(one.at("prediction").at("video").at("value"), 0.0);
  }
  EXPECT_FALSE(results.at("summary").contains("stress_mean[video]"));
  // In the page every cell of the video row is grey: none has the colour of a gain, of a loss, or of no change.
  const std::string html = read(scratch / "blind.pt/report.html");
  for (std::size_t at = html.find("title=\"feature.noise[modality=video]"); at != std::string::npos;
       at = html.find("title=\"feature.noise[modality=video]", at + 1)) {
    const std::string tag = html.substr(html.rfind("<td", at), at - html.rfind("<td", at));
    EXPECT_THAT(tag, HasSubstr("class=\"vacuous\""));
  }
  EXPECT_THAT(html, HasSubstr("video (ignored by the model)"));
}

TEST_F(ModelUseTest, AConstantModelHasNoSkillAndIsSaidToHaveCollapsed) {
  const auto results = run("constant.pt", subsets("") + "  - {perturb: feature.noise, severity: [5]}\n");
  EXPECT_TRUE(warns(results, "collapsed"));
  EXPECT_NEAR(results.at("clean").at("metrics").at("mae").at("skill").get<double>(), 0, 1e-6);
  EXPECT_THAT(out, HasSubstr("not detectably better than none"));
}

TEST_F(ModelUseTest, MissingRatesHaveShapleyValuesOfTheirOwn) {
  std::string cells = subsets("") + "  - {perturb: missing.random, levels: {rate: [0.5]}}\n";
  for (const char* keep : {"none", "text", "audio", "video", "text+audio", "text+video", "audio+video"})
    cells += std::string("  - {compose: [{perturb: missing.random, rate: 0.5}, {perturb: missing.modality, keep: ") +
             keep + "}]}\n";
  const auto results = run("additive.pt", cells);
  EXPECT_TRUE(warns(results, "leaky_features")) << "two dimensions are no width of word vectors";
  const auto& use = results.at("model_use");
  ASSERT_EQ(use.at("shapley").size(), 2U);
  const auto &clean = use.at("shapley").at(0), &half = use.at("shapley").at(1);
  EXPECT_EQ(half.at("condition"), "missing.random@rate=0.5#0");
  EXPECT_EQ(half.at("level"), 0.5);
  // Zeros among the steps halve each mean on average.
  const double ratio = half.at("prediction").at("text").at("value").get<double>() /
                       clean.at("prediction").at("text").at("value").get<double>();
  EXPECT_NEAR(ratio, 0.5, 0.15);
}

TEST_F(ModelUseTest, InAConflictAnAdditiveModelFollowsItsHeaviestModality) {
  std::string cells;
  for (const char* modality : {"text", "audio"})
    for (const char* donor : {"opposite", "same"})
      cells += std::string("  - {perturb: cross.conflict, modality: ") + modality + ", donor: " + donor + "}\n";
  const auto conflicts = run("additive.pt", cells).at("model_use").at("conflict");
  ASSERT_EQ(conflicts.size(), 2U);
  EXPECT_EQ(conflicts.at(0).at("modality"), "text");
  EXPECT_GT(conflicts.at(0).at("excess").at("value").get<double>(), 0.5);
  EXPECT_LT(std::abs(conflicts.at(1).at("excess").at("value").get<double>()), 0.3);
}

}  // namespace
}  // namespace shakedown::test
