// text.asr_real from the command line: reference cells, coupling, provenance, failures.
#include <filesystem>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

class AsrTest : public testing::Test {
 protected:
  // A recogniser of four words that depend on every byte of the sound.
  void write_command() const {
    write(
        scratch / "asr.sh",
        "#!/bin/sh\nset -- $(cksum < \"$1\")\nfor w in 0 1 2 3; do\n"
        "  case $(( ($1 >> (3 * w)) % 5 )) in 0) echo the;; 1) echo soup;; 2) echo was;; 3) echo good;; *) echo bad;; "
        "esac\ndone\n");
    std::filesystem::permissions(scratch / "asr.sh", std::filesystem::perms::owner_all);
    write(scratch / "asr.yaml", "schema: shakedown.asr/1\nname: by bytes\ncommand: {words: [./asr.sh, \"{wav}\"]}\n");
  }
  void write_suite(const std::string& cells) const {
    write(scratch / "asr-suite.yaml", "schema: shakedown.suite/1\nname: asr\nseed: 3\ncells:\n" + cells);
  }
  /// On the first ten clips.
  Finished run(const std::string& out, std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--limit", "10"});
    return shakedown(run_words(scratch / "asr-suite.yaml", scratch / out, more));
  }
  [[nodiscard]] Json results(const std::string& out) const { return Json::parse(read(scratch / out / "results.json")); }
  static Json cell(const Json& results, const std::string& id) {
    for (const auto& one : results.at("cells"))
      if (one.at("id") == id) return one;
    ADD_FAILURE() << "no cell " << id;
    return {};
  }
  [[nodiscard]] std::string dump(const std::string& run) const {
    return shakedown({"dump", (scratch / run).string()}).out;
  }

  static constexpr const char* kCells =
      "  - {perturb: audio.background_noise, snr_db: 5}\n"
      "  - {perturb: text.asr_real, asr: asr.yaml}\n"
      "  - compose: [{perturb: audio.background_noise, snr_db: 5}, {perturb: text.asr_real, asr: asr.yaml}]\n";
  static constexpr const char* kNoise = "audio.background_noise@snr_db=5";
  static constexpr const char* kAsr = "text.asr_real[asr=asr.yaml]";
  static constexpr const char* kReference = "clean[asr=asr.yaml,text=asr]#0";
  Scratch scratch;
};

TEST_F(AsrTest, CellsReferToTheReRecognisedCleanTextAndStandBesideTheGoldOne) {
  write_command();
  write_suite(kCells);
  const auto finished = run("r");
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto json = results("r");
  ASSERT_EQ(json.at("cells").size(), 5U);
  EXPECT_EQ(json.at("cells")[0].at("id"), "clean#0");
  EXPECT_EQ(json.at("cells")[1].at("id"), kReference);
  const auto reference = json.at("cells")[1];
  EXPECT_EQ(reference.at("n_applied"), 10);
  EXPECT_GT(reference.at("dose").at("realised").at("mean").get<double>(), .5) << "four words of five at random";
  EXPECT_EQ(reference.at("from_stored").at("reference"), "clean#0");

  const auto uncoupled = cell(json, std::string(kNoise) + "#0"),
             coupled = cell(json, std::string(kNoise) + "+" + kAsr + "#0"),
             alone = cell(json, std::string(kAsr) + "#0");
  EXPECT_EQ(uncoupled.at("reference"), "clean#0");
  EXPECT_TRUE(uncoupled.at("from_stored").is_null());
  EXPECT_EQ(coupled.at("reference"), kReference);
  EXPECT_EQ(alone.at("reference"), "clean#0") << "it is the step from the gold text to what is heard in clean sound";
  EXPECT_EQ(alone.at("flips").at("all"), reference.at("from_stored").at("flips").at("all"));
  for (const auto& warning : json.at("warnings")) EXPECT_NE(warning.at("id"), "vacuous_modality") << warning;
  EXPECT_EQ(coupled.at("from_stored").at("flips").at("all").at("n"), 10);
  EXPECT_TRUE(coupled.at("from_stored").at("change").at("value").is_number());
  // The rate on clean sound beside that in noise; sums over the corpus, not means over utterances.
  const auto& measures = coupled.at("measures");
  EXPECT_EQ(measures.at("error_rate.clean"), reference.at("measures").at("error_rate"));
  EXPECT_NEAR(measures.at("error_rate").get<double>(),
              measures.at("substitutions").get<double>() + measures.at("deletions").get<double>() +
                  measures.at("insertions").get<double>(),
              1e-9);
  EXPECT_NEAR(measures.at("error_rate").get<double>(), measures.at("text.asr_real.realised").get<double>(), 1e-9);
  EXPECT_NEAR(reference.at("measures").at("error_rate").get<double>(),
              reference.at("dose").at("realised").at("mean").get<double>(), 1e-9);
}

