// Predictions of models exported by PyTorch equal Python's own; tests/data/models/make_models.py made both.
#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

const std::filesystem::path kData = std::filesystem::path(SHAKEDOWN_TEST_DATA) / "models";

Shared<Sequence> sequence(const nlohmann::json& rows, std::size_t length) {
  Sequence made{rows.size(), rows.at(0).size(), length, {}};
  for (const auto& row : rows) {
    for (const auto& x : row) made.values.push_back(x.get<float>());
  }
  return std::make_shared<const Sequence>(std::move(made));
}

struct Golden {
  std::vector<Sample> samples;
  nlohmann::json predictions;
};

Golden read_golden() {
  Golden golden;
  const auto json = nlohmann::json::parse(std::ifstream(kData / "golden.json"));
  for (const auto& row : json.at("samples")) {
    Sample sample;
    sample.id = row.at("id");
    Tokens text;
    text.ids = row.at("ids").get<std::vector<std::int64_t>>();
    text.mask = row.at("mask").get<std::vector<std::int64_t>>();
    text.segments.assign(text.ids.size(), 0);
    sample.tokens = std::make_shared<const Tokens>(std::move(text));
    sample.audio_features = sequence(row.at("audio"), row.at("audio_length"));
    sample.vision_features = sequence(row.at("vision"), row.at("vision_length"));
    golden.samples.push_back(std::move(sample));
  }
  golden.predictions = json.at("predictions");
  return golden;
}

void expect_equal(const std::string& file, const std::string& name, std::size_t batch_size) {
  const Golden golden = read_golden();
  const auto models = load(kData / file, {});
  ASSERT_EQ(models.size(), 1U);
  std::vector<double> predicted;
  for (std::size_t first = 0; first < golden.samples.size(); first += batch_size) {
    std::vector<Request> batch;
    for (std::size_t i = first; i < std::min(first + batch_size, golden.samples.size()); ++i) {
      batch.push_back({golden.samples[i], golden.samples[i]});
    }
    const Predictions part = models[0]->predict(batch);
    ASSERT_EQ(part.rows, batch.size());
    ASSERT_EQ(part.columns, 1U);
    predicted.insert(predicted.end(), part.values.begin(), part.values.end());
  }
  const auto expected = golden.predictions.at(name).get<std::vector<double>>();
  ASSERT_EQ(predicted.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(predicted[i], expected[i], 1e-5) << name << " " << i;
}

TEST(GoldenModelsTest, TuplesThroughAPackedLstmOfFixedBatch) {
  expect_equal("tuple.yaml", "tuple", 4);
}
TEST(GoldenModelsTest, AFixedBatchServesBatchesOfAnySize) {
  expect_equal("tuple.yaml", "tuple", 7);
}
TEST(GoldenModelsTest, DictOutputs) {
  expect_equal("dict.yaml", "dict", 4);
}
TEST(GoldenModelsTest, TensorsWithTheManifestInside) {
  expect_equal("plain.pt", "plain", 3);
}

TEST(GoldenModelsTest, ABakedInBatchSizeIsNamedWhereTheManifestDoesNot) {
  const Golden golden = read_golden();
  const Folder folder;
  const auto file =
      folder.write("model.yaml", "schema: shakedown.model/1\ntorchscript: " + (kData / "tuple.pt").string() +
                                     R"(
inputs:
  - {from: text.bert}
  - [{from: audio.features}, {from: audio.lengths}]
  - [{from: vision.features}, {from: vision.lengths}]
)");
  try {
    (void)probe(*load(file, {})[0], golden.samples, 32);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("batch: {fixed: 4}"));
  }
}

TEST(GoldenModelsTest, TheProbesPass) {
  const Golden golden = read_golden();
  for (const char* file : {"tuple.yaml", "dict.yaml", "plain.pt"}) {
    const ProbeReport report = probe(*load(kData / file, {})[0], golden.samples, 4);
    EXPECT_EQ(report.columns, 1U);
    EXPECT_EQ(report.measures.at("repeat"), 0) << file;
  }
}

}  // namespace
}  // namespace shakedown::models
