#include "shakedown/store/baseline.h"

#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "../../store/src/packed.h"
#include "../metrics/make_run.h"
#include "fixture.h"
#include "shakedown/core/error.h"
#include "shakedown/metrics/gate.h"

namespace shakedown::store {
namespace {

using ::testing::HasSubstr;
using testing::RunMaker;

class BaselineTest : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) {
    const auto file = folder_.path() / "baseline.json";
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }
  std::string refusal(const std::string& text) {
    try {
      static_cast<void>(read_baseline(write(text)));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData) << error.what();
      return error.what();
    }
    return "accepted";
  }

 private:
  TemporaryFolder folder_;
};

/// 20 groups; every answer with noise of its own.
RunMaker noisy_run(double factor, unsigned seed, std::size_t groups = 20, std::size_t per_group = 6) {
  RunMaker maker(groups, per_group);
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  for (const std::string name : {"audio.a", "audio.b", "video.c"}) {
    const Modality modality = name.starts_with("audio") ? Modality::kAudio : Modality::kVideo;
    maker.add(name, modality, 1, [&](std::size_t at) {
      return maker.label(at) + factor * (maker.clean()[at] - maker.label(at)) + 0.2 * normal(random);
    });
  }
  maker.add("text.negation", Modality::kText, 1, maker.shifted(0.5)).label_effect = LabelEffect::kDirectional;
  for (Outcome& outcome : maker.outcomes(4)) outcome.direction = outcome.outputs[0] > 0 ? 1 : -1;
  return maker;
}

TEST_F(BaselineTest, HoldsWhatAGateNeeds) {
  RunMaker maker = noisy_run(2, 1);
  RunData& run = maker.run();
  run.outcomes[2][5].state = State::kFailed;
  run.outcomes[2][5].outputs.clear();
  run.outcomes[3][6].state = State::kSkipped;
  run.outcomes[1][7].outputs = {std::numeric_limits<double>::quiet_NaN()};
  const RunData read = read_baseline(write(baseline_text(run)));
  EXPECT_EQ(read.header.model_name, run.header.model_name);
  EXPECT_EQ(read.header.seed, run.header.seed);
  ASSERT_EQ(read.cells.size(), run.cells.size());
  ASSERT_EQ(read.samples.size(), run.samples.size());
  for (std::size_t at = 0; at < run.samples.size(); ++at) {
    EXPECT_EQ(read.samples[at].id, run.samples[at].id);
    EXPECT_EQ(read.samples[at].group, run.samples[at].group);
    EXPECT_EQ(read.samples[at].labels.at("regression").value, run.samples[at].labels.at("regression").value);
  }
  for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
    EXPECT_EQ(read.cells[cell].definition, run.cells[cell].definition);
    for (std::size_t at = 0; at < run.samples.size(); ++at) {
      const Outcome &own = run.outcomes[cell][at], &got = read.outcomes[cell][at];
      const bool lost = (cell == 2 && at == 5) || (cell == 1 && at == 7);
      EXPECT_EQ(got.state, lost ? State::kFailed : own.state);
      EXPECT_EQ(got.direction, own.direction);
      ASSERT_EQ(got.outputs.size(), lost ? 0U : 1U);
      if (!lost) {
        EXPECT_NEAR(got.outputs[0], own.outputs[0], 0.5001e-5);
      }
    }
  }
}

