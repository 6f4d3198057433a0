#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"

namespace shakedown::suites {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Feature pickles of the MMSA family, and a model that reads text.bert, audio and vision features.
Facts mmsa() {
  Facts facts;
  facts.data = {Form::kTranscript, Form::kTokens, Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};
  facts.model_reads = {Form::kTokens, Form::kAudioFeatures, Form::kVisionFeatures};
  return facts;
}

Facts with_vocab(Facts facts) {
  facts.tokens_from_transcript = true;
  facts.model_reads.add(Form::kTranscript);
  return facts;
}

class PlanTest : public testing::Test {
 protected:
  [[nodiscard]] Suite suite(const std::string& cells, bool shipped = false) const {
    const SuiteFile file(cells);
    auto made = load(file.file(), registry_);
    made.shipped = shipped;
    return made;
  }
  [[nodiscard]] std::string refusal(const std::string& entry, const Facts& facts) const {
    return error_of([&] { static_cast<void>(plan(suite("  - " + entry + "\n"), facts, false)); });
  }
  perturb::Registry registry_ = fake_registry();
};

const std::string kWordDrop = "{perturb: text.drop, severity: 1}";
const std::string kBoth = "  - {perturb: missing.some, severity: 1}\n  - {perturb: text.drop, severity: [1, 2]}\n";

TEST_F(PlanTest, DroppingWordsBeforeTokensWithoutAVocabularyIsRefusedWithTheLineToAdd) {
  EXPECT_THAT(refusal(kWordDrop, mmsa()),
              AllOf(HasSubstr("mine.yaml:4: text.drop@severity=1#0: "), HasSubstr("the model reads text.bert"),
                    HasSubstr("`vocab: vocab.txt` at the text.bert input of model.yaml")));
}

TEST_F(PlanTest, AShippedSuiteListsItInsteadUnlessStrict) {
  const auto made = plan(suite(kBoth, true), mmsa(), false);
  EXPECT_THAT(ids(made.cells), ElementsAre("clean#0", "missing.some@severity=1#0"));
  ASSERT_EQ(made.not_tested.size(), 1U) << "one line for both levels";
  EXPECT_EQ(made.not_tested[0].what, "text.drop");
  EXPECT_THAT(made.not_tested[0].reason, HasSubstr("no `vocab:`"));
  EXPECT_THAT(made.not_tested[0].enable, HasSubstr("vocab.txt"));
  EXPECT_THAT(error_of([&] { static_cast<void>(plan(suite(kBoth, true), mmsa(), true)); }), HasSubstr("vocab"));
}

TEST_F(PlanTest, WithAVocabularyTextCellsReferToTheRetokenisedClean) {
  const auto made = plan(suite(kBoth), with_vocab(mmsa()), false);
  EXPECT_THAT(ids(made.cells), ElementsAre("clean#0", "clean[text=retokenised]#0", "missing.some@severity=1#0",
                                           "text.drop@severity=1#0", "text.drop@severity=2#0"));
  EXPECT_EQ(made.cells[2].row.reference, "clean#0") << "it changes the tokens as stored";
  EXPECT_EQ(made.cells[3].row.reference, "clean[text=retokenised]#0");
  EXPECT_EQ(removed_by_reference(made.cells[0].row), Forms{});
  EXPECT_EQ(removed_by_reference(made.cells[1].row), Forms{Form::kTokens});
  EXPECT_EQ(removed_by_reference(made.cells[3].row), Forms{});
  EXPECT_TRUE(made.cells[1].row.clean());
  EXPECT_NE(made.cells[0].row.definition, made.cells[1].row.definition);
}

TEST_F(PlanTest, WithoutStoredTokensTheCleanCellIsTokenisedAnyway) {
  auto facts = with_vocab(mmsa());
  facts.data = facts.data - Forms{Form::kTokens};
  const auto made = plan(suite("  - " + kWordDrop + "\n"), facts, false);
  EXPECT_THAT(ids(made.cells), ElementsAre("clean#0", "text.drop@severity=1#0"));
  EXPECT_EQ(made.cells[1].row.reference, "clean#0");
}

TEST_F(PlanTest, WhatTheModelDoesNotReadIsNotTested) {
  auto facts = mmsa();
  facts.model_reads = {Form::kTokens, Form::kVisionFeatures};
  const auto entry = "{perturb: missing.some, modality: audio, severity: 1}";
  EXPECT_THAT(refusal(entry, facts), HasSubstr("the model does not read audio"));
  EXPECT_EQ(refusal("{perturb: missing.some, modality: text+audio, severity: 1}", facts), "no error");
  EXPECT_EQ(refusal("{perturb: missing.some, severity: 1}", facts), "no error");
  EXPECT_THAT(refusal("{perturb: missing.subset, keep: text+video}", facts), HasSubstr("does not read audio"));
  EXPECT_THAT(refusal("{perturb: missing.subset, keep: text+audio}", facts),
              HasSubstr("does not read audio, which this cell keeps"));
  EXPECT_EQ(refusal("{perturb: missing.subset, keep: text}", facts), "no error");
  EXPECT_EQ(refusal("{perturb: missing.subset, keep: none}", facts), "no error");
}

TEST_F(PlanTest, WhatTheDataLacksIsNamed) {
  auto facts = mmsa();
  facts.model_reads = facts.model_reads | Forms{Form::kWaveform, Form::kFrames};
  EXPECT_THAT(refusal("{perturb: audio.hiss, severity: 1}", facts),
              AllOf(HasSubstr("the data has no audio.waveform"), HasSubstr("clips with sound")));
  EXPECT_THAT(refusal("{perturb: video.shift, severity: 1}", facts), HasSubstr("the data has no video.frames"));
}

TEST_F(PlanTest, FeaturesThatCannotBeComputedAgainAreNamed) {
  auto facts = mmsa();
  facts.data = facts.data | Forms{Form::kWaveform};
  EXPECT_THAT(refusal("{perturb: audio.hiss, severity: 1}", facts),
              AllOf(HasSubstr("the model reads audio.features, which cannot be computed again from the changed "
                              "audio.waveform"),
                    HasSubstr("external")));
  facts.model_reads = {Form::kWaveform};
  EXPECT_EQ(refusal("{perturb: audio.hiss, severity: 1}", facts), "no error");
  EXPECT_THAT(refusal("{perturb: missing.some, severity: 1}", facts), HasSubstr("the model reads audio.waveform"))
      << "steps lost from features that this model does not read would leave it on the clean sound";
}

TEST_F(PlanTest, ACompositionIsFollowedPartByPart) {
  auto facts = mmsa();
  facts.data = facts.data | Forms{Form::kWaveform};
  facts.model_reads = {Form::kWaveform, Form::kTokens};
  EXPECT_THAT(
      refusal("{compose: [{perturb: audio.hiss, severity: 1}, {perturb: missing.some, modality: audio, severity: "
              "1}]}",
              facts),
      HasSubstr("audio.features, which an earlier part of the composition makes stale"));
  EXPECT_EQ(refusal("{compose: [{perturb: audio.hiss, severity: 1}, {perturb: missing.some, modality: text, severity: "
                    "1}]}",
                    facts),
            "no error");
}

TEST_F(PlanTest, DonorsAreAskedFor) {
  auto facts = mmsa();
  const std::string entry = "{perturb: feature.wobble}";
  EXPECT_EQ(refusal(entry, facts), "no error");
  facts.speakers = 1;
  EXPECT_THAT(refusal(entry, facts), AllOf(HasSubstr("one speaker"), HasSubstr("`speaker:` in data.yaml")));
}

TEST_F(PlanTest, AWindowThatNoSampleCanPlaceIsRefused) {
  const auto entry = [](const std::string& at) {
    return "{perturb: missing.some, modality: audio, severity: 1, at: " + at + "}";
  };
  auto facts = mmsa();
  EXPECT_EQ(refusal(entry("{from: 0.2, to: 0.4}"), facts), "no error");
  EXPECT_THAT(refusal(entry("{words: [1, 2]}"), facts), HasSubstr("word times"));
  EXPECT_THAT(refusal(entry("{start: 0.5, end: 1}"), facts), HasSubstr("fractions instead"));
  facts.word_times = true;
  EXPECT_EQ(refusal(entry("{words: [1, 2]}"), facts), "no error");
  EXPECT_EQ(refusal(entry("{start: 0.5, end: 1}"), facts), "no error");
}

TEST_F(PlanTest, TheLabelEffectDependsOnWhatTheModelReads) {
  const auto effect = [&](const Facts& facts) {
    return plan(suite("  - " + kWordDrop + "\n"), facts, false).cells.back().row.label_effect;
  };
  auto facts = with_vocab(mmsa());
  EXPECT_EQ(effect(facts), LabelEffect::kInvariant);
  facts.model_reads = {Form::kTokens, Form::kTranscript};
  EXPECT_EQ(effect(facts), LabelEffect::kUnknowable);
}

TEST_F(PlanTest, ASuiteOfWhichNothingIsLeftIsRefused) {
  const auto nothing = suite("  - {perturb: audio.hiss, severity: 1}\n", true);
  EXPECT_THAT(error_of([&] { static_cast<void>(plan(nothing, mmsa(), false)); }),
              AllOf(HasSubstr("suite 'mine'"), HasSubstr("audio.waveform")));
}

TEST_F(PlanTest, SelectingKeepsCleanCellsThatAreReferredTo) {
  const auto made = plan(suite(kBoth), with_vocab(mmsa()), false);
  EXPECT_EQ(select(made.cells, {}).size(), 5U);
  EXPECT_THAT(ids(select(made.cells, {"text.*@severity=2#?"})),
              ElementsAre("clean#0", "clean[text=retokenised]#0", "text.drop@severity=2#0"));
  EXPECT_THAT(ids(select(made.cells, {"missing*"})), ElementsAre("clean#0", "missing.some@severity=1#0"));
  EXPECT_THAT(error_of([&] { static_cast<void>(select(made.cells, {"text.drp*"})); }),
              AllOf(HasSubstr("--only text.drp*"), HasSubstr("are text.drop@severity=1#0, ")));
}

TEST_F(PlanTest, AGlobAmongSeveralThatSelectsNothingIsNamed) {
  const auto all = suite(kBoth);
  const auto selected = select(plan(all, with_vocab(mmsa()), false).cells, {"missing*", "clean#0"});
  EXPECT_EQ(error_of([&] { check_only({"missing*", "clean#0"}, selected, all); }), "no error");
  EXPECT_THAT(error_of([&] {
                check_only({"missing*", "text.drp*"}, selected, all);
              }),
              HasSubstr("--only text.drp*: no"));
  EXPECT_THAT(error_of([&] {
                check_only({"missing*", "text.drop*"}, selected, all);
              }),
              HasSubstr("text.drop@severity=1#0 is not tested"));
}

/// Clips, and a model that reads the words and nothing else.
Facts words_of_clips() {
  Facts facts;
  facts.data = {Form::kTranscript, Form::kWaveform, Form::kFrames};
  facts.model_reads = {Form::kTranscript};
  return facts;
}

const std::string kHeard = "{perturb: text.heard}";
const std::string kCoupled = "{compose: [{perturb: audio.hiss, snr_db: 5}, {perturb: text.heard}]}";

TEST_F(PlanTest, AWayOfMakingTheInputHasItsOwnCleanCell) {
  const auto made = plan(suite("  - " + kHeard + "\n  - " + kCoupled + "\n  - {perturb: text.drop, severity: 1}\n"),
                         words_of_clips(), false);
  EXPECT_THAT(ids(made.cells), ElementsAre("clean#0", "clean[text=heard]#0", "text.heard#0",
                                           "audio.hiss@snr_db=5+text.heard#0", "text.drop@severity=1#0"));
  const auto& reference = made.cells[1];
  EXPECT_TRUE(reference.row.clean());
  EXPECT_EQ(reference.row.reference, "clean#0");
  ASSERT_EQ(reference.parts.size(), 1U) << "the clean sample goes through it";
  EXPECT_EQ(reference.parts[0].spec->name, "text.heard");
  EXPECT_EQ(reference.parts[0].before, "clean#0");
  EXPECT_TRUE(reference.row.dose.fraction) << "what it measures is pooled";
  EXPECT_EQ(made.cells[2].row.reference, "clean#0") << "it is the step from the one to the other";
  EXPECT_EQ(made.cells[3].row.reference, "clean[text=heard]#0");
  EXPECT_EQ(made.cells[3].parts[1].before, "audio.hiss@snr_db=5#0");
  EXPECT_EQ(made.cells[4].row.reference, "clean#0");
  EXPECT_EQ(removed_by_reference(reference.row), Forms{Form::kTokens}) << "tokens are made from what was heard";
}

TEST_F(PlanTest, EachOfSeveralWaysHasOne) {
  const std::string hiss = "  - compose: [{perturb: audio.hiss, snr_db: 5}, {perturb: text.heard";
  const SuiteFile file(hiss + "}]\n" + hiss + ", folder: .}]\n");
  const auto made = plan(load(file.file(), registry_), words_of_clips(), false);
  EXPECT_THAT(ids(made.cells),
              ElementsAre("clean#0", "clean[text=heard]#0", "clean[folder=.,text=heard]#0",
                          "audio.hiss@snr_db=5+text.heard#0", "audio.hiss@snr_db=5+text.heard[folder=.]#0"));
  EXPECT_NE(made.cells[1].row.definition, made.cells[2].row.definition);
  EXPECT_EQ(made.cells[4].row.reference, "clean[folder=.,text=heard]#0");
}

TEST_F(PlanTest, ReplicatesAreHeardInTheirOwnNoise) {
  const auto made =
      plan(suite("  - {compose: [{perturb: audio.hiss, snr_db: 5}, {perturb: text.heard}], replicates: 2}\n"),
           words_of_clips(), false);
  ASSERT_EQ(made.cells.size(), 4U);
  EXPECT_EQ(made.cells[2].parts[1].before, "audio.hiss@snr_db=5#0");
  EXPECT_EQ(made.cells[3].parts[1].before, "audio.hiss@snr_db=5#1");
}

TEST_F(PlanTest, SoundThatTheWordsAreMadeFromIsRead) {
  EXPECT_EQ(refusal(kCoupled, words_of_clips()), "no error");
  EXPECT_THAT(refusal("{perturb: audio.hiss, snr_db: 5}", words_of_clips()),
              HasSubstr("the model does not read audio"));
  EXPECT_THAT(refusal("{compose: [{perturb: text.heard}, {perturb: audio.hiss, snr_db: 5}]}", words_of_clips()),
              HasSubstr("the model does not read audio"));
}

TEST_F(PlanTest, WordsThatAreMadeAnewLoseWhatWasDoneToThem) {
  EXPECT_THAT(refusal("{compose: [{perturb: text.drop, severity: 1}, {perturb: text.heard}]}", words_of_clips()),
              HasSubstr("text.heard makes text.transcript anew, so that what an earlier part did to it is lost"));
  EXPECT_EQ(refusal("{compose: [{perturb: text.heard}, {perturb: text.drop, severity: 1}]}", words_of_clips()),
            "no error");
  EXPECT_THAT(refusal("{perturb: text.heard, at: {from: 0.1, to: 0.2}}", words_of_clips()),
              HasSubstr("takes whole clips and no window"));
}

}  // namespace
}  // namespace shakedown::suites
