// text.asr_real: what becomes of the words, how they are scored, and the recognisers behind it. The error rate is
// counted here by a search of its own over all alignments.
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media_support.h"
#include "shakedown/core/text.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/decode.h"
#include "shakedown/perturb/apply.h"
#include "shakedown/perturb/recognisers.h"
#include "shakedown/perturb/synthetic.h"
#include "text/recognition.h"

namespace shakedown::perturb::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Says what it is told, by sample; counts how often it is asked.
class Told final : public Recogniser {
 public:
  explicit Told(std::function<std::string(const Utterance&)> says) : says_(std::move(says)) {}
  std::string recognise(const Utterance& utterance) const override {
    ++asked;
    return says_(utterance);
  }
  std::vector<std::pair<std::string, std::filesystem::path>> files() const override { return {}; }
  mutable std::atomic<int> asked = 0;

 private:
  std::function<std::string(const Utterance&)> says_;
};

class Hearing final : public Corpus {
 public:
  explicit Hearing(Shared<Recogniser> recogniser) : recogniser_(std::move(recogniser)) {}
  std::size_t size() const override { return 0; }
  const SampleInfo& info(std::size_t) const override { throw Error(ErrorKind::kInternal, "no other clips"); }
  const std::vector<std::size_t>& by_id() const override { return none_; }
  Sample load(std::size_t) const override { throw Error(ErrorKind::kInternal, "no other clips"); }
  Shared<FeatureStatistics> statistics(Form) const override { return nullptr; }
  std::optional<Sample> external(const std::string&, const std::string&) const override { return std::nullopt; }
  Shared<Recogniser> recogniser(const std::string&) const override { return recogniser_; }

 private:
  Shared<Recogniser> recogniser_;
  std::vector<std::size_t> none_;
};

Sample spoken(const std::string& text, const std::string& language = "en", const std::string& id = "a") {
  Sample sample;
  sample.id = id;
  sample.transcript = std::make_shared<const Transcript>(Transcript{text, {}, language});
  Waveform waveform;
  for (int i = 0; i < 8000; ++i) waveform.pcm.push_back(.3F * static_cast<float>(std::sin(.05 * i)));
  sample.waveform = std::make_shared<const Waveform>(std::move(waveform));
  return sample;
}

Outcome heard_as(const Sample& sample, const std::string& words) {
  return apply_to(sample, "text.asr_real", {}, Hearing(std::make_shared<Told>([&](const auto&) { return words; })));
}

// The fewest errors over all alignments, by trying each.
std::size_t fewest(const std::vector<std::string>& said, const std::vector<std::string>& heard, std::size_t i = 0,
                   std::size_t j = 0) {
  if (i == said.size()) return heard.size() - j;
  if (j == heard.size()) return said.size() - i;
  const std::size_t both = fewest(said, heard, i + 1, j + 1) + (said[i] == heard[j] ? 0 : 1);
  return std::min({both, 1 + fewest(said, heard, i + 1, j), 1 + fewest(said, heard, i, j + 1)});
}

TEST(AsrRealTest, TheWordsAreThoseOfTheRecogniser) {
  const auto out = heard_as(spoken("The film was good, and I loved it."), "the film was wood and i loved");
  EXPECT_EQ(out.effect.state, State::kApplied);
  EXPECT_EQ(out.after.transcript->text, "the film was wood and i loved");
  EXPECT_EQ(out.dose.eligible, 8);
  EXPECT_EQ(out.dose.taken, 2);
  EXPECT_DOUBLE_EQ(out.dose.realised, .25);
  auto measures = out.effect.measures;
  pool(measures);
  EXPECT_DOUBLE_EQ(measures.at("error_rate"), .25);
  EXPECT_DOUBLE_EQ(measures.at("substitutions"), .125);
  EXPECT_DOUBLE_EQ(measures.at("deletions"), .125);
  EXPECT_DOUBLE_EQ(measures.at("insertions"), 0);
  EXPECT_DOUBLE_EQ(measures.at("sentiment_word_errors"), .5) << "good of good and loved";
  ASSERT_EQ(out.effect.touched.size(), 2U);
  EXPECT_EQ(out.before.transcript->text.substr(static_cast<std::size_t>(out.effect.touched[0].begin), 4), "good");
  EXPECT_EQ(out.before.transcript->text.substr(static_cast<std::size_t>(out.effect.touched[1].begin), 2), "it");
}

