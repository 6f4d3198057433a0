// The decoder against a sum over all paths, the manifest's readings of a scripted acoustic model, and what a hostile
// one answers.
#include "shakedown/models/ctc.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <numbers>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "ctc_decoder.h"
#include "models/fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

using ::testing::HasSubstr;

using Labels = std::vector<std::size_t>;

// Log-probabilities drawn from a seed, sharper for larger `sharpness`.
std::vector<double> drawn(std::size_t steps, std::size_t labels, unsigned seed, double sharpness) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, sharpness);
  std::vector<double> frames(steps * labels);
  for (std::size_t t = 0; t < steps; ++t) {
    double sum = 0;
    for (std::size_t v = 0; v < labels; ++v) sum += std::exp(frames[t * labels + v] = normal(random));
    for (std::size_t v = 0; v < labels; ++v) frames[t * labels + v] -= std::log(sum);
  }
  return frames;
}

// Every path of labels, one a frame, collapsed by the definition: repetitions joined, then blanks taken out.
std::map<Labels, double> all_labellings(const CtcFrames& frames, std::size_t blank) {
  std::map<Labels, double> probabilities;
  Labels path(frames.steps, 0);
  while (true) {
    double log_probability = 0;
    Labels labelling;
    for (std::size_t t = 0; t < frames.steps; ++t) {
      log_probability += frames.at(t, path[t]);
      if (path[t] != blank && (t == 0 || path[t] != path[t - 1])) labelling.push_back(path[t]);
    }
    probabilities[labelling] += std::exp(log_probability);
    std::size_t t = 0;
    while (t < frames.steps && ++path[t] == frames.labels) path[t++] = 0;
    if (t == frames.steps) return probabilities;
  }
}

TEST(CtcDecoderTest, AWideBeamFindsTheLabellingOfLargestProbabilityOverAllPaths) {
  std::size_t unlike_greedy = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const std::size_t steps = 1 + seed % 6, labels = 2 + seed % 3, blank = seed % labels;
    const auto values = drawn(steps, labels, seed, 0.4 + 0.2 * (seed % 5));
    const CtcFrames frames{values, steps, labels};
    const auto all = all_labellings(frames, blank);
    double sum = 0, best = 0;
    for (const auto& [labelling, probability] : all) {
      sum += probability;
      best = std::max(best, probability);
    }
    ASSERT_NEAR(sum, 1, 1e-9) << "the oracle has seen all paths";
    const auto found = decode_beam(frames, blank, 10'000);
    EXPECT_NEAR(all.at(found), best, 1e-12) << "seed " << seed;
    unlike_greedy += decode_greedy(frames, blank) != found ? 1 : 0;
  }
  EXPECT_GT(unlike_greedy, 20U) << "the best path is often that of another labelling: the cases tell the two apart";
}

TEST(CtcDecoderTest, GreedyFollowsTheBestPath) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const std::size_t steps = 1 + seed % 7, labels = 2 + seed % 4;
    const auto values = drawn(steps, labels, seed, 1);
    const CtcFrames frames{values, steps, labels};
    Labels expected;
    std::size_t before = labels;
    for (std::size_t t = 0; t < steps; ++t) {
      const auto row = values.begin() + static_cast<std::ptrdiff_t>(t * labels);
      const auto best =
          static_cast<std::size_t>(std::max_element(row, row + static_cast<std::ptrdiff_t>(labels)) - row);
      if (best != 0 && best != before) expected.push_back(best);
      before = best;
    }
    EXPECT_EQ(decode_greedy(frames, 0), expected);
  }
}

// Blank 0; a a - a a: two of them. Frames written by hand.
TEST(CtcDecoderTest, TheSameLabelTwiceTakesABlankBetween) {
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  const std::vector<double> apart = {kNever, 0, kNever, 0, 0, kNever, kNever, 0, kNever, 0};
  const std::vector<double> joined = {kNever, 0, kNever, 0, kNever, 0};
  for (const std::size_t width : {1U, 4U}) {
    EXPECT_EQ(decode_beam({apart, 5, 2}, 0, width), Labels({1, 1}));
    EXPECT_EQ(decode_beam({joined, 3, 2}, 0, width), Labels({1}));
  }
  EXPECT_EQ(decode_greedy({apart, 5, 2}, 0), Labels({1, 1}));
  EXPECT_EQ(decode_beam({{}, 0, 2}, 0, 4), Labels());
}

