#include "shakedown/perturb/apply.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "perturb/support.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Does what its test says, so that the contract around a perturbation can be seen.
class Scripted final : public Perturbation {
 public:
  struct Config {
    std::string what = "silence";
  };
  explicit Scripted(Config config) : what_(std::move(config.what)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (what_ == "shout") {
      auto text = std::make_shared<Transcript>(*sample.transcript);
      for (char& c : text->text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
      text->text += "!!";
      sample.transcript = std::move(text);
    } else if (what_ == "draw") {
      auto sound = std::make_shared<Waveform>(*sample.waveform);
      sound->pcm.assign(sound->pcm.size(), static_cast<float>(rng.stream("audio").uniform(0)));
      sample.waveform = std::move(sound);
    } else if (what_ == "silence" || what_ == "lie") {
      auto sound = std::make_shared<Waveform>(*sample.waveform);
      sound->pcm.assign(sound->pcm.size(), 0.0F);
      sample.waveform = std::move(sound);
      if (what_ == "lie") return Effect::skipped("nothing was done");
    } else if (what_ == "halve") {
      auto sound = std::make_shared<Waveform>(*sample.waveform);
      sound->pcm.resize(sound->pcm.size() / 2);
      sample.waveform = std::move(sound);
    } else if (what_ == "video") {
      sample.vision_features = ramp(2, 2);
    } else if (what_ == "mute reason") {
      return {State::kSkipped, "", {}, {}, 0, {}};
    } else if (what_ == "nothing") {
      return {};
    }
    Effect effect;
    effect.touched = {{0, 0.1}};
    effect.decisions = {42};
    return effect;
  }
  Dose measure(const Sample& before, const Sample&, const Effect& effect) const override {
    Dose dose;
    if (before.waveform) dose.total = static_cast<double>(before.waveform->frames());
    dose.taken = effect.state == State::kApplied ? dose.total : 0;
    return dose;
  }

 private:
  std::string what_;
};

const PerturbationSpec& scripted() {
  static const PerturbationSpec kSpec = Schema<Scripted>("test.scripted", Modality::kCross, "For tests.")
                                            .reads({Form::kTranscript, Form::kWaveform})
                                            .writes({Form::kTranscript, Form::kWaveform})
                                            .text("what", &Scripted::Config::what, "what to do")
                                            .build();
  return kSpec;
}

Part scripted_part(const std::string& what, At at = {}) {
  Part part;
  part.spec = &scripted();
  part.params = scripted().complete({{"what", what}});
  part.perturbation = scripted().create(part.params);
  part.at = std::move(at);
  return part;
}

At seconds(double begin, double end) {
  At at;
  at.kind = At::Kind::kSeconds;
  at.begin = begin;
  at.end = end;
  return at;
}

At words(double first, double last) {
  At at;
  at.kind = At::Kind::kWords;
  at.begin = first;
  at.end = last;
  return at;
}

At random(double length, std::string name) {
  At at;
  at.kind = At::Kind::kRandom;
  at.length = length;
  at.name = std::move(name);
  return at;
}

// One second of sound that is nowhere zero, and four words of which the third is long.
Sample clip() {
  Sample sample;
  sample.id = "a";
  Waveform sound;
  sound.sample_rate_hz = 1000;
  sound.pcm.assign(1000, 0.5F);
  sample.waveform = std::make_shared<Waveform>(sound);
  sample.transcript = std::make_shared<Transcript>(
      Transcript{"one two three, four.", {{0, 3, 0, .1}, {4, 7, .1, .2}, {8, 13, .2, .9}, {15, 19, .9, 1}}, "en"});
  return sample;
}

class ApplyTest : public testing::Test {
 protected:
  Applied apply(const Sample& sample, const std::vector<Part>& parts, std::uint64_t seed = 1) const {
    return apply_parts(sample, parts, *corpus_, seed, 0);
  }
  // First and one past the last zero value of the sound.
  static std::pair<std::size_t, std::size_t> silence(const Sample& sample) {
    const auto& pcm = sample.waveform->pcm;
    std::size_t begin = 0;
    while (begin < pcm.size() && pcm[begin] != 0) ++begin;
    std::size_t end = begin;
    while (end < pcm.size() && pcm[end] == 0) ++end;
    for (std::size_t i = end; i < pcm.size(); ++i) EXPECT_NE(pcm[i], 0.0F);
    return {begin, end};
  }
  std::string failure(const std::string& what) const {
    try {
      (void)apply(clip(), {scripted_part(what)});
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInternal);
      return error.what();
    }
    return "";
  }
  std::unique_ptr<Corpus> corpus_ = synthetic_corpus(2);
};

TEST_F(ApplyTest, RefusesAPerturbationThatBreaksItsPromises) {
  EXPECT_THAT(failure("video"), HasSubstr("test.scripted: it changed vision.features but declares to write"));
  EXPECT_THAT(failure("lie"), HasSubstr("it says 'skipped' but changed audio.waveform"));
  EXPECT_THAT(failure("mute reason"), HasSubstr("without a reason"));
  EXPECT_THAT(failure("nothing"), HasSubstr("applied but changed nothing"));
}

