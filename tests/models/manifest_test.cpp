#include "shakedown/models/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Manifest parse(const std::string& body) {
  return Manifest::parse(Yaml::parse("schema: shakedown.model/1\n" + body, "model.yaml"), "/models");
}

std::string refusal(const std::string& body) {
  try {
    (void)parse(body);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "accepted";
}

TEST(ManifestTest, TheVocabularyAndItsNameChooseTheTokenizer) {
  const auto input = [](const std::string& keys) {
    return parse("inputs: [{from: text.tokens, " + keys + "}]").inputs[0];
  };
  EXPECT_EQ(input("vocab: v.txt").tokenizer, "bert");
  EXPECT_TRUE(input("vocab: v.txt").tokenizer_options.lower_case);
  EXPECT_EQ(input("vocab: bpe/vocab.json").tokenizer, "roberta");
  EXPECT_EQ(input("vocab: bpe/vocab.json").merges.file.filename(), "merges.txt");
  EXPECT_EQ(input("vocab: bpe/vocab.json").merges.file.parent_path(),
            input("vocab: bpe/vocab.json").vocab.file.parent_path());
  EXPECT_EQ(input("vocab: v.json, merges: m.txt, tokenizer: gpt2").merges.file.filename(), "m.txt");
  EXPECT_TRUE(input("vocab: v.json, prefix_space: true").tokenizer_options.prefix_space);
  EXPECT_FALSE(input("vocab: s.model, tokenizer: xlnet").tokenizer_options.lower_case);
  EXPECT_TRUE(input("vocab: s.model, tokenizer: albert").tokenizer_options.lower_case);
  const auto refused = [](const std::string& keys) { return refusal("inputs: [{from: text.tokens, " + keys + "}]"); };
  EXPECT_THAT(refused("vocab: s.model"), HasSubstr("add `tokenizer:`, one of xlnet, xlm_roberta, albert, deberta_v2"));
  EXPECT_THAT(refused("vocab: v.txt, tokenizer: brt"), HasSubstr("did you mean 'bert'?"));
  EXPECT_THAT(refused("vocab: v.txt, merges: m.txt"), HasSubstr("merges: tokenizer bert has none"));
  EXPECT_THAT(refused("vocab: v.json, lower_case: true"), HasSubstr("lower_case: tokenizer roberta has none"));
  EXPECT_THAT(refused("tokenizer: bert"), HasSubstr("tokenizer: needs `vocab:`"));
}

TEST(ManifestTest, ReadsTheExampleOfTheDesign) {
  const Manifest manifest = parse(R"(torchscript: emt.pt
name: emt
task: {kind: regression, convention: mosi, label: regression, primary: mae}
inputs:
  - {from: text.bert, dtype: float32}
  - [{from: audio.features}, {from: audio.lengths, dtype: int64}]
  - {from: vision.features, layout: BTC, length: 500}
output: {key: M}
batch: any
trained_with: ["audio.background_noise*"]
)");
  EXPECT_EQ(manifest.torchscript, std::vector<std::filesystem::path>{"/models/emt.pt"});
  ASSERT_EQ(manifest.inputs.size(), 3U);
  EXPECT_EQ(manifest.inputs[0].layout, "B3T");
  ASSERT_EQ(manifest.inputs[1].tuple.size(), 2U);
  EXPECT_EQ(manifest.inputs[1].tuple[1].dtype, "int64");
  EXPECT_EQ(manifest.inputs[2].length, 500U);
  EXPECT_EQ(manifest.output.key, "M");
  EXPECT_FALSE(manifest.fixed_batch);
  EXPECT_EQ(manifest.task->convention, "mosi");
  EXPECT_EQ(manifest.trained_with, std::vector<std::string>{"audio.background_noise*"});
}

TEST(ManifestTest, ReadsAClassificationTask) {
  const Manifest manifest = parse(
      "task: {kind: classification, label: emotion, labels: [neutral, joy, anger], polarity: {joy: 1, anger: -1}}");
  EXPECT_EQ(manifest.task->kind, Task::Kind::kClassification);
  EXPECT_EQ(manifest.task->labels.size(), 3U);
  EXPECT_EQ(manifest.task->polarity.at("anger"), -1);
  EXPECT_EQ(manifest.task->primary, "f1_weighted");
}

TEST(ManifestTest, NamesTheLineAndSuggestsTheKeyForAMisspeltOne) {
  EXPECT_THAT(refusal("torchscript: m.pt\ninputs:\n  - {from: audio.features, lenght: 3}\n"),
              AllOf(HasSubstr("model.yaml:4"), HasSubstr("lenght"), HasSubstr("did you mean 'length'")));
  EXPECT_THAT(refusal("torchscripts: m.pt\n"), HasSubstr("did you mean 'torchscript'"));
  EXPECT_THAT(refusal("task: {kind: regression, conventions: mosi}\n"), HasSubstr("did you mean 'convention'"));
}

TEST(ManifestTest, RefusesEachWrongValueByName) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"inputs: [{from: audio.feature}]", "did you mean 'audio.features'"},
      {"inputs: [{from: audio.features, dtype: int64}]", "accepted are float32, float64"},
      {"inputs: [{from: audio.features, layout: BTX}]", "has no axis 'X'"},
      {"inputs: [{from: audio.features, layout: BT}]", "lacks axis 'C'"},
      {"inputs: [{from: audio.features, layout: BTCT}]", "axis 'T' twice"},
      {"inputs: [{from: audio.features, length: 0}]", "outside [1,"},
      {"inputs: [{from: audio.features, standard_deviation: 0}]", "outside"},
      {"inputs: [{from: audio.lengths}]", "no input reads audio values"},
      {"inputs: [{from: audio.logmel, sample_rate: 8000, high_hz: 5000}]", "outside [1, 4000]"},
      {"inputs: [{from: audio.mfcc, mels: 10, coefficients: 13}]", "more than the 10 mels"},
      {"inputs: [{from: video.faces}]", "`side:`"},
      {"inputs: [{from: video.frames, dtype: uint8, mean: 0.5}]", "uint8"},
      {"inputs: [{from: video.frames, mean: [0.5, 0.5]}]", "three (R, G, B)"},
      {"inputs: [{from: constant}]", "'value:' is missing"},
      {"inputs: [{from: text.tokens, part: id}]", "did you mean 'ids'"},
      {"inputs: [[]]", "at least one element"},
      {"inputs: {from: audio.features}", "a list is needed"},
      {"batch: 32", "any and {fixed: n}"},
      {"batch: {fixed: 0}", "outside [1,"},
      {"output: {index: -1}", "outside [0,"},
      {"output: {index: 0, per: utterance}", "`row: dialogue`"},
      {"row: dialog", "accepted are utterance and dialogue"},
      {"row: dialogue", "`inputs:` is needed"},
      {"utterances: 33", "belongs to `row: dialogue`"},
      {"scope: target", "cells of a suite"},
      {"inputs: [{from: dialogue.mask}]", "`row: dialogue`"},
      {"row: dialogue\ninputs: [{from: text.string}]", "List[str]"},
      {"row: dialogue\ninputs: [{from: audio.features, layout: BTC}]", "lacks axis 'U'"},
      {"row: dialogue\ninputs: [{from: dialogue.lengths, layout: BU}]", "has no axis 'U'"},
      {"row: dialogue\ninputs: [{from: dialogue.speakers}]", "`speakers:`"},
      {"row: dialogue\ninputs: [{from: dialogue.speakers, speakers: [a, a]}]", "twice"},
      {"row: dialogue\ninputs: [{from: audio.features}]\noutput: {per: dialogue}", "utterance is accepted"},
      {"row: dialogue\ninputs: [{from: audio.features}]\noutput: {mask: umask}", "no input {from: dialogue.mask"},
      {"row: dialogue\ninputs: [{from: audio.features}]\noutput: {layout: BUK}", "BU, UB, packed"},
      {"row: dialogue\nutterances: 0\ninputs: [{from: audio.features}]", "outside [1, 65536]"},
      {"torchscript: {rate=0.1: a.pt}", "clean cells is missing: rate=0"},
      {"torchscript: {rate=0: a.pt, snr_db=1: b.pt}", "one axis"},
      {"torchscript: {rate=0: a.pt, rate=0.0: b.pt}", "twice"},
      {"torchscript: {rate: a.pt}", "rate=0.1"},
      {"task: {kind: multilabel, label: e}", "multi-label"},
      {"task: {kind: classification, label: e, labels: [a]}", "two or more"},
      {"task: {kind: classification, label: e, labels: [a, a]}", "twice"},
      {"task: {kind: classification, label: e, labels: [a, b], polarity: {c: 1}}", "not among the labels"},
      {"task: {kind: regression, labels: [a, b]}", "belongs to kind: classification"},
      {"task: {kind: regression, convention: moseii}", "did you mean 'mosei'"},
  };
  for (const auto& [body, expected] : cases) {
    EXPECT_THAT(refusal(body), AllOf(HasSubstr("model.yaml:"), HasSubstr(expected))) << body;
  }
}