TEST_F(AsrTest, TheNumberOfWorkersChangesNoByte) {
  write_command();
  write_suite(kCells);
  ASSERT_EQ(run("one", {"--jobs", "1", "--batch-size", "4"}).code, 0);
  ASSERT_EQ(run("three", {"--jobs", "3", "--batch-size", "4"}).code, 0);
  EXPECT_EQ(dump("one"), dump("three"));
}

TEST_F(AsrTest, TheSameSoundIsRecognisedOnce) {
  write_command();
  const auto script = read(scratch / "asr.sh");
  write(scratch / "asr.sh", "#!/bin/sh\ncat \"$1\" | cksum >> asked\n" + script.substr(10));
  write_suite(kCells);
  ASSERT_EQ(run("r").code, 0);
  std::istringstream asked(read(scratch / "asked"));
  std::size_t lines = 0;
  std::set<std::string> sounds;
  for (std::string line; std::getline(asked, line); ++lines) sounds.insert(line);
  // Clean and noisy sound of 10 clips; the gallery perturbs a few once more, with a cache of the same run.
  EXPECT_EQ(lines, sounds.size() + 1) << "tried twice on noise";
  EXPECT_EQ(lines, 22U);
}

TEST_F(AsrTest, AChangedRecogniserIsNotGoneOnWith) {
  write_command();
  write_suite(kCells);
  ASSERT_EQ(run("r").code, 0);
  std::set<std::string> roles;
  const auto json = results("r");
  for (const auto& input : json.at("data").at("files")) roles.insert(input.at("role").get<std::string>());
  EXPECT_THAT(roles, testing::IsSupersetOf({"text.asr_real.asr", "text.asr_real.program"}));
  EXPECT_EQ(run("r", {"--resume"}).code, 0);
  write(scratch / "asr.sh", read(scratch / "asr.sh") + "echo again\n");
  const auto refused = run("r", {"--resume"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.error, AllOf(HasSubstr("text.asr_real.program"), HasSubstr("asr.sh")));
}

TEST_F(AsrTest, TranscriptsComeByCellAndMissingOnesAreFailures) {
  write(scratch / "asr.yaml", "schema: shakedown.asr/1\ntranscripts: t.csv\n");
  std::istringstream labels(read(clips() / "label.csv"));
  std::string csv = "cell,id,text\n", line, first;
  std::getline(labels, line);
  while (std::getline(labels, line)) {
    const auto comma = line.find(','), second = line.find(',', comma + 1);
    const auto id = line.substr(0, comma) + "$_$" + line.substr(comma + 1, second - comma - 1);
    csv += "clean#0," + id + ",the soup was good\n";
    if (!first.empty()) csv += std::string(kNoise) + "#0," + id + ",the soup was bad\n";
    if (first.empty()) first = id;
  }
  write(scratch / "t.csv", csv);
  write_suite(kCells);
  const auto finished = run("r");
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto coupled = cell(results("r"), std::string(kNoise) + "+" + kAsr + "#0");
  EXPECT_EQ(coupled.at("n_failed"), 1);
  EXPECT_THAT(coupled.at("reasons").dump(),
              HasSubstr("t.csv has no row of sample '" + first + "' and cell '" + std::string(kNoise) + "#0'"));
  EXPECT_EQ(cell(results("r"), kReference).at("n_failed"), 0);
  write(scratch / "t.csv", csv + "clean#0,more,x\n");
  EXPECT_THAT(run("r", {"--resume"}).error, HasSubstr("text.asr_real.transcripts"));
}

TEST_F(AsrTest, MistakesAreOneLineBeforeAnyWork) {
  write_suite(kCells);
  const auto refused = [&](const std::string& manifest) {
    write(scratch / "asr.yaml", manifest);
    const auto finished = run("r");
    EXPECT_EQ(finished.code, 2) << finished.error;
    EXPECT_EQ(finished.error_lines(), 1U) << finished.error;
    EXPECT_FALSE(std::filesystem::exists(scratch / "r"));
    return finished.error;
  };
  EXPECT_THAT(refused("schema: shakedown.asr/1\n"), HasSubstr("needs one of ctc:, command:, transcripts:"));
  EXPECT_THAT(refused("schema: shakedown.asr/2\ncommand: x\n"), HasSubstr("shakedown.asr/1"));
  EXPECT_THAT(refused("schema: shakedown.asr/1\ncomand: x\n"), HasSubstr("did you mean 'command'"));
  EXPECT_THAT(refused("schema: shakedown.asr/1\ntranscripts: t.csv\npocketsphinx: {}\n"),
              HasSubstr("'transcripts' and 'pocketsphinx' are given"));
  EXPECT_THAT(refused("schema: shakedown.asr/1\ntranscripts: t.csv\n"), HasSubstr("t.csv' does not exist"));
  EXPECT_THAT(refused("schema: shakedown.asr/1\npocketsphinx: {dictionary: none.dict}\n"),
              HasSubstr("none.dict' does not exist"));
  EXPECT_THAT(refused("schema: shakedown.asr/1\ncommand: {words: [./none, \"{wav}\"]}\n"),
              AllOf(HasSubstr("asr-suite.yaml:6: text.asr_real: "), HasSubstr("'./none' is no program")));
  EXPECT_THAT(refused("schema: shakedown.asr/1\ncommand: {words: [sh, -c, \"echo broken >&2; exit 3\", \"{wav}\"]}\n"),
              HasSubstr("tried on a second of noise: sh ended with exit code 3: broken"));
  EXPECT_THAT(refused("schema: shakedown.asr/1\ncommand: {words: [sh, -c, \"date +%N\", \"{wav}\"]}\n"),
              HasSubstr("results would not be repeatable"));
  write_suite("  - {perturb: text.asr_real, asr: none.yaml}\n");
  EXPECT_THAT(run("r").error, HasSubstr("none.yaml' does not exist"));
  write_suite("  - {perturb: text.asr_real, at: {from: 0.2, to: 0.4}}\n");
  EXPECT_THAT(run("r").error, HasSubstr("takes whole clips and no window"));
  write_suite("  - compose: [{perturb: text.typo, severity: 3}, {perturb: text.asr_real}]\n");
  EXPECT_THAT(run("r").error, HasSubstr("makes text.transcript anew"));
}

TEST_F(AsrTest, PocketSphinxHearsTheSameWithAnyNumberOfWorkers) {
  write_suite("  - compose: [{perturb: audio.background_noise, snr_db: 15}, {perturb: text.asr_real}]\n");
  ASSERT_EQ(run("one", {"--jobs", "1", "--batch-size", "2"}).code, 0);
  ASSERT_EQ(run("four", {"--jobs", "4", "--batch-size", "2"}).code, 0);
  EXPECT_EQ(dump("one"), dump("four"));
  const auto json = results("one");
  EXPECT_EQ(json.at("cells")[1].at("id"), "clean[text=asr]#0");
  std::set<std::string> roles;
  for (const auto& input : json.at("data").at("files")) roles.insert(input.at("role").get<std::string>());
  EXPECT_THAT(roles, testing::IsSupersetOf(
                         {"text.asr_real.acoustic_model", "text.asr_real.language_model", "text.asr_real.dictionary"}));
}

TEST_F(AsrTest, TheExampleHasEveryLevelWithAndWithoutCoupling) {
  const auto suite = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "examples" / "asr" / "coupling.yaml";
  const auto finished = shakedown({"check", "--model", reference("plain.pt").string(), "--data", clips().string(),
                                   "--suite", suite.string(), "--limit", "1", "--batch-size", "1"});
  ASSERT_EQ(finished.code, 0) << finished.error;
  for (const char* cell : {"clean[text=asr]#0", "audio.background_noise[noise=babble]@snr_db=0#0",
                           "audio.background_noise[noise=babble]@snr_db=0+text.asr_real#0"})
    EXPECT_THAT(finished.out, HasSubstr(cell));
}

TEST_F(AsrTest, PreviewShowsWhatWasHeard) {
  write_command();
  write_suite(kCells);
  const auto finished = shakedown({"preview", "--data", clips().string(), "--suite",
                                   (scratch / "asr-suite.yaml").string(), "--out", (scratch / "p.html").string()});
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_THAT(read(scratch / "p.html"), AllOf(HasSubstr("text.asr_real"), HasSubstr("error_rate"), HasSubstr("<del>"),
                                              Not(HasSubstr("error_rate.taken"))));
}

}  // namespace
}  // namespace shakedown::test