TEST_F(ApplyTest, RemovesFormsThatBecameStaleAndNoOthers) {
  Sample sample = clip();
  sample.audio_features = ramp(4, 2);
  sample.vision_features = ramp(4, 2);
  const Applied applied = apply(sample, {scripted_part("silence")});
  EXPECT_EQ(applied.sample.audio_features, nullptr);
  EXPECT_EQ(applied.sample.vision_features, sample.vision_features);
  EXPECT_EQ(applied.sample.transcript, sample.transcript);
  EXPECT_EQ(applied.stages.front().audio_features, sample.audio_features);
}

TEST_F(ApplyTest, KeepsEveryFormAtTheIdentity) {
  Sample sample = clip();
  sample.audio_features = ramp(4, 2);
  Part part = scripted_part("silence");
  part.identity = true;
  const Applied applied = apply(sample, {part});
  EXPECT_EQ(applied.sample.waveform, sample.waveform);
  EXPECT_EQ(applied.sample.audio_features, sample.audio_features);
  EXPECT_EQ(applied.effects.front().state, State::kUnchanged);
}

TEST_F(ApplyTest, SkipsASampleThatLacksTheInput) {
  Sample sample;
  sample.id = "a";
  sample.vision_features = ramp(4, 2);
  const Applied applied = apply(sample, {scripted_part("silence")});
  EXPECT_EQ(applied.effects.front().state, State::kSkipped);
  EXPECT_EQ(applied.effects.front().reason, "the sample has no text.transcript or audio.waveform");
}

TEST_F(ApplyTest, AppliesPartsInOrderWithDrawsOfTheirOwn) {
  const Applied applied = apply(clip(), {scripted_part("draw"), scripted_part("draw")});
  ASSERT_EQ(applied.stages.size(), 3U);
  EXPECT_NE(applied.stages[1].waveform->pcm[0], applied.stages[2].waveform->pcm[0]);
  EXPECT_EQ(applied.sample.waveform, applied.stages[2].waveform);
}

TEST_F(ApplyTest, PlacesSecondsInTheSound) {
  const Applied applied = apply(clip(), {scripted_part("silence", seconds(0.25, 0.5))});
  EXPECT_EQ(silence(applied.sample), std::pair(std::size_t{250}, std::size_t{500}));
  EXPECT_NEAR(applied.effects.front().touched.front().begin, 0.25, 1e-9);
  const Applied to_the_end = apply(clip(), {scripted_part("silence", seconds(0.9, 7))});
  EXPECT_EQ(silence(to_the_end.sample), std::pair(std::size_t{900}, std::size_t{1000}));
}

TEST_F(ApplyTest, SkipsSecondsBeyondTheClip) {
  const Sample sample = clip();
  const Applied applied = apply(sample, {scripted_part("silence", seconds(1.5, 2))});
  EXPECT_EQ(applied.effects.front().state, State::kSkipped);
  EXPECT_EQ(applied.effects.front().reason, "the clip ends before at: 1.5 s");
  EXPECT_EQ(applied.sample.waveform, sample.waveform);
}

TEST_F(ApplyTest, ChangesTheLengthOfATranscriptInsideAWindow) {
  const Applied applied = apply(clip(), {scripted_part("shout", words(1, 2))});
  const Transcript& text = *applied.sample.transcript;
  EXPECT_EQ(text.text, "one TWO THREE!!, four.");
  ASSERT_EQ(text.times.size(), 4U);
  EXPECT_EQ(text.text.substr(text.times[3].begin, text.times[3].end - text.times[3].begin), "four");
  EXPECT_EQ(text.text.substr(text.times[1].begin, text.times[1].end - text.times[1].begin), "TWO");
  EXPECT_DOUBLE_EQ(text.times[1].start_s, 0.1);
  EXPECT_DOUBLE_EQ(text.times[3].start_s, 0.9);
}

TEST_F(ApplyTest, PlacesWordsInTheSoundByTheirTimes) {
  const Applied applied = apply(clip(), {scripted_part("silence", words(2, 2))});
  EXPECT_EQ(silence(applied.sample), std::pair(std::size_t{200}, std::size_t{900}));
}

TEST_F(ApplyTest, PlacesTimeInTheTranscriptByWordTimes) {
  // 0.15 to 0.95 s: the middle of "two", 0.15, and that of "three", 0.55, but not that of "four", 0.95.
  EXPECT_EQ(apply(clip(), {scripted_part("shout", seconds(0.15, 0.95))}).sample.transcript->text,
            "one TWO THREE!!, four.");
}