TEST(ManifestTest, RefusesAnotherSchema) {
  EXPECT_THROW((void)Manifest::parse(Yaml::parse("schema: shakedown.suite/1\n", "m"), "."), Error);
}

TEST(ManifestTest, ReadsTheFormsBehindItsInputs) {
  const Manifest manifest =
      parse("inputs: [{from: text.bert}, {from: audio.logmel}, {from: video.faces.complete, side: 8}]");
  EXPECT_EQ(manifest.reads(), (Forms{Form::kTokens, Form::kWaveform, Form::kFrames}));
  EXPECT_EQ(parse("inputs: [{from: text.tokens, vocab: v.txt}]").reads(), (Forms{Form::kTokens, Form::kTranscript}));
  EXPECT_EQ(parse("inputs: [{from: audio.features.lengths}]").reads(), Forms{Form::kAudioFeatures});
  EXPECT_EQ(parse("inputs: [{from: constant, value: 2}, {from: none}]").reads(), Forms{});
}

TEST(ManifestTest, LimitsAreTheLongestThatAnyInputTakes) {
  const InputLimits limits = parse(R"(inputs:
  - {from: text.bert, length: 50}
  - {from: text.tokens, part: ids, length: 40}
  - {from: audio.waveform, sample_rate: 16000, length: 32000}
  - {from: vision.features, length: 20}
  - {from: vision.features.complete}
  - {from: video.frames, fps: 5, length: 20}
)")
                                 .limits();
  EXPECT_EQ(limits.tokens, 50U);
  EXPECT_DOUBLE_EQ(limits.waveform_s.value(), 2.0);
  EXPECT_DOUBLE_EQ(limits.frames_s.value(), 4.0);
  EXPECT_FALSE(limits.vision_features) << "the second input takes any length";
  EXPECT_FALSE(limits.audio_features);
}

}  // namespace
}  // namespace shakedown::models
