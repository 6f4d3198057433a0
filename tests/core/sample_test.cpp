#include "shakedown/core/sample.h"

#include <gtest/gtest.h>

namespace shakedown {
namespace {

Sample full_sample() {
  Sample sample;
  sample.transcript = std::make_shared<Transcript>();
  auto tokens = std::make_shared<Tokens>();
  tokens->ids = {101, 7, 8, 102, 0};
  tokens->mask = {1, 1, 1, 1, 0};
  tokens->segments.assign(5, 0);
  sample.tokens = tokens;
  auto sequence = std::make_shared<Sequence>();
  *sequence = {4, 2, 3, {1, 2, 3, 4, 5, 6, 0, 0}};
  sample.audio_features = sequence;
  auto waveform = std::make_shared<Waveform>();
  waveform->pcm.assign(32000, 0.5F);
  sample.waveform = waveform;
  return sample;
}

TEST(FormsTest, SetsBehaveAsSets) {
  constexpr Forms kText{Form::kTranscript, Form::kTokens};
  EXPECT_TRUE(kText.has(Form::kTokens));
  EXPECT_FALSE(kText.has(Form::kFrames));
  EXPECT_EQ((kText - Forms{Form::kTokens}).list(), std::vector<Form>{Form::kTranscript});
  EXPECT_EQ(kText.describe(), "text.transcript, text.tokens");
  EXPECT_TRUE((kText & Forms{Form::kFrames}).empty());
}

TEST(DropStaleTest, RemovesOtherFormsOfTheWrittenModalityOnly) {
  auto sample = full_sample();
  drop_stale(sample, {Form::kTranscript});
  EXPECT_TRUE(sample.transcript);
  EXPECT_FALSE(sample.tokens);
  EXPECT_TRUE(sample.waveform);
  EXPECT_TRUE(sample.audio_features);
}

TEST(CutToTest, CutsWhatIsLongerAndSharesTheRest) {
  const auto sample = full_sample();
  InputLimits limits;
  limits.audio_features = 2;
  limits.tokens = 50;
  limits.waveform_s = 1.5;
  const auto shorter = cut_to(sample, limits);
  EXPECT_EQ(shorter.audio_features->values, (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(shorter.audio_features->length, 2U);
  EXPECT_EQ(shorter.tokens, sample.tokens);
  EXPECT_EQ(shorter.waveform->frames(), 24000U);
  EXPECT_FALSE(fits(sample, limits));
  EXPECT_TRUE(fits(shorter, limits));
  EXPECT_TRUE(fits(sample, {}));
}

TEST(TokensTest, LengthStopsAtTheFirstPadding) {
  EXPECT_EQ(full_sample().tokens->length(), 4U);
}

TEST(TokensTest, RolesFollowTheLayoutOfTheFamily) {
  using enum TokenRole;
  Tokens tokens;
  tokens.ids = {0, 0, 1, 2, 3, 4, 5};
  tokens.mask = {0, 0, 1, 1, 1, 1, 0};
  tokens.segments = {0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(tokens.leading_padding(), 2U);
  EXPECT_EQ(tokens.roles(), (std::vector{kPadding, kPadding, kCls, kText, kText, kSep}));
  tokens.layout = {.before = 0, .after = 2};
  EXPECT_EQ(tokens.roles(), (std::vector{kPadding, kPadding, kText, kText, kSep, kCls}));
  tokens.layout = {.before = 0, .after = 0};
  EXPECT_EQ(tokens.roles(), (std::vector{kPadding, kPadding, kText, kText, kText, kText}));
  tokens.layout = {.before = 3, .after = 3};
  EXPECT_EQ(tokens.roles(), (std::vector{kPadding, kPadding, kCls, kSep, kSep, kSep})) << "shorter than its marks";
  tokens.mask = {0, 0, 0, 0, 0, 0, 0};
  EXPECT_TRUE(tokens.roles().empty());
  EXPECT_EQ(tokens.leading_padding(), 0U);
}

TEST(FaceTrackTest, MedianWidthSkipsFramesWithoutAFace) {
  FaceTrack track;
  track.boxes = {std::nullopt, FaceTrack::Box{0, 0, 10, 10, false}, FaceTrack::Box{0, 0, 30, 30, false},
                 FaceTrack::Box{0, 0, 20, 20, false}};
  EXPECT_EQ(track.found(), 3U);
  EXPECT_EQ(track.median_width(), 20);
  EXPECT_EQ(FaceTrack().median_width(), 0);
}

}  // namespace
}  // namespace shakedown