TEST(CtcDecoderTest, ANarrowBeamIsNeverBetterThanAWideOne) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    const auto values = drawn(6, 3, seed, 0.5);
    const CtcFrames frames{values, 6, 3};
    const auto all = all_labellings(frames, 0);
    EXPECT_LE(all.at(decode_beam(frames, 0, 2)), all.at(decode_beam(frames, 0, 10'000)) + 1e-12);
  }
}

// Frames of 160 samples; label by the loudest sample of each: 0 to .25 blank, to .5 "A", to .75 "B", above "|".
constexpr const char* kByLevel = R"(
def forward(self, waveform):
    frames = waveform.reshape(1, -1, 160) if waveform.size(1) % 160 == 0 else waveform[:, :waveform.size(1) // 160 * 160].reshape(1, -1, 160)
    level = frames.abs().amax(2)
    label = torch.clamp(torch.floor(level * 4), 0, 3).long()
    return torch.one_hot(label, 4).float() * 20
)";

constexpr const char* kSection = R"(
torchscript: asr.pt
sample_rate: 16000
labels: [<pad>, A, B, "|"]
blank: <pad>
)";

class CtcTest : public testing::Test {
 protected:
  std::unique_ptr<const Recogniser> open(const std::string& code, const std::string& section = kSection) {
    save_module(folder_.path() / "asr.pt", code);
    return open_ctc(Yaml::parse(section, "asr.yaml"), folder_.path(), {});
  }
  std::string refusal(const std::string& code, const std::string& section = kSection) {
    try {
      static_cast<void>(open(code, section));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  static std::string hear(const Recogniser& recogniser, const Waveform& sound) {
    return recogniser.recognise({sound, "a", "clean#0"});
  }
  // 100 frames a second, one level a letter of `plan`: '-' .1, 'a' .3, 'b' .6, ' ' .9
  static Waveform sound(const std::string& plan) {
    Waveform waveform;
    for (const char c : plan) {
      const float level = c == '-' ? .1F : c == 'a' ? .3F : c == 'b' ? .6F : .9F;
      waveform.pcm.insert(waveform.pcm.end(), 160, level);
    }
    return waveform;
  }
  Folder folder_;
};

TEST_F(CtcTest, WordsComeOutOfFrames) {
  for (const char* decode : {"", "decode: greedy\n", "decode: {beam: 8}\n"}) {
    const auto recogniser = open(kByLevel, std::string(kSection) + decode);
    EXPECT_EQ(hear(*recogniser, sound("--aa-abb- --bbb--a-")), "aab ba") << decode;
  }
  EXPECT_EQ(hear(*open(kByLevel, std::string(kSection) + "lower_case: false\n"), sound("--aa--bb----")), "AB");
  EXPECT_EQ(hear(*open(kByLevel, std::string(kSection) + "drop: [B]\n"), sound("--aa--bb----")), "a");
}

TEST_F(CtcTest, LabelsComeFromAFileToo) {
  static_cast<void>(folder_.write("labels.txt", "<pad>\nA\nB\n|\n"));
  static_cast<void>(folder_.write("vocab.json", R"({"B": 2, "|": 3, "<pad>": 0, "A": 1})"));
  for (const char* file : {"labels.txt", "vocab.json"}) {
    const std::string section =
        std::string("torchscript: asr.pt\nsample_rate: 16000\nblank: <pad>\nlabels: ") + file + "\n";
    const auto recogniser = open(kByLevel, section);
    EXPECT_EQ(hear(*recogniser, sound("-a-b--------")), "ab");
    EXPECT_EQ(recogniser->files().size(), 2U);
  }
  static_cast<void>(folder_.write("vocab.json", R"({"B": 2, "|": 2, "<pad>": 0, "A": 1})"));
  EXPECT_THAT(refusal(kByLevel, "torchscript: asr.pt\nsample_rate: 16000\nblank: <pad>\nlabels: vocab.json\n"),
              HasSubstr("each once"));
}

TEST_F(CtcTest, OtherShapesAreDeclared) {
  const auto with = [](const std::string& what, const std::string& instead) {
    std::string code = kByLevel;
    return code.replace(code.find(what), what.size(), instead);
  };
  const std::string transposed = with("return ", "scores = ") +
                                 "    return {'scores': torch.log_softmax(scores, 2).transpose(1, 2), 'n': waveform}\n";
  const std::string section = std::string(kSection) + "layout: BVT\noutput: {key: scores}\ngives: log_probs\n";
  EXPECT_EQ(hear(*open(transposed, section), sound("-a-b--------")), "ab");

  std::string lengths = with("return ", "scores = ") + "    return (lengths, scores)\n";
  lengths.replace(lengths.find("waveform):"), 9, "waveform, lengths)");
  EXPECT_EQ(hear(*open(lengths, std::string(kSection) + "lengths: true\noutput: {index: 1}\n"), sound("-a-b--------")),
            "ab");
}

// A step rings when it is resampled: a model that looks at the length alone tells the rate.
TEST_F(CtcTest, AnotherRateIsResampled) {
  constexpr const char* kByLength = R"(
def forward(self, waveform):
    scores = torch.zeros(1, 2, 4)
    scores[:, :, 1 if waveform.size(1) == 3200 else 2] = 20
    return scores
)";
  const auto recogniser = open(kByLength);
  const std::vector<float> tone(1600, .1F);
  EXPECT_EQ(hear(*recogniser, {tone, 1, 8000}), "a") << "0.2 s at 16 kHz";
  EXPECT_EQ(hear(*recogniser, {tone, 1, 16000}), "b");
  EXPECT_EQ(hear(*recogniser, {std::vector<float>(3200, .1F), 2, 8000}), "a") << "two channels of 0.2 s";
  EXPECT_EQ(hear(*open(kByLevel), {std::vector<float>(3200, .3F), 1, 16000}), "a");
}

TEST_F(CtcTest, NormalisedSoundHasNoLevelOfItsOwn) {
  constexpr const char* kByVariance = R"(
def forward(self, waveform):
    unit = abs(float(waveform.var(unbiased=False)) - 1) < 1e-3 and abs(float(waveform.mean())) < 1e-3
    scores = torch.zeros(1, 4, 4)
    scores[:, :, 1 if unit else 2] = 20
    return scores
)";
  Waveform sine;
  for (int i = 0; i < 16000; ++i) sine.pcm.push_back(.2F + .3F * static_cast<float>(std::sin(i * .1)));
  EXPECT_EQ(hear(*open(kByVariance, std::string(kSection) + "normalise: true\n"), sine), "a");
  EXPECT_EQ(hear(*open(kByVariance), sine), "b");
}

