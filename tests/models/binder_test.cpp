#include "binder.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class T>
std::vector<T> numbers(const Value& value) {
  std::vector<T> made(value.tensor.bytes.size() / sizeof(T));
  std::memcpy(made.data(), value.tensor.bytes.data(), value.tensor.bytes.size());
  return made;
}

std::vector<InputSpec> inputs(const std::string& list) {
  return Manifest::parse(Yaml::parse("schema: shakedown.model/1\ninputs: " + list + "\n", "model.yaml"), "").inputs;
}

std::vector<Value> bound(const std::string& list, const std::vector<Request>& batch) {
  return Binder(inputs(list)).bind(batch);
}

/// Two samples of 3 and 4 stored steps, of which 2 and 4 are valid.
std::vector<Sample> two_samples() {
  std::vector<Sample> samples(2);
  samples[0].id = "a";
  samples[1].id = "b";
  samples[0].audio_features = ramp(3, 2, 2);
  samples[1].audio_features = ramp(4, 2, 4, 100);
  samples[0].tokens = tokens({101, 7, 102}, 4);
  samples[1].tokens = tokens({101, 8, 9, 102}, 4);
  return samples;
}

TEST(BinderTest, SequencesArePaddedToTheLongestOfTheBatch) {
  const auto samples = two_samples();
  const auto values = bound("[{from: audio.features}]", same_views(samples));
  EXPECT_THAT(values[0].tensor.shape, ElementsAre(2, 4, 2));
  EXPECT_THAT(numbers<float>(values[0]), ElementsAre(1, 2, 11, 12, 0, 0, 0, 0, 100, 101, 110, 111, 120, 121, 130, 131));
}

TEST(BinderTest, RowsSetToZeroArriveAsZeroInEveryLayout) {
  auto samples = two_samples();
  for (Sample& sample : samples) {
    auto lost = std::make_shared<Sequence>(*sample.audio_features);
    std::vector<std::uint8_t> zero(lost->steps, 0);
    zero[1] = 1;
    const auto& whole = sample.audio_features;
    lost->values = FeatureValues::blanked({whole, &whole->values}, 2, zero);
    sample.audio_features = std::move(lost);
  }
  auto copied = samples;
  for (Sample& sample : copied) {
    auto copy = std::make_shared<Sequence>(*sample.audio_features);
    (void)copy->values.data();  // asked for in one piece
    ASSERT_EQ(copy->values.original(), nullptr);
    sample.audio_features = std::move(copy);
  }
  const std::string list =
      "[{from: audio.features}, {from: audio.features, layout: TBC}, {from: audio.features, layout: BCT}, "
      "{from: audio.features, length: 2}, {from: audio.features, length: 6, dtype: float64}, "
      "{from: audio.features, pool_mean: true}, {from: audio.features, mean: [1, 2]}]";
  const auto a = bound(list, same_views(samples)), b = bound(list, same_views(copied));
  EXPECT_THAT(numbers<float>(a[0]), ElementsAre(1, 2, 0, 0, 0, 0, 0, 0, 100, 101, 0, 0, 120, 121, 130, 131));
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].tensor.shape, b[i].tensor.shape);
    EXPECT_EQ(a[i].tensor.bytes, b[i].tensor.bytes) << i;
  }
}

/// Dialogues of two and one utterances.
std::vector<Request> dialogues(std::vector<Sample>& samples) {
  samples.push_back(samples[0]);
  samples[0].speaker = "Ross";
  samples[1].speaker = samples[2].speaker = "Joey";
  return {{samples[0], samples[0], 0}, {samples[1], samples[1], 0}, {samples[2], samples[2], 1}};
}

std::vector<Value> bound_dialogues(const std::string& list, const std::vector<Request>& batch,
                                   std::optional<std::size_t> utterances = {}) {
  const std::string text = "schema: shakedown.model/1\nrow: dialogue\ninputs: " + list + "\n";
  return Binder(Manifest::parse(Yaml::parse(text, "model.yaml"), "").inputs, {true, utterances}).bind(batch);
}

