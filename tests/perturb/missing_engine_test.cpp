// The options that the loss of steps has beside the rate: counts, protection, sharing in time, media, fills, masks,
// masks from a file; and nesting of all of it.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "perturb/support.h"
#include "shakedown/core/error.h"

namespace shakedown::perturb {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using Positions = std::vector<std::size_t>;

Sample features_of(std::size_t text, std::size_t audio, std::size_t video) {
  Sample sample;
  sample.id = "a";
  std::vector<std::int64_t> ids(text, 2000);
  ids.front() = 101;
  ids.back() = 102;
  sample.tokens = tokens(ids, text + 3);
  sample.audio_features = ramp(audio, 2, 3);
  sample.vision_features = ramp(video, 2, 3);
  return sample;
}

class EngineTest : public testing::Test {
 protected:
  Applied apply(const Sample& sample, const std::string& name, const ParamMap& given, int replicate = 0) const {
    return apply_parts(sample, {part_of(name, given)}, *corpus_, 1, replicate);
  }
  Positions lost_audio(const Sample& sample, const std::string& name, const ParamMap& given, int replicate = 0) const {
    return changed_rows(*sample.audio_features, *apply(sample, name, given, replicate).sample.audio_features);
  }
  std::unique_ptr<Corpus> corpus_ = synthetic_corpus(4);
};

TEST_F(EngineTest, ExactCountsRoundHalvesToEven) {
  const Sample sample = features_of(10, 25, 5);
  for (int replicate = 0; replicate < 20; ++replicate) {
    const ParamMap given = {{"rate", "0.1"}, {"count", "exact"}};
    EXPECT_EQ(lost_audio(sample, "missing.random", given, replicate).size(), 2U) << "2.5";
    EXPECT_EQ(
        lost_audio(sample, "missing.temporal", {{"rate", "0.5"}, {"count", "exact"}, {"protect", "none"}}, replicate)
                .size() %
            5,
        0U)
        << "whole fifths, as the shortest modality has them";
  }
}

// Rows set to zero are named in the digest of media; what lies under them counts where it is not the clean sample's
// own.
TEST_F(EngineTest, DigestsTellLostRowsAndWhatTheyWereTakenFromApart) {
  const Sample sample = features_of(10, 40, 20);
  const ParamMap given = {{"rate", "0.5"}, {"modality", "audio"}};
  const auto media = [&](const Applied& applied) { return digest(sample, applied).media; };
  const std::string first = media(apply(sample, "missing.random", given, 0));
  EXPECT_EQ(media(apply(sample, "missing.random", given, 0)), first);
  EXPECT_NE(media(apply(sample, "missing.random", given, 1)), first);
  const auto after = [&](const char* gain_db) {
    const std::vector<Part> parts = {part_of("feature.gain", {{"gain_db", gain_db}, {"modality", "audio"}}),
                                     part_of("missing.random", given)};
    return media(apply_parts(sample, parts, *corpus_, 1, 0));
  };
  EXPECT_EQ(after("3"), after("3"));
  EXPECT_NE(after("3"), after("6"));
}

TEST_F(EngineTest, ProtectsOneEnd) {
  const Sample sample = features_of(10, 25, 5);
  const auto ids = [&](const std::string& protect) {
    const auto after = apply(sample, "missing.random", {{"rate", "1"}, {"protect", protect}}).sample;
    return std::pair(after.tokens->ids.front() != 100, after.tokens->ids[9] != 100);
  };
  EXPECT_EQ(ids("cls"), std::pair(true, false));
  EXPECT_EQ(ids("sep"), std::pair(false, true));
  EXPECT_EQ(ids("none"), std::pair(false, false));
  EXPECT_EQ(lost_audio(sample, "missing.random", {{"rate", "1"}, {"protect", "first"}}).front(), 1U);
  EXPECT_EQ(lost_audio(sample, "missing.random", {{"rate", "1"}, {"protect", "last"}}).back(), 23U);
}

TEST_F(EngineTest, RatesPerModalityAreSharesOfTheRate) {
  const Sample sample = features_of(42, 40, 40);
  const ParamMap given = {{"rate", "0.5"}, {"count", "exact"}, {"audio_rate", "0.5"}, {"video_rate", "0"}};
  const Applied applied = apply(sample, "missing.random", given);
  const auto& measures = applied.effects.front().measures;
  EXPECT_EQ(measures.at("realised_text"), 0.5);
  EXPECT_EQ(measures.at("realised_audio"), 0.25);
  EXPECT_EQ(measures.at("realised_video"), 0);
  EXPECT_EQ(applied.sample.vision_features, sample.vision_features);
}

TEST_F(EngineTest, MeasuresWhatWasZeroAlreadyPerModality) {
  Sample sample = features_of(6, 10, 4);
  auto silent = std::make_shared<Sequence>(*sample.audio_features);
  std::fill_n(silent->values.begin(), 10, 0.0F);
  sample.audio_features = silent;
  const auto measures = apply(sample, "missing.random", {{"rate", "1"}}).effects.front().measures;
  EXPECT_EQ(measures.at("realised_audio"), 1);
  EXPECT_EQ(measures.at("effective_audio"), 0.5);
  EXPECT_EQ(measures.at("effective_video"), 1);
}

// Audio at 100 Hz was cut at 2 s, pictures at 10 Hz last 4 s: by share they would disagree by a factor of two.
TEST_F(EngineTest, SharedBlocksAgreeInSeconds) {
  Sample sample = features_of(12, 200, 40);
  sample.tokens = nullptr;
  const ParamMap given = {{"rate", "0.3"}, {"sharing", "shared"}, {"audio_hz", "100"}, {"video_hz", "10"}};
  for (int replicate = 0; replicate < 30; ++replicate) {
    const Sample after = apply(sample, "missing.block", given, replicate).sample;
    const auto video = changed_rows(*sample.vision_features, *after.vision_features);
    const auto audio = changed_rows(*sample.audio_features, *after.audio_features);
    ASSERT_EQ(video.size(), 12U);
    Positions expected;
    for (std::size_t i = 0; i < 200; ++i) {
      const std::size_t frame = i / 10;  // 10 sound steps a picture
      if (frame >= video.front() && frame <= video.back()) expected.push_back(i);
    }
    ASSERT_EQ(audio.size(), expected.size());
    for (std::size_t i = 0; i < audio.size(); ++i) EXPECT_NEAR(double(audio[i]), double(expected[i]), 1);
  }
}

TEST_F(EngineTest, MediaAreLostInPlace) {
  const Sample before = corpus_->load(0);
  const ParamMap given = {{"rate", "0.5"}, {"on", "media"}};
  const Sample after = apply(before, "missing.block", given).sample;
  EXPECT_FALSE(after.tokens || after.embedding || after.audio_features || after.vision_features) << "they are stale";
  EXPECT_EQ(after.waveform->frames(), before.waveform->frames());
  const auto zeros = std::count(after.waveform->pcm.begin(), after.waveform->pcm.end(), 0.0F);
  EXPECT_NEAR(double(zeros) / double(after.waveform->pcm.size()), 0.5, 0.03);
  std::size_t black = 0;
  for (const auto& frame : after.clip->frames) {
    black += std::all_of(frame->pixels.begin(), frame->pixels.end(), [](auto x) { return x == 0; }) ? 1 : 0;
  }
  EXPECT_NEAR(double(black) / double(before.clip->frames.size()), 0.5, 0.03);
  EXPECT_EQ(after.transcript->times.size(), before.transcript->times.size() - before.transcript->times.size() / 2);
}

TEST_F(EngineTest, MediaFrozenNoisyOrTakenOut) {
  const Sample before = corpus_->load(0);
  const auto run = [&](const std::string& fill) {
    return apply(before, "missing.block",
                 {{"rate", "0.3"}, {"on", "media"}, {"modality", "audio+video"}, {"fill", fill}})
        .sample;
  };
  const Sample held = run("hold"), noisy = run("noise"), cut = run("remove");
  const auto& frames = held.clip->frames;
  std::size_t frozen = 0;
  for (std::size_t i = 1; i < frames.size(); ++i) frozen += frames[i] == frames[i - 1] ? 1 : 0;
  EXPECT_EQ(frozen, std::size_t(std::nearbyint(0.3 * double(frames.size()))));
  double power = 0, clean = 0;
  for (std::size_t i = 0; i < before.waveform->pcm.size(); ++i) {
    clean += std::pow(before.waveform->pcm[i], 2);
    if (noisy.waveform->pcm[i] != before.waveform->pcm[i]) power += std::pow(noisy.waveform->pcm[i], 2);
  }
  EXPECT_NEAR(power / clean, 0.3, 0.05) << "as loud as the clip";
  EXPECT_EQ(cut.clip->frames.size(), frames.size() - frozen);
  EXPECT_EQ(cut.faces->boxes.size(), cut.clip->frames.size()) << "crops still follow the face";
  EXPECT_NEAR(cut.waveform->seconds() / before.waveform->seconds(), 0.7, 0.02);
  EXPECT_THROW((void)run("mean"), Error);
}

TEST_F(EngineTest, RemovedStepsMoveUpAndLengthsFollow) {
  const Sample before = features_of(8, 10, 4);
  const ParamMap given = {{"rate", "0.5"}, {"fill", "remove"}, {"count", "exact"}};
  const Applied applied = apply(before, "missing.random", given);
  const Sample& after = applied.sample;
  EXPECT_EQ(after.tokens->length(), 5U);
  EXPECT_EQ(after.tokens->ids[4], 102);
  EXPECT_EQ(after.tokens->padded(), before.tokens->padded());
  EXPECT_EQ(after.audio_features->length, 5U);
  EXPECT_EQ(after.audio_features->steps, before.audio_features->steps);
  for (std::size_t i = 0; i + 1 < 5; ++i) {
    EXPECT_LT(after.audio_features->row(i)[0], after.audio_features->row(i + 1)[0]) << "order stays";
  }
  EXPECT_EQ(after.audio_features->row(5)[0], 0.0F);
  EXPECT_EQ(applied.effects.front().measures.at("effective_audio"), 0.5);
}

// As XLNet is fed: padding in front, <sep> and <cls> behind the text.
Sample xlnet_sample() {
  Tokens tokens;
  tokens.ids = {5, 5, 5, 21, 22, 23, 24, 25, 26, 4, 3};
  tokens.mask = {0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
  tokens.segments = {3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 2};
  tokens.layout = {.before = 0, .after = 2, .pads_left = true, .unknown = 0, .pad = 5};
  Sample sample;
  sample.id = "a";
  sample.tokens = std::make_shared<const Tokens>(std::move(tokens));
  return sample;
}

TEST_F(EngineTest, MarksBehindTheTextAndPaddingInFrontAreNoText) {
  const Sample before = xlnet_sample();
  using Ids = std::vector<std::int64_t>;
  const auto all = [&](const char* name, ParamMap params) {
    params["modality"] = "text";
    if (std::string(name) != "missing.modality") params["rate"] = "1";
    return apply(before, name, params);
  };
  const Applied lost = all("missing.random", {});
  EXPECT_EQ(lost.sample.tokens->ids, (Ids{5, 5, 5, 0, 0, 0, 0, 0, 0, 4, 3})) << "<unk> of XLNet";
  EXPECT_EQ(all("missing.random", {{"unk_id", "7"}}).sample.tokens->ids, (Ids{5, 5, 5, 7, 7, 7, 7, 7, 7, 4, 3}));
  EXPECT_EQ(all("missing.random", {{"protect", "cls"}}).sample.tokens->ids, (Ids{5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 3}));
  EXPECT_EQ(all("missing.random", {{"protect", "sep"}}).sample.tokens->ids, (Ids{5, 5, 5, 0, 0, 0, 0, 0, 0, 4, 0}));
  EXPECT_EQ(all("missing.random", {{"protect", "first"}}).sample.tokens->ids, (Ids{5, 5, 5, 21, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(all("missing.random", {{"protect", "none"}}).sample.tokens->ids, (Ids{5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(lost.effects.front().dose->total, 8) << "padding is no step";
  EXPECT_EQ(lost.effects.front().dose->eligible, 6);
  const auto shorter = all("missing.block", {{"fill", "remove"}}).sample.tokens;
  EXPECT_EQ(shorter->padded(), 11U);
  EXPECT_EQ(shorter->ids, (Ids{5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 3}));
  EXPECT_EQ(shorter->segments, (Ids{3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 2}));
  EXPECT_EQ(shorter->leading_padding(), 9U);
  const Applied gone = apply(before, "missing.modality", {{"keep", "audio+video"}});
  EXPECT_EQ(gone.sample.tokens->ids, lost.sample.tokens->ids);
}

TEST_F(EngineTest, PublishedProtocolsAreForTokensAsBertHasThem) {
  Sample sample = xlnet_sample();
  const Sample like = corpus_->load(1);
  sample.audio_features = like.audio_features;
  sample.vision_features = like.vision_features;
  for (const char* preset : {"tfrnet", "niat-random"}) {
    const Applied applied = apply(sample, "missing.protocol", {{"preset", preset}, {"rate", "0.5"}});
    EXPECT_EQ(applied.effects.front().state, State::kSkipped) << preset;
    EXPECT_THAT(applied.effects.front().reason, HasSubstr("as BERT's")) << preset;
  }
}

TEST_F(EngineTest, TheMarkBetweenTwoTextsStays) {
  Sample before = xlnet_sample();
  Tokens pair;
  pair.ids = {101, 7, 8, 102, 9, 10, 102, 0};
  pair.mask = {1, 1, 1, 1, 1, 1, 1, 0};
  pair.segments = {0, 0, 0, 0, 1, 1, 1, 0};
  before.tokens = std::make_shared<const Tokens>(pair);
  const auto ids = [&] { return apply(before, "missing.random", {{"rate", "1"}}).sample.tokens->ids; };
  EXPECT_EQ(ids(), (std::vector<std::int64_t>{101, 100, 100, 102, 100, 100, 102, 0}));
  pair.segments = {0, 1, 2, 3, 4, 5, 6, 0};  // no token types
  before.tokens = std::make_shared<const Tokens>(pair);
  EXPECT_EQ(ids(), (std::vector<std::int64_t>{101, 100, 100, 100, 100, 100, 102, 0}));
}

TEST_F(EngineTest, MasksFollowWhenAsked) {
  const Sample before = features_of(8, 10, 4);
  const Sample kept = apply(before, "missing.random", {{"rate", "1"}}).sample;
  EXPECT_EQ(kept.tokens->mask, before.tokens->mask);
  EXPECT_FALSE(kept.audio_features->mask_lost);
  EXPECT_THAT(Positions(kept.audio_features->observed.begin(), kept.audio_features->observed.end()),
              ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1));
  const Sample updated = apply(before, "missing.random", {{"rate", "1"}, {"mask", "update"}}).sample;
  EXPECT_THAT(updated.tokens->mask, ElementsAre(1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0));
  EXPECT_EQ(updated.tokens->length(), 8U);
  EXPECT_TRUE(updated.audio_features->mask_lost);
}

TEST_F(EngineTest, EveryOptionIsNestedInTheRate) {
  const Sample sample = corpus_->load(1);
  const std::vector<std::pair<std::string, ParamMap>> options = {
      {"missing.random", {}},
      {"missing.random", {{"count", "exact"}}},
      {"missing.random", {{"sharing", "shared"}, {"audio_rate", "0.4"}}},
      {"missing.temporal", {{"audio_hz", "20"}, {"video_hz", "10"}}},
      {"missing.block", {}},
      {"missing.block", {{"blocks", "3"}}},
      {"missing.block", {{"blocks", "4"}, {"sharing", "shared"}}},
      {"missing.block", {{"sharing", "shared"}, {"on", "media"}}},
      {"missing.random", {{"on", "media"}}},
      {"missing.protocol", {{"preset", "tfrnet"}}},
      {"missing.protocol", {{"preset", "openvna-random"}}},
      {"missing.protocol", {{"preset", "meta-na-block"}}},
  };
  for (const auto& [name, given] : options) {
    for (int replicate = 0; replicate < 10; ++replicate) {
      std::vector<std::int64_t> previous;
      for (int step = 1; step <= 20; ++step) {
        ParamMap params = given;
        params["rate"] = std::to_string(step / 20.0);
        auto lost = apply(sample, name, params, replicate).effects.front().decisions;
        std::sort(lost.begin(), lost.end());
        ASSERT_TRUE(std::includes(lost.begin(), lost.end(), previous.begin(), previous.end()))
            << name << " " << params["rate"];
        previous = std::move(lost);
      }
      EXPECT_FALSE(previous.empty());
    }
  }
}

class GivenTest : public EngineTest {
 protected:
  std::string write(const std::string& text) const {
    const auto file = std::filesystem::path(testing::TempDir()) / "masks.yaml";
    std::ofstream(file) << text;
    return file.string();
  }
};

TEST_F(GivenTest, TakesMasksFromAFileById) {
  const Sample sample = features_of(8, 10, 4);
  const std::string file =
      write("schema: shakedown.masks/1\nmasks:\n  a: {text: \"2-3\", audio: \"0,4-6\"}\n  b: {video: \"1\"}\n");
  const Sample after = apply(sample, "missing.given", {{"file", file}}).sample;
  EXPECT_THAT(changed_ids(*sample.tokens, *after.tokens), ElementsAre(2, 3));
  EXPECT_THAT(changed_rows(*sample.audio_features, *after.audio_features), ElementsAre(0, 4, 5, 6));
  EXPECT_EQ(after.vision_features, sample.vision_features);
}

TEST_F(GivenTest, SaysWhatDoesNotFit) {
  const Sample sample = features_of(8, 10, 4);
  const auto reason = [&](const std::string& masks) {
    return apply(sample, "missing.given", {{"file", write("schema: shakedown.masks/1\nmasks: {" + masks + "}\n")}})
        .effects.front()
        .reason;
  };
  EXPECT_EQ(reason("b: {audio: \"1\"}"), "the mask file has no such id");
  EXPECT_EQ(reason("a: {audio: \"10\"}"), "the mask names step 10 of audio.features, which has 10");
  for (const char* bad : {"a: {audio: \"3-1\"}", "a: {audio: x}", "a: {sound: \"1\"}", "a: {audio: \"1-2-3\"}"}) {
    EXPECT_THROW((void)reason(bad), Error) << bad;
  }
}

}  // namespace
}  // namespace shakedown::perturb