TEST(AsrRealTest, CaseAndPunctuationAreNoErrorsAndYetAreGone) {
  const auto out = heard_as(spoken("Don\xE2\x80\x99t GO, please!"), "don't go please");
  EXPECT_EQ(out.effect.state, State::kApplied) << "the model reads other characters";
  EXPECT_EQ(out.dose.taken, 0);
  EXPECT_EQ(out.dose.eligible, 3);
  EXPECT_EQ(heard_as(spoken("don't go"), "don't go").effect.state, State::kUnchanged);
}

TEST(AsrRealTest, NothingHeardIsADeletionOfAll) {
  const auto out = heard_as(spoken("one two three"), "");
  EXPECT_EQ(out.effect.state, State::kApplied);
  EXPECT_EQ(out.after.transcript->text, "");
  EXPECT_DOUBLE_EQ(out.dose.realised, 1);
}

TEST(AsrRealTest, MoreHeardThanSaidIsARateAboveOne) {
  EXPECT_DOUBLE_EQ(heard_as(spoken("no"), "oh no not again you").dose.realised, 4);
}

TEST(AsrRealTest, UnspacedScriptsAreScoredByCharacter) {
  // 6 characters; one substituted, one lost.
  const auto out = heard_as(spoken("\xE6\x88\x91\xE5\x96\x9C\xE6\xAC\xA2\xE8\xBF\x99\xE9\x83\xA8\xE7\x89\x87", "zh"),
                            "\xE6\x88\x91\xE5\x96\x9C\xE6\xAC\xA2\xE8\x80\x85\xE9\x83\xA8");
  EXPECT_EQ(out.dose.eligible, 6);
  EXPECT_EQ(out.dose.taken, 2);
  // Words and characters side by side: 2 characters, then 1 word.
  const auto mixed = heard_as(spoken("\xE7\x9C\x9F\xE5\xA5\xBD awesome", "zh"), "\xE7\x9C\x9F\xE5\xA5\xBD awful");
  EXPECT_EQ(mixed.dose.eligible, 3);
  EXPECT_EQ(mixed.dose.taken, 1);
  EXPECT_EQ(heard_as(spoken("\xEC\x95\x88\xEB\x85\x95 \xEC\xB9\x9C\xEA\xB5\xAC", "ko"), "").dose.eligible, 2)
      << "Korean has spaces between words";
}

TEST(AsrRealTest, TheRateIsThatOfTheBestAlignment) {
  const std::vector<std::string> words = {"a", "b", "c"};
  std::uint64_t state = 7;
  const auto draw = [&](std::size_t n) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state >> 33U) % n;
  };
  for (int i = 0; i < 100; ++i) {
    std::vector<std::string> said(1 + draw(6)), heard(draw(7));
    for (auto* list : {&said, &heard})
      for (auto& word : *list) word = words[draw(3)];
    EXPECT_EQ(heard_as(spoken(join(said, " ")), join(heard, " ")).dose.taken, static_cast<double>(fewest(said, heard)));
  }
}