TEST(BinderTest, DialoguesGetAnAxisOfUtterances) {
  auto samples = two_samples();
  const auto batch = dialogues(samples);
  const auto values = bound_dialogues(
      "[{from: audio.features}, {from: audio.features, layout: UBTC}, "
      "{from: audio.lengths}, {from: audio.mask}, {from: text.bert}]",
      batch);
  EXPECT_THAT(values[0].tensor.shape, ElementsAre(2, 2, 4, 2));
  const auto rows_first = numbers<float>(values[0]), utterances_first = numbers<float>(values[1]);
  EXPECT_EQ(rows_first[0], 1);
  EXPECT_EQ(rows_first[8], 100) << "the second utterance";
  EXPECT_EQ(rows_first[16], 1) << "the second dialogue";
  EXPECT_EQ(rows_first[24], 0) << "which has one utterance";
  EXPECT_THAT(values[1].tensor.shape, ElementsAre(2, 2, 4, 2));
  EXPECT_EQ(utterances_first[8], 1);
  EXPECT_EQ(utterances_first[16], 100);
  EXPECT_THAT(values[2].tensor.shape, ElementsAre(2, 2));
  EXPECT_THAT(numbers<std::int64_t>(values[2]), ElementsAre(2, 4, 2, 0));
  EXPECT_THAT(numbers<float>(values[3]), ElementsAre(1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(values[4].tensor.shape, ElementsAre(2, 2, 3, 4));
}

TEST(BinderTest, DialoguesSayHowLongTheyAreAndWhoSpeaks) {
  auto samples = two_samples();
  const auto batch = dialogues(samples);
  const auto values = bound_dialogues(
      "[{from: dialogue.lengths}, {from: dialogue.mask}, {from: dialogue.mask, inverted: true, layout: UB}, "
      "{from: dialogue.speakers, count: 2}, {from: dialogue.speakers, speakers: [Joey, \"*\"], layout: UBS}]",
      batch, 3);
  EXPECT_THAT(numbers<std::int64_t>(values[0]), ElementsAre(2, 1));
  EXPECT_TRUE(values[0].stays_on_host);
  EXPECT_THAT(numbers<float>(values[1]), ElementsAre(1, 1, 0, 1, 0, 0));
  EXPECT_THAT(numbers<float>(values[2]), ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_THAT(numbers<float>(values[3]), ElementsAre(1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0)) << "by order of appearance";
  EXPECT_THAT(numbers<float>(values[4]), ElementsAre(0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0));
}

TEST(BinderTest, WhatADialogueHasNoPlaceForIsNamed) {
  auto samples = two_samples();
  const auto batch = dialogues(samples);
  const auto refusal = [&](const std::string& list, std::optional<std::size_t> utterances) {
    try {
      (void)bound_dialogues(list, batch, utterances);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refusal("[{from: audio.features}]", 1), HasSubstr("sample 'b' is utterance 2"));
  EXPECT_THAT(refusal("[{from: dialogue.speakers, count: 1}]", {}), HasSubstr("speaker 'Joey' has no place"));
  EXPECT_THAT(refusal("[{from: dialogue.speakers, speakers: [Joey]}]", {}), HasSubstr("speaker 'Ross' has no place"));
}

TEST(BinderTest, LengthCutsAndPadsAndLengthsFollow) {
  const auto samples = two_samples();
  const auto values = bound("[{from: audio.features, length: 3}, {from: audio.lengths}]", same_views(samples));
  EXPECT_THAT(values[0].tensor.shape, ElementsAre(2, 3, 2));
  EXPECT_THAT(numbers<std::int64_t>(values[1]), ElementsAre(2, 3));
  EXPECT_TRUE(values[1].stays_on_host);
}

TEST(BinderTest, LayoutsArrangeTheSameNumbers) {
  const auto samples = two_samples();
  const auto batch = same_views(samples);
  const auto tbc = bound("[{from: audio.features, length: 2, layout: TBC}]", batch);
  EXPECT_THAT(tbc[0].tensor.shape, ElementsAre(2, 2, 2));
  EXPECT_THAT(numbers<float>(tbc[0]), ElementsAre(1, 2, 100, 101, 11, 12, 110, 111));
  const auto b1ct = bound("[{from: audio.features, length: 2, layout: B1CT}]", batch);
  EXPECT_THAT(b1ct[0].tensor.shape, ElementsAre(2, 1, 2, 2));
  EXPECT_THAT(numbers<float>(b1ct[0]), ElementsAre(1, 11, 2, 12, 100, 110, 101, 111));
}

TEST(BinderTest, ALayoutWithoutTimeNeedsOneStep) {
  const auto samples = two_samples();
  const auto batch = same_views(samples);
  const auto one = bound("[{from: audio.features, length: 1, layout: BC}]", batch);
  EXPECT_THAT(one[0].tensor.shape, ElementsAre(2, 2));
  EXPECT_THAT(numbers<float>(one[0]), ElementsAre(1, 2, 100, 101));
  try {
    (void)bound("[{from: audio.features, layout: BC}]", batch);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("pool_mean"));
  }
}

TEST(BinderTest, PoolingAveragesOverThePaddedAxis) {
  const auto samples = two_samples();
  const auto values = bound("[{from: audio.features, pool_mean: true, dtype: float64}]", same_views(samples));
  EXPECT_THAT(values[0].tensor.shape, ElementsAre(2, 1, 2));
  EXPECT_THAT(numbers<double>(values[0]), ElementsAre(4, 14.0 / 3, 115, 116)) << "12 / 3 stored steps, 2 of them valid";
}

TEST(BinderTest, NormalisationLeavesPaddingAtZero) {
  const auto samples = two_samples();
  const auto values = bound("[{from: audio.features, mean: [1, 2], standard_deviation: 10}]", same_views(samples));
  const auto x = numbers<float>(values[0]);
  EXPECT_THAT(std::vector<float>(x.begin(), x.begin() + 8), ElementsAre(0, 0, 1, 1, 0, 0, 0, 0));
}

TEST(BinderTest, NormalisationOfAnotherWidthIsRefused) {
  const auto samples = two_samples();
  EXPECT_THROW((void)bound("[{from: audio.features, mean: [1, 2, 3]}]", same_views(samples)), Error);
}

TEST(BinderTest, TextBertIsIdsMaskAndSegments) {
  const auto samples = two_samples();
  const auto values = bound("[{from: text.bert}]", same_views(samples));
  EXPECT_THAT(values[0].tensor.shape, ElementsAre(2, 3, 4));
  EXPECT_THAT(numbers<float>(values[0]), ElementsAre(101, 7, 102, 0, 1, 1, 1, 0, 0, 0, 0, 0,  //
                                                     101, 8, 9, 102, 1, 1, 1, 1, 0, 0, 0, 0));
}

TEST(BinderTest, TextTokensComeAsATupleOrInParts) {
  const auto samples = two_samples();
  const auto values = bound("[{from: text.tokens}, {from: text.tokens, part: mask, dtype: bool}]", same_views(samples));
  ASSERT_EQ(values[0].items.size(), 3U);
  EXPECT_THAT(numbers<std::int64_t>(values[0].items[0]), ElementsAre(101, 7, 102, 0, 101, 8, 9, 102));
  EXPECT_THAT(numbers<std::uint8_t>(values[1]), ElementsAre(1, 1, 1, 0, 1, 1, 1, 1));
}

TEST(BinderTest, MasksMarkValidSteps) {
  const auto samples = two_samples();
  const auto values =
      bound("[{from: audio.features}, {from: audio.mask}, {from: audio.mask, inverted: true, dtype: bool}]",
            same_views(samples));
  EXPECT_THAT(numbers<float>(values[1]), ElementsAre(1, 1, 0, 0, 1, 1, 1, 1));
  EXPECT_THAT(numbers<std::uint8_t>(values[2]), ElementsAre(0, 0, 1, 1, 0, 0, 0, 0));
}

TEST(BinderTest, MissingMaskMarksStepsThatAreAsTheyWere) {
  const auto clean = two_samples();
  auto perturbed = clean;
  Sequence damaged = *clean[1].audio_features;
  damaged.row(2)[0] = damaged.row(2)[1] = 0;
  perturbed[1].audio_features = std::make_shared<const Sequence>(damaged);
  perturbed[0].tokens = tokens({101, 100, 102}, 4);
  const std::vector<Request> batch{{perturbed[0], clean[0]}, {perturbed[1], clean[1]}};
  const auto values = bound(
      "[{from: audio.features}, {from: audio.features.complete}, {from: audio.missing_mask}, {from: text.bert}, "
      "{from: text.missing_mask}]",
      batch);
  EXPECT_THAT(numbers<float>(values[2]), ElementsAre(1, 1, 0, 0, 1, 1, 0, 1));
  EXPECT_THAT(numbers<float>(values[4]), ElementsAre(1, 0, 1, 0, 1, 1, 1, 1));
  EXPECT_EQ(numbers<float>(values[0])[12], 0);
  EXPECT_EQ(numbers<float>(values[1])[12], 120) << "the complete view is the clean sample";
}

// A step that was zero before it was taken is missing all the same: the mask is what was drawn.
TEST(BinderTest, MissingMaskKnowsWhatWasTakenAndMasksFollowWhenTold) {
  const auto clean = two_samples();
  auto perturbed = clean;
  Sequence taken = *clean[1].audio_features;
  taken.observed = {1, 0, 1, 0};
  perturbed[1].audio_features = std::make_shared<const Sequence>(taken);
  taken.mask_lost = true;
  perturbed[0].audio_features = std::make_shared<const Sequence>(taken);
  const std::vector<Request> batch{{perturbed[1], clean[1]}, {perturbed[0], clean[1]}};
  const auto values = bound("[{from: audio.features}, {from: audio.missing_mask}, {from: audio.mask}]", batch);
  EXPECT_THAT(numbers<float>(values[1]), ElementsAre(1, 0, 1, 0, 1, 0, 1, 0));
  EXPECT_THAT(numbers<float>(values[2]), ElementsAre(1, 1, 1, 1, 1, 0, 1, 0));
}

TEST(BinderTest, BothViewsGetTheSameNumberOfSteps) {
  const auto clean = two_samples();
  auto shorter = clean;
  shorter[1].audio_features = ramp(2, 2, 2);
  const std::vector<Request> batch{{shorter[1], clean[1]}};
  const auto values =
      bound("[{from: audio.features}, {from: audio.features.complete}, {from: audio.missing_mask}]", batch);
  EXPECT_THAT(values[0].tensor.shape, ElementsAre(1, 4, 2));
  EXPECT_THAT(values[1].tensor.shape, ElementsAre(1, 4, 2));
  EXPECT_THAT(values[2].tensor.shape, ElementsAre(1, 4));
}

TEST(BinderTest, FramesAreRgbBetweenZeroAndOne) {
  Sample sample;
  const Image image{2, 1, {0, 51, 255, 10, 20, 30}};  // B G R
  sample.clip = std::make_shared<const Clip>(Clip{{std::make_shared<const Image>(image)}, 25});
  const std::vector<Request> batch{{sample, sample}};
  const auto values = bound("[{from: video.frames}, {from: video.frames, dtype: uint8, layout: BTHWC}]", batch);
  EXPECT_THAT(values[0].tensor.shape, ElementsAre(1, 1, 3, 1, 2));
  const auto x = numbers<float>(values[0]);
  EXPECT_FLOAT_EQ(x[0], 1.0F);
  EXPECT_FLOAT_EQ(x[1], 30.0F / 255);
  EXPECT_FLOAT_EQ(x[2], 0.2F);
  EXPECT_THAT(values[1].tensor.shape, ElementsAre(1, 1, 1, 2, 3));
  EXPECT_THAT(numbers<std::uint8_t>(values[1]), ElementsAre(255, 51, 0, 30, 20, 10));
}

TEST(BinderTest, FramesAreTakenAtTheRateAskedFor) {
  Sample sample;
  Clip clip;
  clip.fps = 25;
  for (int i = 0; i < 50; ++i) {
    clip.frames.push_back(
        std::make_shared<const Image>(Image{1, 1, std::vector<std::uint8_t>(3, static_cast<std::uint8_t>(i))}));
  }
  sample.clip = std::make_shared<const Clip>(clip);
  const std::vector<Request> batch{{sample, sample}};
  const auto values = bound("[{from: video.frames, fps: 2.5, dtype: uint8}]", batch);
  ASSERT_THAT(values[0].tensor.shape, ElementsAre(1, 5, 3, 1, 1));
  EXPECT_THAT(numbers<std::uint8_t>(values[0]), ElementsAre(0, 0, 0, 10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40));
}

TEST(BinderTest, WaveformsAreMonoAtTheRateAskedFor) {
  Sample sample;
  sample.waveform = std::make_shared<const Waveform>(Waveform{{0.5F, -0.5F, 1, 0}, 2, 16000});
  const std::vector<Request> batch{{sample, sample}};
  const auto values = bound("[{from: audio.waveform, length: 3}, {from: audio.lengths}]", batch);
  EXPECT_THAT(values[0].tensor.shape, ElementsAre(1, 3));
  EXPECT_THAT(numbers<float>(values[0]), ElementsAre(0, 0.5F, 0));
  EXPECT_THAT(numbers<std::int64_t>(values[1]), ElementsAre(2));
  Sample second;
  second.waveform = std::make_shared<const Waveform>(Waveform{std::vector<float>(16000, 0.1F), 1, 16000});
  const auto resampled = bound("[{from: audio.waveform, sample_rate: 8000}]", {{second, second}});
  EXPECT_THAT(resampled[0].tensor.shape, ElementsAre(1, 8000));
}

TEST(BinderTest, LogMelHasOneRowAHop) {
  Sample sample;
  sample.waveform = std::make_shared<const Waveform>(Waveform{std::vector<float>(16000, 0.1F), 1, 16000});
  const auto values = bound("[{from: audio.logmel, mels: 40}, {from: audio.mfcc}]", {{sample, sample}});
  EXPECT_THAT(values[0].tensor.shape, ElementsAre(1, 101, 40));
  EXPECT_THAT(values[1].tensor.shape, ElementsAre(1, 101, 13));
}

TEST(BinderTest, TextWithoutTokensGoesThroughTheVocabulary) {
  const Folder folder;
  const auto vocab = folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\ngood\nbad\nmovie\n");
  Sample transcript_only;
  transcript_only.id = "t";
  transcript_only.transcript = std::make_shared<const Transcript>(Transcript{"Good movie", {}, "en"});
  const std::vector<Request> batch{{transcript_only, transcript_only}};
  const auto values = bound("[{from: text.bert, dtype: int64, vocab: '" + vocab.string() + "', length: 5}]", batch);
  EXPECT_THAT(numbers<std::int64_t>(values[0]), ElementsAre(2, 4, 6, 3, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0));
  try {
    (void)bound("[{from: text.bert}]", batch);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(HasSubstr("sample 't'"), HasSubstr("vocab:")));
  }
}

std::vector<Sample> two_texts(const char* first, const char* second) {
  std::vector<Sample> samples(2);
  samples[0].transcript = std::make_shared<const Transcript>(Transcript{first, {}, "en"});
  samples[1].transcript = std::make_shared<const Transcript>(Transcript{second, {}, "en"});
  return samples;
}

TEST(BinderTest, TokensOfABatchArePaddedAsRobertaDoes) {
  const Folder folder;
  const auto vocab =
      folder.write("vocab.json", R"({"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "g": 4, "o": 5, "go": 6,
      "m": 7, "Ġ": 8, "Ġm": 9})");
  (void)folder.write("merges.txt", "#version: 0.2\ng o\nĠ m\n");
  const std::string vocabulary = "vocab: '" + vocab.string() + "'";
  const auto samples = two_texts("go", "go mo");
  const auto values =
      bound("[{from: text.tokens, " + vocabulary + "}, {from: text.mask, dtype: int64}]", same_views(samples));
  EXPECT_THAT(numbers<std::int64_t>(values[0].items[0]), ElementsAre(0, 6, 2, 1, 1, 0, 6, 9, 5, 2));
  EXPECT_THAT(numbers<std::int64_t>(values[0].items[1]), ElementsAre(1, 1, 1, 0, 0, 1, 1, 1, 1, 1));
  EXPECT_THAT(numbers<std::int64_t>(values[1]), ElementsAre(1, 1, 1, 0, 0, 1, 1, 1, 1, 1));
}

TEST(BinderTest, TokensOfABatchArePaddedOnTheLeftAsXlnetDoes) {
  const auto samples = two_texts("good", "good movie");
  const std::string vocab =
      std::string("vocab: '") + SHAKEDOWN_TEST_DATA + "/media/tokenizers/pieces.model', tokenizer: xlnet";
  const auto values =
      bound("[{from: text.tokens, " + vocab + "}, {from: text.mask, dtype: int64}, {from: text.lengths}," +
                " {from: text.missing_mask, dtype: int64}]",
            same_views(samples));
  const auto ids = numbers<std::int64_t>(values[0].items[0]);
  const auto mask = numbers<std::int64_t>(values[0].items[1]);
  const auto segments = numbers<std::int64_t>(values[0].items[2]);
  const std::size_t steps = ids.size() / 2;
  const auto lengths = numbers<std::int64_t>(values[2]);
  ASSERT_LT(lengths[0], lengths[1]);
  ASSERT_EQ(lengths[1], static_cast<std::int64_t>(steps));
  const std::size_t padding = steps - static_cast<std::size_t>(lengths[0]);
  for (std::size_t t = 0; t < steps; ++t) {
    EXPECT_EQ(ids[t] == 5, t < padding) << t;
    EXPECT_EQ(mask[t], t < padding ? 0 : 1) << t;
    EXPECT_EQ(segments[t], t < padding ? 3 : t + 1 == steps ? 2 : 0) << t;
  }
  EXPECT_EQ(ids[steps - 2], 4);
  EXPECT_EQ(ids[steps - 1], 3);
  EXPECT_EQ(ids[2 * steps - 1], 3);
  EXPECT_EQ(numbers<std::int64_t>(values[1]), mask);
  EXPECT_EQ(numbers<std::int64_t>(values[3]), mask);
}

TEST(BinderTest, TextThatIsNotUtf8FailsByTheNameOfItsSample) {
  const Folder folder;
  const auto vocab = folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n");
  Sample broken;
  broken.id = "t";
  broken.transcript = std::make_shared<const Transcript>(Transcript{"go\xff", {}, "en"});
  try {
    (void)bound("[{from: text.bert, vocab: '" + vocab.string() + "'}]", {{broken, broken}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "input text.bert: sample 't': the text is not UTF-8, which tokenizers need");
  }
}

TEST(BinderTest, StringsConstantsAndNoneAreNoTensors) {
  Sample sample;
  sample.transcript = std::make_shared<const Transcript>(Transcript{"hello", {}, ""});
  const auto values = bound("[{from: text.string}, {from: constant, value: 2}, {from: none}]", {{sample, sample}});
  EXPECT_THAT(values[0].strings, ElementsAre("hello"));
  EXPECT_EQ(values[1].number, 2);
  EXPECT_EQ(values[2].kind, Value::Kind::kNone);
}

TEST(BinderTest, AnAbsentFormNamesTheSample) {
  Sample empty;
  empty.id = "lost";
  try {
    (void)bound("[{from: vision.features}]", {{empty, empty}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_THAT(error.what(), HasSubstr("'lost'"));
  }
}

TEST(BinderTest, ATensorBeyondFourGigabytesIsRefused) {
  const auto samples = two_samples();
  EXPECT_THROW((void)bound("[{from: audio.features, length: 67108864, layout: BCT, dtype: float64}, "
                           "{from: audio.features, length: 67108864, dtype: float64, layout: TBC}]",
                           std::vector<Request>(20, Request{samples[0], samples[0]})),
               Error);
}

}  // namespace
}  // namespace shakedown::models
