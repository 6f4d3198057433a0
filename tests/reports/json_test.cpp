#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/support.h"
#include "reports/synthetic.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> out;
  for (const auto& [key, value] : object.items()) out.push_back(key);
  return out;
}

void expect_number(const Json& json, const std::optional<double>& value) {
  if (value) {
    EXPECT_EQ(json.get<double>(), *value);
  } else {
    EXPECT_TRUE(json.is_null());
  }
}

void expect_score(const Json& json, const Score& score) {
  expect_number(json.at("value"), score.value);
  if (score.low && score.high) {
    expect_number(json.at("ci").at(0), score.low);
    expect_number(json.at("ci").at(1), score.high);
  } else {
    EXPECT_TRUE(json.at("ci").is_null());
  }
  expect_number(json.at("floor"), score.floor);
  expect_number(json.at("skill"), score.skill);
  EXPECT_EQ(json.at("n"), score.n);
  if (!score.value) {
    EXPECT_EQ(json.at("why"), score.why);
  }
}

void expect_scores(const Json& json, const Scores& scores) {
  ASSERT_EQ(json.size(), scores.size());
  for (const auto& [name, score] : scores) expect_score(json.at(name), score);
}

TEST(ResultsJsonTest, HasTheKeysOfTheContractInOrder) {
  const Json json = Json::parse(to_json(test::regression_results()));
  EXPECT_EQ(keys(json),
            (std::vector<std::string>{"schema",     "complete",       "model",       "data",      "suite",
                                      "settings",   "primary_metric", "interval",    "clean",     "cells",
                                      "curves",     "summary",        "slices",      "model_use", "warnings",
                                      "not_tested", "metrics_info",   "environment", "timing",    "replaced_bytes"}));
  EXPECT_EQ(json["schema"], "shakedown.results/1");
  EXPECT_EQ(json["replaced_bytes"], 0);
}

TEST(ResultsJsonTest, HeaderFieldsAreAllThere) {
  const Results results = test::regression_results();
  const Json json = Json::parse(to_json(results));
  const RunHeader& header = results.header;
  EXPECT_EQ(json["model"]["name"], header.model_name);
  EXPECT_EQ(json["model"]["files"][1]["sha256"], header.inputs[1].sha256);
  EXPECT_EQ(json["model"]["task"]["kind"], "regression");
  EXPECT_EQ(json["model"]["task"]["convention"], "mosi");
  EXPECT_EQ(json["model"]["trained_with"][0], header.trained_with[0]);
  EXPECT_EQ(json["model"]["probes"]["padding_difference"], 0.0021);
  EXPECT_EQ(json["data"]["name"], "MOSI");
  EXPECT_EQ(json["data"]["split"], "test");
  EXPECT_EQ(json["data"]["samples"], 658);
  EXPECT_EQ(json["data"]["groups"], 31);
  EXPECT_EQ(json["data"]["files"][0]["name"], "MOSI/unaligned_50.pkl");
  EXPECT_EQ(json["data"]["notes"].size(), 2U);
  EXPECT_EQ(json["suite"]["name"], "smoke");
  EXPECT_EQ(json["suite"]["version"], "1");
  EXPECT_EQ(json["suite"]["seed"], 1111);
  EXPECT_EQ(json["suite"]["files"].size(), 1U);
  EXPECT_EQ(json["settings"]["batch_size"], "32");
  EXPECT_EQ(json["environment"]["libtorch"], "1.13.1");
  EXPECT_EQ(json["timing"]["wall_s"], 212.4);
  EXPECT_EQ(json["warnings"].size(), 2U) << "those of the scoring and those known before";
  EXPECT_EQ(json["not_tested"][0]["enable"], header.not_tested[0].enable);
  EXPECT_EQ(json["metrics_info"][0]["higher_is_better"], false);
  EXPECT_EQ(json["clean"]["n"], 658);
  EXPECT_EQ(json["clean"]["groups"], 31);
  expect_scores(json["clean"]["metrics"], results.cells.front().metrics);
}