TEST(AsrRealTest, TimesFollowTheWordsThatWereHeard) {
  Sample sample = spoken("");
  Transcript timed{"One, two three four.", {{0, 3, 0, 1}, {5, 8, 1, 2}, {9, 14, 2, 3}, {15, 19, 3, 4}}, "en"};
  sample.transcript = std::make_shared<const Transcript>(timed);
  const auto out = heard_as(sample, "one to for really four");
  // two -> to, three -> for, "really" inserted, four
  const auto& times = out.after.transcript->times;
  ASSERT_EQ(times.size(), 4U);
  std::vector<std::string> words;
  std::vector<double> starts;
  for (const auto& word : times) {
    words.push_back(out.after.transcript->text.substr(word.begin, word.end - word.begin));
    starts.push_back(word.start_s);
  }
  EXPECT_THAT(starts, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(words.front(), "one");
  EXPECT_EQ(words.back(), "four");
}

TEST(AsrRealTest, ARecogniserThatFailsFailsTheSample) {
  const Hearing corpus(
      std::make_shared<Told>([](const auto&) -> std::string { throw Error(ErrorKind::kData, "out of order"); }));
  EXPECT_THROW((void)apply_to(spoken("a b"), "text.asr_real", {}, corpus), Error);
  EXPECT_EQ(apply_to(spoken("a b"), "text.asr_real", {}, MemoryCorpus()).effect.state, State::kSkipped);
}

TEST(AsrRealTest, TranscriptsOfAFileNeedNoSound) {
  class FromFile final : public Recogniser {
   public:
    std::string recognise(const Utterance& utterance) const override {
      EXPECT_EQ(utterance.waveform.frames(), 0U);
      return "a c";
    }
    std::vector<std::pair<std::string, std::filesystem::path>> files() const override { return {}; }
    bool hears() const override { return false; }
  };
  Sample silent = spoken("a b");
  silent.waveform = nullptr;
  EXPECT_EQ(apply_to(silent, "text.asr_real", {}, Hearing(std::make_shared<FromFile>())).after.transcript->text, "a c");
  const auto out = heard_as(silent, "a c");
  EXPECT_EQ(out.effect.state, State::kSkipped);
  EXPECT_THAT(out.effect.reason, HasSubstr("no audio.waveform"));
  Sample unwritten = spoken("");
  unwritten.transcript = nullptr;
  EXPECT_EQ(heard_as(unwritten, "a c").effect.state, State::kSkipped);
}

Part part_of(const std::string& name, const ParamMap& given) {
  Part part;
  part.spec = &builtins().find(name);
  part.params = part.spec->complete(given);
  part.perturbation = part.spec->create(part.params);
  return part;
}

TEST(AsrRealTest, CoupledOrNotTheNoiseIsTheSameBitForBit) {
  const auto recogniser = std::make_shared<Told>([](const auto& utterance) {
    return "energy " + format_number(std::round(1e4 * media::mean_square(utterance.waveform.pcm)));
  });
  const Hearing corpus(recogniser);
  const Sample clean = spoken("the words as people wrote them");
  auto noise = part_of("audio.background_noise", {{"snr_db", "5"}}), asr = part_of("text.asr_real", {});
  const auto uncoupled = apply_parts(clean, {noise}, corpus, 1, 0).sample;
  const auto coupled = apply_parts(clean, {noise, asr}, corpus, 1, 0).sample;
  EXPECT_EQ(uncoupled.waveform->pcm, coupled.waveform->pcm);
  EXPECT_EQ(uncoupled.transcript, clean.transcript);
  EXPECT_NE(coupled.waveform->pcm, clean.waveform->pcm);
  const auto alone = apply_parts(clean, {asr}, corpus, 1, 0).sample;
  EXPECT_NE(alone.transcript->text, coupled.transcript->text) << "it hears the noise";
  EXPECT_EQ(alone.waveform, clean.waveform);
}

TEST(AsrRealTest, ARecogniserIsToldWhichCellItHears) {
  std::vector<std::string> cells;
  const Hearing corpus(std::make_shared<Told>([&](const auto& utterance) {
    cells.push_back(utterance.sample_id + " " + utterance.cell);
    return "x";
  }));
  auto asr = part_of("text.asr_real", {});
  (void)apply_parts(spoken("a"), {asr}, corpus, 1, 0);
  asr.before = "audio.gain@severity=3#0";
  (void)apply_parts(spoken("a"), {asr}, corpus, 1, 0);
  EXPECT_THAT(cells, ElementsAre("a clean#0", "a audio.gain@severity=3#0"));
}

class RecogniserTest : public ::testing::Test {
 protected:
  RecogniserTest() { std::filesystem::create_directories(folder_); }
  ~RecogniserTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path write(const std::string& name, const std::string& text, bool runs = false) const {
    std::ofstream(folder_ / name) << text;
    if (runs) std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
    return folder_ / name;
  }
  std::unique_ptr<const Recogniser> open(const std::string& kind, const std::string& yaml) const {
    const auto whole = Yaml::parse(kind + ": " + yaml, "asr.yaml");
    return open_recogniser(kind, whole.get(kind), folder_);
  }
  std::string refusal(const std::string& kind, const std::string& yaml) const {
    try {
      static_cast<void>(open(kind, yaml));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  static std::string hear(const Recogniser& recogniser, const Waveform& sound, const std::string& id = "a",
                          const std::string& cell = "clean#0") {
    return recogniser.recognise({sound, id, cell});
  }
  static std::string failure(const Recogniser& recogniser, const Waveform& sound) {
    try {
      static_cast<void>(hear(recogniser, sound));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData) << error.what();
      return error.what();
    }
    return "";
  }
  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("recogniser_" + std::to_string(::getpid()));
  Waveform sound_ = Waveform{std::vector<float>(1600, .25F), 1, 16000};
};

using TranscriptsTest = RecogniserTest;

TEST_F(TranscriptsTest, RowsAreFoundByCellAndId) {
  write("t.csv",
        "id,text,cell\n007,\"hello,\n world\",clean#0\n007,yellow world,audio.gain@severity=3#0\nb,,clean#0\n");
  const auto recogniser = open("transcripts", "t.csv");
  EXPECT_EQ(hear(*recogniser, sound_, "007"), "hello, world");
  EXPECT_EQ(hear(*recogniser, sound_, "007", "audio.gain@severity=3#0"), "yellow world");
  EXPECT_EQ(hear(*recogniser, sound_, "b"), "") << "an empty transcript is one";
  EXPECT_FALSE(recogniser->hears());
  const auto why = [&](const std::string& id, const std::string& cell) {
    try {
      static_cast<void>(hear(*recogniser, sound_, id, cell));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(why("7", "clean#0"), "t.csv has no row of sample '7' and cell 'clean#0'");
  EXPECT_EQ(why("007", "audio.mute@severity=1#0"), "t.csv has no rows of cell 'audio.mute@severity=1#0'");
}

TEST_F(TranscriptsTest, MalformedFilesAreRefused) {
  EXPECT_THAT(refusal("transcripts", "none.csv"), HasSubstr("asr.yaml:1: '"));
  write("t.csv", "id,text\na,b\n");
  EXPECT_THAT(refusal("transcripts", "t.csv"), HasSubstr("no column 'cell'"));
  write("t.csv", "id,cell,text\na,clean#0,b\na,clean#0,c\n");
  EXPECT_THAT(refusal("transcripts", "t.csv"), HasSubstr("t.csv:3: sample 'a' of cell 'clean#0' is there already"));
  write("t.csv", "id,cell,text\na,clean#0\n");
  EXPECT_THAT(refusal("transcripts", "t.csv"), HasSubstr("t.csv:2: 2 fields"));
  write("t.csv", "id,cell,text\na,clean#0,\"b\n");
  EXPECT_THAT(refusal("transcripts", "t.csv"), HasSubstr("never closed"));
  write("t.csv", "id,cell,text\n");
  EXPECT_THAT(refusal("transcripts", "t.csv"), HasSubstr("holds no transcripts"));
  write("t.csv", "id,cell,text\na,clean#0,\xE9\n");
  EXPECT_THAT(refusal("transcripts", "t.csv"), HasSubstr("UTF-8"));
}

using CommandTest = RecogniserTest;

TEST_F(CommandTest, APathGoesInAndWordsComeOut) {
  write("asr.sh", "#!/bin/sh\n[ \"$2\" = '; touch pwned' ] || exit 9\nwc -c < \"$1\"; echo '  Hello \t World  '\n",
        true);
  const auto recogniser = open("command", "{words: [./asr.sh, \"{wav}\", \"; touch pwned\"], sample_rate: 8000}");
  EXPECT_EQ(hear(*recogniser, sound_), std::to_string(44 + 2 * 800) + " Hello World") << "800 samples of 16 bits";
  const auto floating =
      open("command", "{words: [./asr.sh, \"{wav}\", \"; touch pwned\"], sample_rate: 16000, encoding: float32}");
  EXPECT_THAT(hear(*floating, sound_), HasSubstr("Hello World"));
  EXPECT_GT(std::stoi(hear(*floating, sound_)), 4 * 1600);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "pwned"));
  ASSERT_EQ(recogniser->files().size(), 1U);
  EXPECT_EQ(recogniser->files()[0].second, std::filesystem::absolute(folder_ / "asr.sh"));
}

TEST_F(CommandTest, TheSoundIsInAPrivateFolderAndGoneAfterwards) {
  write("asr.sh", "#!/bin/sh\nstat -c '%a %n' \"$(dirname \"$1\")\"\n", true);
  std::string place;
  {
    const auto recogniser = open("command", "{words: [./asr.sh, \"{wav}\"]}");
    const auto said = hear(*recogniser, sound_);
    EXPECT_THAT(said, ::testing::StartsWith("700 "));
    place = said.substr(4);
    EXPECT_TRUE(std::filesystem::is_empty(place));
  }
  EXPECT_FALSE(std::filesystem::exists(place));
}

TEST_F(CommandTest, ScriptsAndNamedFilesAreWhatItDependsOn) {
  write("asr.py", "print('x')\n");
  write("model.bin", "weights");
  const auto recogniser = open("command", "{words: [sh, asr.py, \"{wav}\"], files: [model.bin]}");
  std::vector<std::string> names;
  for (const auto& [role, path] : recogniser->files()) names.push_back(role + " " + path.filename().string());
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("program sh", "file asr.py", "file model.bin"));
}

TEST_F(CommandTest, HostileProgramsFailTheSample) {
  write("hang.sh", "#!/bin/sh\nsleep 300\n", true);
  EXPECT_EQ(failure(*open("command", "{words: [./hang.sh, \"{wav}\"], timeout_s: 0.2}"), sound_),
            "hang.sh took longer than 0.2 s");
  write("flood.sh", "#!/bin/sh\nhead -c 1073741824 /dev/zero\n", true);
  EXPECT_EQ(failure(*open("command", "{words: [./flood.sh, \"{wav}\"]}"), sound_),
            "flood.sh printed more than 1048576 bytes");
  write("die.sh", "#!/bin/sh\necho \"cannot read $1\" >&2\nexit 2\n", true);
  EXPECT_EQ(failure(*open("command", "{words: [./die.sh, \"{wav}\"]}"), sound_),
            "die.sh ended with exit code 2: cannot read {wav}")
      << "the same reason in every run";
  write("crash.sh", "#!/bin/sh\nkill -ABRT $$\n", true);
  EXPECT_THAT(failure(*open("command", "{words: [./crash.sh, \"{wav}\"]}"), sound_), HasSubstr("signal 6"));
  write("latin.sh", "#!/bin/sh\nprintf 'caf\\351\\n'\n", true);
  EXPECT_EQ(failure(*open("command", "{words: [./latin.sh, \"{wav}\"]}"), sound_),
            "latin.sh: its transcript is not UTF-8");
  write("text.sh", "no interpreter", true);
  EXPECT_THAT(failure(*open("command", "{words: [./text.sh, \"{wav}\"]}"), sound_), HasSubstr("cannot be started"));
  write("quiet.sh", "#!/bin/sh\n", true);
  EXPECT_EQ(hear(*open("command", "{words: [./quiet.sh, \"{wav}\"]}"), sound_), "");
  EXPECT_EQ(hear(*open("command", "{words: [./quiet.sh, \"{wav}\"]}"), Waveform{}), "") << "an empty file is one";
}

TEST_F(CommandTest, MistakesInTheManifestAreNamed) {
  EXPECT_THAT(refusal("command", "{words: [sh, -c, \"echo x\"]}"), HasSubstr("asr.yaml:1: words: a list is expected"));
  EXPECT_THAT(refusal("command", "{words: \"whisper {wav}\"}"), HasSubstr("a list is expected"));
  EXPECT_THAT(refusal("command", "{words: [\"{wav}\", x]}"), HasSubstr("a list is expected"));
  EXPECT_THAT(refusal("command", "{words: [no-such-program, \"{wav}\"]}"),
              HasSubstr("'no-such-program' is no program in $PATH"));
  EXPECT_THAT(refusal("command", "{words: [./none, \"{wav}\"]}"), HasSubstr("no program that can be run"));
  EXPECT_THAT(refusal("command", "{words: [sh, \"{wav}\"], timeout_s: 0}"), HasSubstr("timeout_s: 0 is outside"));
  EXPECT_THAT(refusal("command", "{words: [sh, \"{wav}\"], encoding: mp3}"), HasSubstr("int16 and float32"));
  EXPECT_THAT(refusal("command", "{words: [sh, \"{wav}\"], files: [none]}"), HasSubstr("does not exist"));
  EXPECT_THAT(refusal("command", "{word: [sh, \"{wav}\"]}"), HasSubstr("did you mean 'words'"));
}

// A disk that is full: files of this process may have no bytes.
TEST_F(CommandTest, AFullDiskFailsTheSample) {
  const auto recogniser = open("command", "{words: [cat, \"{wav}\"]}");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit none{0, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &none);
  const auto why = failure(*recogniser, sound_);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(why, HasSubstr("cannot be written"));
}

TEST(CachedRecogniserTest, TheSameSoundIsRecognisedOnceWhoeverAsks) {
  const auto told = std::make_shared<Told>([](const auto& utterance) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return format_number(utterance.waveform.pcm.front());
  });
  const auto cached = make_cached(told, 1U << 20U);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const Waveform sound{std::vector<float>(100, static_cast<float>(i)), 1, 16000};
        wrong += cached->recognise({sound, "a", "b"}) == std::to_string(i) ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(told->asked, 20);
}