TEST_F(BaselineTest, VerdictFromTheFileIsThatFromTheRun) {
  const metrics::Policy policy = metrics::parse_policy(
      "schema: shakedown.policy/1\nrules:\n"
      "  - {name: mean, aggregate: stress_mean, max_drop: 0.05}\n"
      "  - {name: sign, cells: 'audio.*', metric: acc2_has0, max_drop: 0.02}\n"
      "  - {name: each, guard: true, max_drop: 0.05}\n"
      "  - {name: flips, max_flip_rate: 0.2}\n"
      "  - {name: below, slice: {label: below 0}, max_drop: 0.1}\n"
      "  - {name: direction, min_directional_pass: 0.5}\n",
      "p.yaml", "2024-01-01");
  for (const double factor : {1.9, 2.1, 2.3, 3.0}) {
    RunMaker baseline = noisy_run(2, 1, 31), candidate = noisy_run(factor, 2, 31);
    const RunData file = read_baseline(write(baseline_text(baseline.run())));
    const Comparison by_run = metrics::gate(baseline.run(), candidate.run(), policy);
    const Comparison by_file = metrics::gate(file, candidate.run(), policy);
    EXPECT_EQ(by_run.verdict, by_file.verdict);
    EXPECT_EQ(by_run.verdict_text, by_file.verdict_text);
    ASSERT_EQ(by_run.rules.size(), by_file.rules.size());
    for (std::size_t at = 0; at < by_run.rules.size(); ++at) {
      EXPECT_EQ(by_run.rules[at].difference, by_file.rules[at].difference) << by_run.rules[at].name;
      EXPECT_EQ(by_run.rules[at].low, by_file.rules[at].low) << by_run.rules[at].name;
      EXPECT_EQ(by_run.rules[at].note, by_file.rules[at].note) << by_run.rules[at].name;
    }
  }
}

TEST_F(BaselineTest, OtherInputsAreRefusedAndLostSamplesFail) {
  const metrics::Policy policy = metrics::parse_policy(
      "schema: shakedown.policy/1\nrules: [{name: mean, aggregate: stress_mean, max_drop: 0.5}]\n", "p.yaml",
      "2024-01-01");
  RunMaker baseline = noisy_run(2, 1);
  const RunData file = read_baseline(write(baseline_text(baseline.run())));
  const auto judged = [&](const std::function<void(RunData&)>& change) -> std::string {
    RunMaker candidate = noisy_run(2, 1);
    change(candidate.run());
    try {
      return metrics::gate(file, candidate.run(), policy).verdict_text;
    } catch (const Error& error) {
      return error.what();
    }
  };
  EXPECT_THAT(judged([](RunData&) {}), HasSubstr("Pass"));
  EXPECT_THAT(judged([](RunData& run) {
                run.outcomes[2][3].decisions = {7, 7};
              }),
              HasSubstr("cell audio.b@severity=1#0: the corruption was decided differently"));
  EXPECT_THAT(judged([](RunData& run) {
                run.outcomes[2][3].media = {7, 7};
              }),
              HasSubstr("although CPU type and library versions are equal"));
  EXPECT_THAT(judged([](RunData& run) {
                run.outcomes[2][3].media = {7, 7};
                run.header.environment["cpu"] = "two";
              }),
              HasSubstr("Pass"));
  EXPECT_THAT(judged([](RunData& run) { run.header.seed = 1; }), HasSubstr("seed"));
  EXPECT_THAT(judged([](RunData& run) {
                run.samples.pop_back();
                for (auto& outcomes : run.outcomes) outcomes.pop_back();
              }),
              HasSubstr("Fail: 1 of 2 rules broken (candidate is complete)"));
  EXPECT_THAT(judged([](RunData& run) {
                run.outcomes[2][3].state = State::kFailed;
                run.outcomes[2][3].decisions = {};
              }),
              HasSubstr("Fail"));
}

TEST_F(BaselineTest, BytesFollowFromInputsAndPredictionsAlone) {
  RunMaker maker = noisy_run(2, 1), again = noisy_run(2, 1);
  again.run().header.timing["run"] = 12.5;
  again.run().header.environment["revision"] = "other";
  again.run().header.settings["jobs"] = "4";
  again.run().header.inputs[0].name = "elsewhere/data.pkl";
  again.run().samples[0].metadata["speaker"] = "somebody";
  const std::string text = baseline_text(maker.run());
  EXPECT_EQ(text, baseline_text(again.run()));
  // What was read writes the same predictions again.
  const RunData read = read_baseline(write(text));
  const auto predictions = [](const std::string& json) { return nlohmann::json::parse(json).at("predictions"); };
  EXPECT_EQ(predictions(baseline_text(read)), predictions(text));
}