TEST(ResultsJsonTest, EveryFieldOfEveryCellReadsBack) {
  const Results results = test::regression_results();
  const Json json = Json::parse(to_json(results));
  ASSERT_EQ(json["cells"].size(), results.cells.size());
  for (std::size_t i = 0; i < results.cells.size(); ++i) {
    const CellResult& cell = results.cells[i];
    const Json& got = json["cells"][i];
    SCOPED_TRACE(cell.cell.id);
    EXPECT_EQ(got["id"], cell.cell.id);
    EXPECT_EQ(got["family"], cell.cell.family);
    EXPECT_EQ(got["definition"], cell.cell.definition);
    EXPECT_EQ(got["axis"], cell.cell.axis);
    expect_number(got["level"], cell.cell.level);
    expect_number(got["severity"], cell.cell.severity);
    EXPECT_EQ(got["replicate"], cell.cell.replicate);
    EXPECT_EQ(got["n"], cell.n);
    EXPECT_EQ(got["n_applied"], cell.applied);
    EXPECT_EQ(got["n_unchanged"], cell.unchanged);
    EXPECT_EQ(got["n_ineligible"], cell.ineligible);
    EXPECT_EQ(got["n_skipped"], cell.skipped);
    EXPECT_EQ(got["n_failed"], cell.failed);
    EXPECT_EQ(got["reasons"].size(), cell.reasons.size());
    EXPECT_EQ(got["reference"], cell.cell.reference);
    EXPECT_EQ(got["dose"]["name"], cell.cell.dose.name);
    EXPECT_EQ(got["dose"]["unit"], cell.cell.dose.unit);
    expect_number(got["dose"]["requested"], cell.cell.dose.requested);
    expect_number(got["dose"]["realised"]["mean"], cell.dose.mean);
    expect_number(got["dose"]["realised"]["min"], cell.dose.min);
    expect_number(got["dose"]["realised"]["max"], cell.dose.max);
    expect_number(got["dose"]["effective"], cell.dose.effective);
    expect_number(got["dose"]["of_all"], cell.dose.of_all);
    EXPECT_EQ(got["dose"]["beyond_input"], cell.dose.beyond);
    EXPECT_EQ(got["measures"].size(), cell.measures.size());
    EXPECT_EQ(got["label_effect"], std::string(label_effect_name(cell.cell.label_effect)));
    EXPECT_EQ(got["valid"], cell.cell.valid);
    EXPECT_EQ(got["weak"], cell.weak);
    EXPECT_EQ(got["vacuous"], cell.vacuous);
    expect_scores(got["metrics"], cell.metrics);
    expect_scores(got["metrics_applied"], cell.metrics_applied);
    expect_scores(got["flips"], cell.flips);
    expect_scores(got["direction"], cell.direction);
    ASSERT_EQ(got["parts"].size(), cell.cell.parts.size());
    if (cell.cell.parts.size() == 1) {
      EXPECT_EQ(got["perturbation"], cell.cell.parts[0].perturbation);
      EXPECT_EQ(got["version"], cell.cell.parts[0].version);
      EXPECT_EQ(got["params"].size(), cell.cell.parts[0].params.size());
      EXPECT_EQ(got["modality"], std::string(modality_name(cell.cell.modality)));
    }
  }
}

TEST(ResultsJsonTest, SlicesAndConfusionReadBack) {
  const Json slices = Json::parse(to_json(test::regression_results()))["slices"];
  EXPECT_EQ(slices["searched"], 12);
  EXPECT_EQ(slices["slices"][0]["value"], "Ross");
  EXPECT_EQ(slices["slices"][0]["scores"]["clean"]["n"], 120);
  EXPECT_EQ(slices["worst"][0]["figure"], "stress_mean");
  EXPECT_DOUBLE_EQ(slices["worst"][0]["difference"], -0.21);
  EXPECT_DOUBLE_EQ(slices["worst"][0]["q_value"], 0.003);
  EXPECT_EQ(slices["notes"].size(), 1U);
  const Json json = Json::parse(to_json(test::classification_results()));
  EXPECT_EQ(json["cells"][0]["confusion"]["labels"], (std::vector<std::string>{"neutral", "joy", "anger"}));
  EXPECT_EQ(json["cells"][0]["confusion"]["counts"][1], (std::vector<int>{4, 15, 1}));
  EXPECT_TRUE(json["cells"][1]["confusion"].is_null());
}