TEST_F(CtcTest, EdgesOfSound) {
  const auto recogniser = open(kByLevel, std::string(kSection) + "max_s: 600\n");
  EXPECT_EQ(hear(*recogniser, Waveform{}), "");
  EXPECT_EQ(hear(*recogniser, Waveform{{.9F}, 1, 16000}), "") << "one sample, padded to a tenth of a second";
  EXPECT_EQ(hear(*recogniser, Waveform{std::vector<float>(16000, 0), 1, 16000}), "");
  std::string ten_minutes;
  for (int i = 0; i < 60'000 / 4; ++i) ten_minutes += "-a- ";
  const auto words = hear(*recogniser, sound(ten_minutes));
  EXPECT_EQ(std::count(words.begin(), words.end(), 'a'), 15'000);
  const auto strict = open(kByLevel);
  EXPECT_THROW(
      {
        try {
          static_cast<void>(hear(*strict, sound(ten_minutes)));
        } catch (const Error& error) {
          EXPECT_EQ(error.kind(), ErrorKind::kData);
          EXPECT_THAT(error.what(), HasSubstr("600 s long, more than max_s: 60"));
          throw;
        }
      },
      Error);
  Waveform broken{std::vector<float>(16000, std::numeric_limits<float>::quiet_NaN()), 1, 16000};
  EXPECT_THROW(static_cast<void>(hear(*recogniser, broken)), Error);
}

TEST_F(CtcTest, WhatTheManifestSaysOtherwiseIsRefusedAtOnce) {
  EXPECT_THAT(refusal(kByLevel, std::string(kSection).replace(std::string(kSection).find(", B"), 3, "")),
              HasSubstr("gives scores of shape [1, 100, 4]: BTV with 1 sound and 3 labels is expected"));
  EXPECT_THAT(refusal("def forward(self, waveform):\n    return waveform\n"), HasSubstr("of shape [1, 16000]"));
  EXPECT_THAT(refusal(kByLevel, std::string(kSection) + "gives: log_probs\n"), HasSubstr("add up to"));
  EXPECT_THAT(refusal(kByLevel, std::string(kSection) + "gives: probs\n"), HasSubstr("add up to"));
  EXPECT_THAT(refusal("def forward(self, waveform):\n    return torch.zeros(1, 9, 4) / 0\n"),
              HasSubstr("NaN or infinite scores"));
  EXPECT_THAT(refusal("def forward(self, waveform):\n    return torch.zeros(1, 9, 4) - float('inf')\n"),
              HasSubstr("no label is possible"));
  EXPECT_THAT(refusal("def forward(self, waveform):\n    return torch.zeros(1, 0, 4)\n"), HasSubstr("no frame"));
  EXPECT_THAT(refusal("def forward(self, waveform):\n    return torch.rand(1, 9, 4)\n"),
              HasSubstr("another answer to the same sound"));
  EXPECT_THAT(refusal(kByLevel, std::string(kSection) + "lengths: true\n"), HasSubstr("forward() takes 1 arguments"));
  EXPECT_THAT(refusal(kByLevel, std::string(kSection) + "output: {key: x}\n"), HasSubstr("output key 'x'"));
}

TEST_F(CtcTest, MistakesInTheManifestAreNamedWithTheirLine) {
  const auto with = [](const std::string& what, const std::string& instead) {
    std::string text = kSection;
    return text.replace(text.find(what), what.size(), instead);
  };
  EXPECT_THAT(refusal(kByLevel, with("blank: <pad>", "blank: <pda>")),
              HasSubstr("asr.yaml:5: blank: '<pda>' is none of the labels"));
  EXPECT_THAT(refusal(kByLevel, with("sample_rate: 16000", "sample_rate: 16")), HasSubstr("asr.yaml:3: sample_rate"));
  EXPECT_THAT(refusal(kByLevel, with("labels: [<pad>, A, B, \"|\"]", "labels: none.txt")), HasSubstr("none.txt"));
  EXPECT_THAT(refusal(kByLevel, std::string(kSection) + "decode: {beam: 0}\n"), HasSubstr("beam: 0 is outside"));
  EXPECT_THAT(refusal(kByLevel, std::string(kSection) + "decode: best\n"), HasSubstr("greedy or {beam: 32}"));
  EXPECT_THAT(refusal(kByLevel, std::string(kSection) + "drop: [C]\n"), HasSubstr("'C' is none of the labels"));
  EXPECT_THAT(refusal(kByLevel, std::string(kSection) + "blnak: x\n"), HasSubstr("blnak"));
  EXPECT_THAT(refusal(kByLevel, with("torchscript: asr.pt", "torchscript: no.pt")), HasSubstr("no such file"));
}

TEST_F(CtcTest, AModelThatFailsOnOneSoundFailsThatSample) {
  constexpr const char* kNoSilence = R"(
def forward(self, waveform):
    assert float(waveform.abs().max()) > 0, "silence"
    return torch.zeros(1, 9, 4)
)";
  const auto recogniser = open(kNoSilence);
  try {
    static_cast<void>(hear(*recogniser, Waveform{std::vector<float>(16000, 0), 1, 16000}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_THAT(error.what(), HasSubstr("asr.pt: "));
  }
}

// The recipes of docs/export.md on models with random weights: torchaudio's architecture scripted, and a model that
// answers as those of transformers do traced; tests/data/models/make_recognisers.py made both.
TEST_F(CtcTest, RecipesOfTheDocumentationHearWhatPythonHears) {
  const std::filesystem::path data = std::filesystem::path(SHAKEDOWN_TEST_DATA) / "models";
  const auto golden = nlohmann::json::parse(std::ifstream(data / "recognisers.json"));
  for (const char* file : {"wav2vec2.pt", "logits.pt"}) std::filesystem::copy(data / file, folder_.path());
  std::ofstream labels(folder_.path() / "labels.txt");
  for (const auto& label : golden.at("labels")) labels << label.get<std::string>() << '\n';
  labels.close();
  std::ofstream(folder_.path() / "vocab.json") << golden.at("vocabulary");
  const auto opened = [&](const char* section) {
    return open_ctc(Yaml::parse(section, "asr.yaml"), folder_.path(), {});
  };
  const auto wav2vec2 =
      opened("{torchscript: wav2vec2.pt, sample_rate: 16000, labels: labels.txt, blank: \"-\", output: {index: 0}}");
  const auto logits = opened(
      "{torchscript: logits.pt, sample_rate: 16000, labels: vocab.json, blank: <pad>, drop: [<s>, </s>, <unk>], "
      "normalise: true}");
  for (const auto& heard : golden.at("heard")) {
    constexpr int kPart = 1600;
    Waveform tones;
    for (int i = 0; i < heard.at("parts").get<int>() * kPart; ++i) {
      const int k = i / kPart;
      const double phase = 2 * std::numbers::pi * (200 + 137 * (k * 7 % 11)) * i / 16000;
      tones.pcm.push_back(static_cast<float>((0.1 + 0.08 * (k % 5)) * std::sin(phase)));
    }
    EXPECT_EQ(hear(*wav2vec2, tones), heard.at("wav2vec2").get<std::string>());
    EXPECT_EQ(hear(*logits, tones), heard.at("logits").get<std::string>());
  }
}

TEST_F(CtcTest, ThreadsHearTheSame) {
  const auto recogniser = open(kByLevel, std::string(kSection) + "decode: {beam: 4}\n");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) wrong[t] += hear(*recogniser, sound("-aa-a-b--- -b--")) != "aab b" ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

}  // namespace
}  // namespace shakedown::models