TEST_F(BaselineTest, SixtyCellsOfSevenHundredSamplesAreSmall) {
  RunMaker maker(35, 20);  // 700
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (int cell = 0; cell < 59; ++cell) {
    const double spread = 0.1 + 0.02 * cell;
    maker.add("audio.p" + std::to_string(cell), Modality::kAudio, 1,
              [&](std::size_t at) { return maker.clean()[at] + spread * normal(random); });
  }
  const std::string text = baseline_text(maker.run());
  EXPECT_LT(text.size(), 200'000U);
  RecordProperty("bytes", static_cast<int>(text.size()));
}

TEST_F(BaselineTest, RunsThatAreNoBaselineAreRefused) {
  RunMaker limited = noisy_run(2, 1), partial = noisy_run(2, 1), huge = noisy_run(2, 1);
  limited.run().header.settings["limit"] = "8";
  partial.run().outcomes[1].clear();
  huge.run().outcomes[1][3].outputs = {1e300};
  EXPECT_THROW(static_cast<void>(baseline_text(limited.run())), Error);
  EXPECT_THROW(static_cast<void>(baseline_text(partial.run())), Error);
  EXPECT_THROW(static_cast<void>(baseline_text(huge.run())), Error);
}

TEST_F(BaselineTest, DamagedFilesAreOneLine) {
  RunMaker maker = noisy_run(2, 1);
  const std::string text = baseline_text(maker.run());
  EXPECT_THAT(refusal(""), HasSubstr("baseline.json"));
  EXPECT_THAT(refusal("{}"), HasSubstr("shakedown.baseline/1"));
  const std::string cut = refusal(text.substr(0, text.size() / 2));
  EXPECT_THAT(cut, HasSubstr("neither a run folder nor a baseline"));
  EXPECT_LT(cut.size(), 250U);
  for (const char* key : {"plan", "samples", "states", "predictions"}) {
    auto json = nlohmann::json::parse(text);
    std::string packed = json.at(key);
    json[key] = packed.substr(4);
    EXPECT_THAT(refusal(json.dump()), HasSubstr("damaged")) << key;
    packed[packed.size() / 2] ^= 1;
    json[key] = packed;
    EXPECT_NE(refusal(json.dump()), "accepted") << key;
    json[key] = pack("");
    EXPECT_NE(refusal(json.dump()), "accepted") << key;
  }
  auto fewer = nlohmann::json::parse(text);
  fewer["cells"].erase(1);
  EXPECT_THAT(refusal(fewer.dump()), HasSubstr("cells and plan differ"));
}

TEST(PackedTest, NumbersOfEverySizeComeBack) {
  std::string bytes;
  const std::vector<std::int64_t> numbers{0,
                                          -1,
                                          1,
                                          63,
                                          64,
                                          -64,
                                          -65,
                                          1LL << 40,
                                          std::numeric_limits<std::int64_t>::min(),
                                          std::numeric_limits<std::int64_t>::max()};
  for (const std::int64_t number : numbers) put_number(bytes, number);
  NumberReader reader(bytes);
  for (const std::int64_t number : numbers) EXPECT_EQ(reader.next(), number);
  EXPECT_TRUE(reader.at_end());
  EXPECT_THROW(static_cast<void>(reader.next()), Error);
}

TEST(PackedTest, WhatIsPackedComesBack) {
  for (const std::string bytes : {"", "f", "fo", "foo", "foobar"}) EXPECT_EQ(unpack(pack(bytes), 6), bytes);
  EXPECT_THROW(static_cast<void>(unpack("eNpLy89PSiwCAAirAno", 6)), Error);
  EXPECT_THROW(static_cast<void>(unpack(pack("foobar"), 5)), Error);
  EXPECT_EQ(pack("foobar"), "eNpLy89PSiwCAAirAno=");  // Python: base64.b64encode(zlib.compress(b"foobar", 9))
}

}  // namespace
}  // namespace shakedown::store