TEST_F(ApplyTest, PlacesFractionsByWordsWhereThereAreNoTimes) {
  Sample sample = clip();
  auto text = std::make_shared<Transcript>(*sample.transcript);
  text->times.clear();
  sample.transcript = text;
  EXPECT_EQ(apply(sample, {scripted_part("shout", fraction(0.5, 1))}).sample.transcript->text,
            "one two THREE, FOUR.!!");
}

TEST_F(ApplyTest, RefusesWordsWithoutTimesAndSecondsWithoutAClock) {
  Sample sample;
  sample.id = "a";
  sample.transcript = std::make_shared<Transcript>(Transcript{"one two", {}, "en"});
  EXPECT_THROW((void)apply(sample, {scripted_part("shout", words(0, 1))}), Error);
  EXPECT_THROW((void)apply(sample, {scripted_part("shout", seconds(0, 1))}), Error);
  EXPECT_EQ(apply(clip(), {scripted_part("shout", words(3, 4))}).effects.front().reason,
            "the transcript has no word 4");
}

TEST_F(ApplyTest, RefusesToChangeTheLengthOfSoundInsideAWindow) {
  EXPECT_NO_THROW((void)apply(clip(), {scripted_part("halve")}));
  try {
    (void)apply(clip(), {scripted_part("halve", fraction(0, 0.5))});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("cannot be used with at:"));
  }
}

TEST_F(ApplyTest, WindowsThatAdjoinPartitionEveryForm) {
  for (const double edge : {0.0, 0.1, 0.333, 0.5, 0.77, 1.0}) {
    const Sample first = apply(clip(), {scripted_part("silence", fraction(0, edge))}).sample;
    const Sample second = apply(clip(), {scripted_part("silence", fraction(edge, 1))}).sample;
    for (std::size_t i = 0; i < 1000; ++i) {
      ASSERT_NE(first.waveform->pcm[i] == 0, second.waveform->pcm[i] == 0) << edge << " " << i;
    }
  }
}

TEST_F(ApplyTest, NamedRandomWindowsAreShared) {
  int different = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto silent = [&](const std::string& first, const std::string& second, std::size_t stage) {
      return silence(
          apply(clip(), {scripted_part("silence", random(0.3, first)), scripted_part("silence", random(0.3, second))},
                seed)
              .stages[stage]);
    };
    const auto alone = silent("bus", "bus", 1);
    EXPECT_EQ(silent("bus", "bus", 2), alone) << "the second part silences the same span again";
    EXPECT_NEAR(static_cast<double>(alone.second - alone.first), 300, 1);
    const Sample apart =
        apply(clip(), {scripted_part("silence", random(0.3, "")), scripted_part("silence", random(0.3, ""))}, seed)
            .sample;
    const auto zeros = std::count(apart.waveform->pcm.begin(), apart.waveform->pcm.end(), 0.0F);
    different += zeros > 301 ? 1 : 0;
  }
  EXPECT_GT(different, 15) << "unnamed windows are drawn by each part";
}

TEST_F(ApplyTest, WritesAtInOneForm) {
  EXPECT_EQ(At{}.canonical(), "");
  EXPECT_EQ(seconds(0.5, 1.20).canonical(), "{start: 0.5, end: 1.2}");
  EXPECT_EQ(fraction(0.2, 0.4).canonical(), "{from: 0.2, to: 0.4}");
  EXPECT_EQ(words(3, 5).canonical(), "{words: [3, 5]}");
  EXPECT_EQ(random(0.3, "bus").canonical(), "{random: 0.3, name: bus}");
}

TEST_F(ApplyTest, MeasuresInsideTheWindowAndWhatTheModelTakes) {
  const Part part = scripted_part("silence", fraction(0.25, 0.75));
  const Applied applied = apply(clip(), {part});
  EXPECT_EQ(measure_part(applied, {part}, 0, {}, 1, 0).taken, 500);
  InputLimits limits;
  limits.waveform_s = 0.5;
  const Dose dose = measure_part(applied, {part}, 0, limits, 1, 0);
  EXPECT_EQ(dose.taken, 250);
  EXPECT_EQ(dose.beyond, 250);
}

TEST_F(ApplyTest, DigestsDecisionsAndTheMediaThatChanged) {
  const Sample sample = clip();
  const Digests none = digest(sample, apply(sample, {}));
  EXPECT_EQ(none.decisions, "");
  EXPECT_EQ(none.media, "");
  const Digests silent = digest(sample, apply(sample, {scripted_part("silence")}));
  EXPECT_EQ(silent.media.size(), 32U);
  EXPECT_EQ(silent.decisions.size(), 32U);
  const Digests shouted = digest(sample, apply(sample, {scripted_part("shout")}));
  EXPECT_EQ(shouted.decisions, silent.decisions);
  EXPECT_NE(shouted.media, silent.media);
  EXPECT_EQ(digest(sample, apply(sample, {scripted_part("silence")})).media, silent.media) << "by content";
}

}  // namespace
}  // namespace shakedown::perturb