TEST(CachedRecogniserTest, RateAndChannelsAreHeard) {
  const auto told = std::make_shared<Told>([](const auto&) { return "x"; });
  const auto cached = make_cached(told, 1U << 20U);
  for (const auto& sound :
       {Waveform{{.5F, .5F}, 1, 16000}, Waveform{{.5F, .5F}, 1, 8000}, Waveform{{.5F, .5F}, 2, 16000}})
    (void)cached->recognise({sound, "a", "b"});
  EXPECT_EQ(told->asked, 3);
}

TEST(CachedRecogniserTest, MemoryIsBoundedAndTheLeastRecentGoes) {
  const auto told = std::make_shared<Told>([](const auto&) { return std::string(1000, 'x'); });
  const auto cached = make_cached(told, 10'000);  // some eight answers
  const auto ask = [&](int i) { (void)cached->recognise({Waveform{{static_cast<float>(i)}, 1, 16000}, "a", "b"}); };
  for (int i = 0; i < 100; ++i) {
    ask(0);  // asked for again and again, it stays
    ask(i);
  }
  EXPECT_EQ(told->asked, 100);
  ask(1);
  EXPECT_EQ(told->asked, 101) << "long gone";
}

TEST(CachedRecogniserTest, AFailureIsAnAnswer) {
  const auto told =
      std::make_shared<Told>([](const auto&) -> std::string { throw Error(ErrorKind::kData, "no words"); });
  const auto cached = make_cached(told, 1U << 20U);
  const Waveform sound{{.5F}, 1, 16000};
  for (int i = 0; i < 3; ++i) EXPECT_THROW((void)cached->recognise({sound, "a", "b"}), Error);
  EXPECT_EQ(told->asked, 1);
}

class PocketSphinxTest : public ::testing::Test {
 protected:
  static const Recogniser& recogniser() {
    static const auto kOpened = make_pocketsphinx(PocketSphinxModel::installed());
    return *kOpened;
  }
  static std::string hear(const Waveform& sound) { return recogniser().recognise({sound, "a", "b"}); }
};

// Sounds of no words still have answers that could depend on what came before.
std::vector<Waveform> voices() {
  const auto corpus = synthetic_corpus(6);
  std::vector<Waveform> all;
  for (std::size_t i = 0; i < corpus->size(); ++i) all.push_back(*corpus->load(i).waveform);
  return all;
}

TEST_F(PocketSphinxTest, NoAnswerDependsOnOrderOrThreads) {
  const auto sounds = voices();
  std::vector<std::string> alone;
  for (const auto& sound : sounds)
    alone.push_back(make_pocketsphinx(PocketSphinxModel::installed())->recognise({sound, "a", "b"}));
  for (std::size_t i = sounds.size(); i-- > 0;) EXPECT_EQ(hear(sounds[i]), alone[i]);
  for (std::size_t i = 0; i < sounds.size(); ++i) EXPECT_EQ(hear(sounds[(i * 5) % 6]), alone[(i * 5) % 6]);
  std::vector<std::thread> threads;
  std::vector<int> wrong(3, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < sounds.size(); ++i) {
        const std::size_t at = (i + 2 * t) % sounds.size();
        wrong[t] += hear(sounds[at]) == alone[at] ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST_F(PocketSphinxTest, EdgesOfSound) {
  EXPECT_EQ(hear(Waveform{}), "");
  EXPECT_EQ(hear(Waveform{{.5F}, 1, 16000}), "");
  EXPECT_NO_THROW((void)hear(Waveform{std::vector<float>(400, .1F), 1, 16000}));
  EXPECT_NO_THROW((void)hear(Waveform{std::vector<float>(16000, 0), 1, 16000}));
  EXPECT_NO_THROW((void)hear(Waveform{std::vector<float>(2000, 1e30F), 2, 44100}));
  EXPECT_THROW((void)hear(Waveform{std::vector<float>(16000, std::nanf("")), 1, 16000}), Error);
}

TEST_F(PocketSphinxTest, AModelThatIsNotThereIsNamed) {
  auto model = PocketSphinxModel::installed();
  model.language_model = "/no/such.lm.bin";
  try {
    (void)make_pocketsphinx(model);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("language_model '/no/such.lm.bin' does not exist"));
  }
  model = PocketSphinxModel::installed();
  model.language_model = "/etc/passwd";
  EXPECT_THROW((void)make_pocketsphinx(model), Error);
}

TEST_F(PocketSphinxTest, ItHearsRealSpeech) {
  const char* root = std::getenv("SHAKEDOWN_REAL_DATA");
  if (root == nullptr || !std::filesystem::is_directory(root)) GTEST_SKIP() << "SHAKEDOWN_REAL_DATA names no folder";
  const auto sound = media::decode_audio(std::filesystem::path(root) / "speech/speechbrain-asr/spk1_snt5.wav");
  const Transcript said{"sunday is the best part of the week", {}, "en"}, heard{hear(sound), {}, "en"};
  const auto found = compare(scored_units(said), heard);
  EXPECT_LE(found.alignment.errors(), 3U) << heard.text;
}

}  // namespace
}  // namespace shakedown::perturb::testing