TEST(SideBySideJsonTest, RowsHoldAScoreForEachRun) {
  RunComparison comparison;
  SideBySide& table = comparison.table;
  table.runs = {test::make_header(), test::make_header()};
  table.interval = "jackknife";
  Score score;
  score.value = 0.5;
  Score undefined;
  undefined.why = "no cell enters it";
  table.rows = {{"mCE[ref=emt]", "mCE", "over 2 perturbations", {score, undefined}}};
  RunPair pair;
  pair.candidate = 1;
  pair.comparison.notes = {"a note"};
  pair.flips = {{"clean#0", 3, 1, 2}};
  pair.shown = {{"clean#0", "clean", {{"a", "0.5", 0.25, -0.25, true, false}}}};
  comparison.pairs = {pair};
  const Json json = Json::parse(to_json(comparison));
  EXPECT_EQ(json["pairs"][0]["candidate"], 1);
  EXPECT_EQ(json["pairs"][0]["notes"][0], "a note");
  EXPECT_EQ(json["pairs"][0]["flips"][0]["lost"], 1);
  EXPECT_EQ(json["pairs"][0]["answers"][0]["samples"][0]["candidate"], -0.25);
  EXPECT_EQ(Json::parse(to_json(pair))["schema"], "shakedown.comparison/1");
  EXPECT_EQ(json["runs"].size(), 2U);
  EXPECT_EQ(json["rows"][0]["scores"][0]["value"], 0.5);
  EXPECT_TRUE(json["rows"][0]["scores"][1]["value"].is_null());
  EXPECT_EQ(json["rows"][0]["scores"][1]["why"], "no cell enters it");
  const std::string markdown = to_markdown(table);
  EXPECT_NE(markdown.find("| `mCE[ref=emt]` | `mCE` | 0.500 |"), std::string::npos) << markdown;
}

TEST(ResultsJsonTest, CompositionsKeepTheParametersOfEachPart) {
  const Json json = Json::parse(to_json(test::regression_results()));
  for (const Json& cell : json["cells"]) {
    if (cell["id"] != "audio.reverb[rt60=0.7]+video.low_light#0") continue;
    EXPECT_EQ(cell["perturbation"], "audio.reverb+video.low_light");
    EXPECT_TRUE(cell["version"].is_null());
    EXPECT_EQ(cell["params"]["0.rt60"], "0.7");
    EXPECT_EQ(cell["params"]["1.stops"], "-3");
    EXPECT_EQ(cell["parts"][1]["version"], 2);
    return;
  }
  FAIL() << "the composed cell is missing";
}

TEST(ResultsJsonTest, CurvesKeepTheirPointsGridAndArea) {
  const Results results = test::regression_results();
  const Json json = Json::parse(to_json(results));
  ASSERT_EQ(json["curves"].size(), results.curves.size());
  for (std::size_t i = 0; i < results.curves.size(); ++i) {
    const Curve& curve = results.curves[i];
    const Json& got = json["curves"][i];
    EXPECT_EQ(got["id"], curve.id);
    EXPECT_EQ(got["perturbation"], curve.perturbation);
    EXPECT_EQ(got["metric"], curve.metric);
    EXPECT_EQ(got["axis"], curve.axis);
    expect_number(got["auc"], curve.auc.value);
    expect_number(got["auc_interval"][0], curve.auc.low);
    expect_number(got["auc_normalised"], curve.auc_normalised);
    expect_number(got["skill"], curve.auc.skill);
    expect_number(got["worst"], curve.worst);
    expect_number(got["retention"], curve.retention);
    EXPECT_EQ(got["grid"].get<std::vector<double>>(), curve.grid);
    ASSERT_EQ(got["points"].size(), curve.points.size());
    for (std::size_t k = 0; k < curve.points.size(); ++k) {
      EXPECT_EQ(got["points"][k]["cell"], curve.points[k].cell);
      expect_score(got["points"][k], curve.points[k].score);
    }
  }
  EXPECT_EQ(json["curves"][0]["points"].back()["x"], "inf") << "the clean end of an SNR axis";
}

TEST(ResultsJsonTest, NanAndInfinityNeverMakeInvalidJson) {
  Results results = test::regression_results();
  CellResult& cell = results.cells[1];
  cell.dose.mean = std::numeric_limits<double>::infinity();
  cell.dose.min = -std::numeric_limits<double>::infinity();
  cell.metrics["mae"].value = std::nan("");
  cell.measures["odd"] = std::nan("");
  const Json json = Json::parse(to_json(results));
  const Json& got = json["cells"][1];
  EXPECT_EQ(got["dose"]["realised"]["mean"], "inf");
  EXPECT_EQ(got["dose"]["realised"]["min"], "-inf");
  EXPECT_TRUE(got["metrics"]["mae"]["value"].is_null());
  EXPECT_FALSE(got["metrics"]["mae"]["why"].get<std::string>().empty());
  EXPECT_TRUE(got["measures"]["odd"].is_null());
}

TEST(ResultsJsonTest, UndefinedRetentionSaysWhy) {
  Results results = test::regression_results();
  results.curves[0].retention.reset();
  results.curves[0].retention_why = "the clean skill is not above 0 beyond its interval";
  const Json json = Json::parse(to_json(results));
  EXPECT_TRUE(json["curves"][0]["retention"].is_null());
  EXPECT_EQ(json["curves"][0]["retention_why"], results.curves[0].retention_why);
}

TEST(ResultsJsonTest, BrokenTextIsReplacedAndCounted) {
  const Json json = Json::parse(to_json(test::hostile_results()));
  EXPECT_GT(json["replaced_bytes"], 20);
  EXPECT_NE(json["model"]["name"].get<std::string>().find("</script><script>alert(1)"), std::string::npos)
      << "text is data in JSON and stays as it is";
}

TEST(ResultsJsonTest, TextIsTheSameInEveryLocaleAndEveryTime) {
  const std::string before = to_json(test::regression_results());
  const test::CommaLocale comma;
  EXPECT_EQ(to_json(test::regression_results()), before);
}

TEST(ResultsJsonTest, EmptyResultsAreValid) {
  const Json json = Json::parse(to_json(Results{}));
  EXPECT_TRUE(json["clean"].is_null());
  EXPECT_TRUE(json["cells"].empty());
}

TEST(ComparisonJsonTest, EveryFieldOfEveryRuleReadsBack) {
  const Comparison comparison = test::gate_comparison();
  const Json json = Json::parse(to_json(comparison));
  EXPECT_EQ(json["schema"], "shakedown.comparison/1");
  EXPECT_EQ(json["verdict"], "fail");
  EXPECT_EQ(json["verdict_text"], comparison.verdict_text);
  EXPECT_EQ(json["missing_in_candidate"][0], comparison.missing_in_candidate[0]);
  EXPECT_EQ(json["inputs_equal_to_rounding"], 2);
  EXPECT_EQ(json["baseline"]["model"]["name"], "emt");
  ASSERT_EQ(json["rules"].size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const RuleResult& rule = comparison.rules[i];
    const Json& got = json["rules"][i];
    EXPECT_EQ(got["cells"], rule.cells);
    EXPECT_EQ(got["metric"], rule.metric);
    EXPECT_EQ(got["primary"], rule.primary);
    EXPECT_EQ(got["guard"], rule.guard);
    EXPECT_EQ(got["margin"], rule.margin);
    expect_number(got["baseline"], rule.baseline);
    expect_number(got["candidate"], rule.candidate);
    expect_number(got["difference"], rule.difference);
    expect_number(got["bounds"][0], rule.low);
    expect_number(got["bounds"][1], rule.high);
    expect_number(got["p_value"], rule.p_value);
    expect_number(got["standard_error"], rule.standard_error);
    expect_number(got["detectable"], rule.detectable);
    expect_number(got["design_effect"], rule.design_effect);
    expect_number(got["limit"], rule.limit);
    EXPECT_EQ(got["counts"], rule.counts);
    EXPECT_EQ(got["bound"], rule.bound);
    EXPECT_EQ(got["where"], rule.where);
    EXPECT_EQ(got["tests"].size(), rule.tests.size());
    EXPECT_EQ(got["verdict"], std::string(verdict_name(rule.verdict)));
    EXPECT_EQ(got["n"], rule.n);
    EXPECT_EQ(got["groups"], rule.groups);
  }
}

TEST(PlanJsonTest, RowsReadBack) {
  GatePlan plan;
  plan.run = test::gate_comparison().baseline;
  plan.rows = {{"audio", "max_drop", "stress_mean[audio]", 0.02, 0.01, 0.0255, "", 1, 658, 31, true}};
  plan.rows.emplace_back();
  const Json json = Json::parse(to_json(plan));
  EXPECT_EQ(json["schema"], "shakedown.plan/1");
  EXPECT_EQ(json["rules"][0]["detectable"], 0.0255);
  EXPECT_EQ(json["rules"][0]["below"], true);
  EXPECT_TRUE(json["rules"][1]["detectable"].is_null());
}

}  // namespace
}  // namespace shakedown::reports
