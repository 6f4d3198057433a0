#include "shakedown/suites/suite.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "shakedown/core/hash.h"

namespace shakedown::suites {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class SuiteTest : public testing::Test {
 protected:
  [[nodiscard]] Suite loaded(const std::string& cells, const std::string& head = "") const {
    const SuiteFile file(cells, head);
    return load(file.file(), registry_);
  }
  [[nodiscard]] Cell only_cell(const std::string& entry) const {
    auto suite = loaded("  - " + entry + "\n");
    EXPECT_EQ(suite.cells.size(), 1U);
    return suite.cells.front();
  }
  [[nodiscard]] std::string refusal(const std::string& entry, const std::string& head = "") const {
    return error_of([&] { static_cast<void>(loaded("  - " + entry + "\n", head)); });
  }
  perturb::Registry registry_ = fake_registry();
};

TEST_F(SuiteTest, TheScopeInADialogueIsPartOfACell) {
  const auto whole = only_cell("{perturb: video.shift, severity: [5]}");
  const auto all = only_cell("{perturb: video.shift, severity: [5], scope: all}");
  const auto target = only_cell("{perturb: video.shift, severity: [5], scope: target}");
  const auto history = only_cell("{perturb: video.shift, severity: [5], scope: history}");
  EXPECT_EQ(all.row.id, whole.row.id);
  EXPECT_EQ(all.row.definition, whole.row.definition);
  EXPECT_EQ(target.row.id, "video.shift[scope=target]@severity=5#0");
  EXPECT_EQ(target.scope, Cell::Scope::kTarget);
  EXPECT_EQ(history.scope, Cell::Scope::kHistory);
  EXPECT_EQ((std::set<std::string>{whole.row.definition, target.row.definition, history.row.definition}).size(), 3U);
  EXPECT_THAT(refusal("{perturb: video.shift, severity: [5], scope: past}"),
              HasSubstr("all, target and history are accepted"));
}

TEST_F(SuiteTest, ExpandsLevelsAndReplicatesInOrder) {
  const auto suite = loaded(
      "  - {perturb: missing.some, modality: text, levels: {rate: [0.1, 0.20]}, replicates: 2}\n"
      "  - {perturb: video.shift, severity: [5]}\n");
  EXPECT_THAT(ids(suite.cells),
              ElementsAre("missing.some[modality=text]@rate=0.1#0", "missing.some[modality=text]@rate=0.1#1",
                          "missing.some[modality=text]@rate=0.2#0", "missing.some[modality=text]@rate=0.2#1",
                          "video.shift@severity=5#0"));
  EXPECT_EQ(suite.cells[1].row.family, "missing.some[modality=text]");
  EXPECT_EQ(suite.cells[1].row.replicate, 1);
  EXPECT_EQ(suite.cells[1].row.axis, "rate");
  EXPECT_EQ(suite.cells[2].row.level, 0.2);
  EXPECT_EQ(suite.cells[1].row.modality, Modality::kText);
  EXPECT_EQ(suite.cells[4].row.axis, "severity");
  EXPECT_EQ(suite.cells[4].parts.at(0).params.at("frames"), "16");
}

TEST_F(SuiteTest, ListsParametersOffTheirDefaultsByName) {
  EXPECT_EQ(only_cell("{perturb: audio.hiss, noise: babble, clip: true, snr_db: 10.0}").row.id,
            "audio.hiss[clip=true,noise=babble]@snr_db=10#0");
  EXPECT_EQ(only_cell("{perturb: audio.hiss, noise: white, clip: false, severity: 3}").row.id,
            "audio.hiss@severity=3#0");
  EXPECT_EQ(only_cell("{perturb: missing.subset, keep: text+audio}").row.id, "missing.subset[keep=text+audio]#0");
  EXPECT_EQ(only_cell("{perturb: missing.subset, keep: [text, audio]}").row.id, "missing.subset[keep=text+audio]#0");
}

TEST_F(SuiteTest, NumbersPrintAsTheShortestDecimalOfTwelveDigits) {
  EXPECT_EQ(only_cell("{perturb: missing.some, levels: {rate: [0.30000000000000004]}}").row.id,
            "missing.some@rate=0.3#0");
  EXPECT_EQ(only_cell("{perturb: missing.some, levels: {rate: [3e-1]}}").row.id, "missing.some@rate=0.3#0");
}

TEST_F(SuiteTest, CompletesEveryParameterOfTheRow) {
  const auto cell = only_cell("{perturb: audio.hiss, severity: 2}");
  EXPECT_THAT(cell.row.parts.at(0).params,
              ElementsAre(std::pair("clip", "false"), std::pair("folder", ""), std::pair("noise", "white"),
                          std::pair("other", "1"), std::pair("snr_db", "15")));
  EXPECT_EQ(cell.row.parts.at(0).version, 3);
  EXPECT_EQ(cell.row.dose.name, "snr_db");
  EXPECT_EQ(cell.row.dose.unit, "dB");
  EXPECT_EQ(cell.row.dose.requested, 15);
  EXPECT_NE(cell.parts.at(0).perturbation, nullptr);
}

TEST_F(SuiteTest, KnowsTheSeverityOfADoseOnTheLadder) {
  EXPECT_EQ(only_cell("{perturb: audio.hiss, snr_db: 5}").row.severity, 4);
  EXPECT_FALSE(only_cell("{perturb: audio.hiss, snr_db: 7}").row.severity);
  EXPECT_EQ(only_cell("{perturb: audio.hiss, severity: 2.5}").row.severity, 2.5);
}

TEST_F(SuiteTest, SeverityIsContinuousAndZeroIsTheIdentity) {
  const auto half = only_cell("{perturb: video.shift, severity: 3.5}");
  EXPECT_EQ(half.row.dose.requested, 6) << "halfway between 4 and 8";
  EXPECT_FALSE(half.parts.at(0).identity);
  for (const auto* entry : {"{perturb: audio.hiss, severity: 0}", "{perturb: audio.hiss, snr_db: inf}",
                            "{perturb: missing.some, levels: {rate: [0]}}"}) {
    const auto cell = only_cell(entry);
    EXPECT_TRUE(cell.parts.at(0).identity) << entry;
    EXPECT_EQ(cell.row.severity, 0) << entry;
  }
  EXPECT_EQ(only_cell("{perturb: audio.hiss, snr_db: inf}").row.id, "audio.hiss@snr_db=inf#0");
}

TEST_F(SuiteTest, CellsBeyondTheValidDoseAreMarked) {
  EXPECT_TRUE(only_cell("{perturb: audio.hiss, snr_db: 5}").row.valid);
  EXPECT_FALSE(only_cell("{perturb: audio.hiss, snr_db: 4.9}").row.valid);
}

TEST_F(SuiteTest, ALevelMayRunOverAnotherNumber) {
  const auto suite = loaded("  - {perturb: audio.hiss, snr_db: 5, levels: {other: [2, 3]}}\n");
  EXPECT_THAT(ids(suite.cells), ElementsAre("audio.hiss[snr_db=5]@other=2#0", "audio.hiss[snr_db=5]@other=3#0"));
  EXPECT_EQ(suite.cells[0].row.dose.requested, 5);
}

TEST_F(SuiteTest, JoinsThePartsOfAComposition) {
  const auto cell = only_cell(
      "{compose: [{perturb: audio.hiss, snr_db: 7, noise: babble}, {perturb: text.drop, severity: 3}], replicates: 1}");
  EXPECT_EQ(cell.row.id, "audio.hiss[noise=babble]@snr_db=7+text.drop@severity=3#0");
  EXPECT_EQ(cell.row.family, "audio.hiss[noise=babble]@snr_db=7+text.drop@severity=3");
  EXPECT_EQ(cell.row.modality, Modality::kCross);
  EXPECT_EQ(cell.row.axis, "");
  EXPECT_FALSE(cell.row.level);
  EXPECT_EQ(cell.row.dose.name, "");
  ASSERT_EQ(cell.parts.size(), 2U);
  EXPECT_EQ(cell.parts[1].params.at("rate"), "0.3");
}

TEST_F(SuiteTest, ACompositionTakesTheWeakestLabelEffect) {
  const auto effect = [&](const std::string& parts) {
    return only_cell("{compose: [" + parts + "]}").row.label_effect;
  };
  EXPECT_EQ(effect("{perturb: audio.hiss, severity: 1}, {perturb: missing.some, severity: 1}"),
            LabelEffect::kUnknowable);
  EXPECT_EQ(effect("{perturb: missing.subset, keep: text}, {perturb: missing.some, severity: 1}"),
            LabelEffect::kDiagnostic);
}

TEST_F(SuiteTest, TheWindowIsPartOfTheId) {
  const auto id = [&](const std::string& at) {
    return only_cell("{perturb: audio.hiss, severity: 1, noise: babble, at: " + at + "}").row.id;
  };
  EXPECT_EQ(id("{start: 0.5, end: 1.2}"), "audio.hiss[at=0.5-1.2s,noise=babble]@severity=1#0");
  EXPECT_EQ(id("{from: 0.2, to: 0.4}"), "audio.hiss[at=0.2-0.4,noise=babble]@severity=1#0");
  EXPECT_EQ(id("{words: [3, 5]}"), "audio.hiss[at=words3-5,noise=babble]@severity=1#0");
  EXPECT_EQ(id("{random: 0.3, name: bus}"), "audio.hiss[at=random0.3:bus,noise=babble]@severity=1#0");
}

TEST_F(SuiteTest, AWindowOfAWholeCompositionIsSharedByItsParts) {
  const auto cell = only_cell(
      "{at: {random: 0.3}, compose: [{perturb: audio.hiss, severity: 1}, {perturb: text.drop, severity: 3, at: {from: "
      "0, "
      "to: 1}}, {perturb: video.shift, severity: 1}]}");
  EXPECT_EQ(cell.parts[0].at.name, cell.parts[2].at.name);
  EXPECT_NE(cell.parts[0].at.name, "");
  EXPECT_EQ(cell.parts[1].at.kind, perturb::At::Kind::kFraction);
}

TEST_F(SuiteTest, DefinitionsTellApartWhatIdsMayNot) {
  std::set<std::string> definitions;
  for (const auto* entry :
       {"{perturb: audio.hiss, severity: 1}", "{perturb: audio.hiss, severity: 2}",
        "{perturb: audio.hiss, severity: 1, noise: babble}",
        "{perturb: audio.hiss, severity: 1, at: {from: 0, to: 0.5}}", "{perturb: text.drop, severity: 1}"})
    definitions.insert(only_cell(entry).row.definition);
  EXPECT_EQ(definitions.size(), 5U);
  const auto twice = loaded("  - {perturb: audio.hiss, severity: 1, replicates: 2}\n").cells;
  EXPECT_NE(twice[0].row.definition, twice[1].row.definition);
  EXPECT_EQ(only_cell("{perturb: audio.hiss, severity: 1}").row.definition,
            only_cell("{perturb: audio.hiss, snr_db: 20}").row.definition)
      << "the same corruption, however it was asked for";
}

TEST_F(SuiteTest, ADefinitionRisesWithThePerturbationsVersion) {
  perturb::Registry other;
  for (const auto* spec : registry_.all()) {
    auto copy = *spec;
    ++copy.version;
    other.add(copy);
  }
  const SuiteFile file("  - {perturb: audio.hiss, severity: 1}\n");
  EXPECT_NE(load(file.file(), registry_).cells[0].row.definition, load(file.file(), other).cells[0].row.definition);
}

TEST_F(SuiteTest, ExternalCellsCarryTheDoseThatTheSuiteDeclares) {
  const SuiteFile file(
      "  - {perturb: external, name: bg_park, dose: {snr_db: 10, unit: dB}, label_effect: invariant, data: "
      "park.pkl}\n");
  std::ofstream(file.folder() / "park.pkl") << "x";
  const auto cell = load(file.file(), registry_).cells.at(0);
  EXPECT_EQ(cell.row.id, "external[name=bg_park]@snr_db=10#0");
  EXPECT_EQ(cell.row.family, "external[name=bg_park]");
  EXPECT_EQ(cell.row.dose.name, "snr_db");
  EXPECT_EQ(cell.row.dose.unit, "dB");
  EXPECT_EQ(cell.row.dose.requested, 10);
  EXPECT_EQ(cell.row.label_effect, LabelEffect::kInvariant);
  EXPECT_EQ(cell.parts[0].params.at("data"), (file.folder() / "park.pkl").string());
  EXPECT_EQ(cell.row.parts[0].params.at("data"), "park.pkl") << "what runs are matched by must not name a machine";
}

TEST_F(SuiteTest, PathsAreTakenFromTheFolderOfTheSuite) {
  const SuiteFile file("  - {perturb: audio.hiss, noise: folder, folder: sounds, severity: 1}\n");
  EXPECT_THAT(error_of([&] { static_cast<void>(load(file.file(), registry_)); }),
              AllOf(HasSubstr(file.file() + ":4: folder: '"), HasSubstr("does not exist")));
  std::filesystem::create_directory(file.folder() / "sounds");
  const auto cell = load(file.file(), registry_).cells.at(0);
  EXPECT_EQ(cell.parts[0].params.at("folder"), (file.folder() / "sounds").string());
  EXPECT_EQ(cell.row.id, "audio.hiss[folder=sounds,noise=folder]@severity=1#0");

  perturb::Registry shipped;
  perturb::register_builtins(shipped);
  const SuiteFile words("  - {perturb: text.word_drop, lexicon: own.tsv, severity: 1}\n");
  std::ofstream(words.folder() / "own.tsv") << "groovy\t2\n";
  const auto drop = load(words.file(), shipped).cells.at(0);
  EXPECT_EQ(drop.parts[0].params.at("lexicon"), (words.folder() / "own.tsv").string());
  EXPECT_EQ(drop.row.parts[0].params.at("lexicon"), "own.tsv");
}

TEST_F(SuiteTest, TwoCellsWithOneIdNameBothLines) {
  const SuiteFile file(
      "  - {perturb: text.drop, severity: [1, 2]}\n  - {perturb: audio.hiss, severity: 1}\n"
      "  - {perturb: text.drop, severity: 2}\n");
  EXPECT_THAT(
      error_of([&] { static_cast<void>(load(file.file(), registry_)); }),
      AllOf(HasSubstr(file.file() + ":6:"), HasSubstr("text.drop@severity=2#0"), HasSubstr(file.file() + ":4")));
}

TEST_F(SuiteTest, OneCorruptionUnderTwoIdsIsRefused) {
  EXPECT_THAT(refusal("{perturb: text.drop, severity: 3}\n  - {perturb: text.drop, rate: 0.3}"),
              AllOf(HasSubstr("text.drop@rate=0.3#0"), HasSubstr("does the same as 'text.drop@severity=3#0'")));
}

TEST_F(SuiteTest, MistakesAreOneLineWithFileLineAndWayOut) {
  struct Case {
    const char* entry;
    const char* said;
  };
  for (const auto& [entry, said] : std::initializer_list<Case>{
           {"{perturb: audio.his, severity: 1}",
            "mine.yaml:4: unknown perturbation 'audio.his' (did you mean 'audio.hiss'?)"},
           {"{perturb: audio.hiss, severty: 1}", "mine.yaml:4: unknown key 'severty' (did you mean 'severity'?)"},
           {"{perturb: audio.hiss, severity: 1, nose: babble}", "did you mean 'noise'?"},
           {"{perturb: audio.hiss, severity: 1, noise: bable}", "did you mean 'babble'?"},
           {"{perturb: audio.hiss, snr_db: 999}", "mine.yaml:4: audio.hiss: snr_db: 999 is outside [-30, 100] dB"},
           {"{perturb: audio.hiss, severity: 6}", "severity: 6 is outside [0, 5]"},
           {"{perturb: audio.hiss, severity: -1}", "severity: -1 is outside [0, 5]"},
           {"{perturb: audio.hiss, severity: loud}", "'loud' is not a number"},
           {"{perturb: audio.hiss, severity: []}", "severity: 1 to 1000 values"},
           {"{perturb: audio.hiss, severity: 1, snr_db: 10}", "severity and snr_db are given"},
           {"{perturb: audio.hiss, severity: 1, levels: {snr_db: [1]}}", "severity and levels are given"},
           {"{perturb: audio.hiss, snr_db: 1, levels: {snr_db: [1]}}", "snr_db is given here and under levels"},
           {"{perturb: audio.hiss, levels: {snr: [1]}}", "no number parameter of audio.hiss"},
           {"{perturb: audio.hiss, levels: {snr_db: [1, 500]}}", "500 is outside"},
           {"{perturb: audio.hiss, levels: {snr_db: [1], other: [2]}}", "one parameter"},
           {"{perturb: audio.hiss, snr_db: [20, 10]}", "several are given as levels: {snr_db: [...]}"},
           {"{perturb: audio.hiss}", "how strong? Give severity: [1, 2, 3, 4, 5] or levels: {snr_db: [...]}"},
           {"{perturb: missing.subset, severity: 1}", "has no severities"},
           {"{perturb: audio.hiss, severity: 1, replicates: 0}", "replicates: 0 is outside [1, 1000]"},
           {"{perturb: audio.hiss, severity: 1, at: 3}", "at: takes"},
           {"{perturb: audio.hiss, severity: 1, at: {start: 2, end: 1}}", "below end"},
           {"{perturb: audio.hiss, severity: 1, at: {from: 0.2}}", "'to:' is missing"},
           {"{perturb: audio.hiss, severity: 1, at: {from: 0.2, to: 1.4}}", "0 <= from < to <= 1"},
           {"{perturb: audio.hiss, severity: 1, at: {words: [5, 3]}}", "first not behind last"},
           {"{perturb: audio.hiss, severity: 1, at: {random: 2}}", "(0, 1]"},
           {"{perturb: audio.hiss, severity: 1, at: {random: 0.5, name: 'a,b'}}", "letters, digits"},
           {"{severity: 1}", "needs 'perturb:' or 'compose:'"},
           {"text.drop", "a cell is a map"},
           {"{compose: [{perturb: text.drop, severity: 1}]}", "two or more"},
           {"{compose: [{perturb: text.drop, severity: [1, 2]}, {perturb: audio.hiss, severity: 1}]}", "one level"},
           {"{compose: [{perturb: text.drop, severity: 1, replicates: 2}, {perturb: audio.hiss, severity: 1}]}",
            "unknown key 'replicates'"},
           {"{perturb: external, name: a, data: mine.yaml}", "'label_effect:' is missing"},
           {"{perturb: external, name: a, data: gone.pkl, label_effect: invariant}", "gone.pkl' does not exist"},
           {"{perturb: external, name: a, data: mine.yaml, label_effect: fine}", "label_effect: 'fine' is not one of"},
           {"{perturb: external, name: a, data: mine.yaml, label_effect: invariant, dose: {a: 1, b: 2}}",
            "one quantity"}}) {
    const auto message = refusal(entry);
    EXPECT_THAT(message, AllOf(HasSubstr(said), HasSubstr("mine.yaml:4: "))) << entry;
    EXPECT_THAT(message, testing::Not(HasSubstr("\n"))) << entry;
  }
  const std::string good = "{perturb: text.drop, severity: 1}";
  EXPECT_THAT(refusal(good, "seeds: 3\n"), AllOf(HasSubstr("mine.yaml:3: "), HasSubstr("did you mean 'seed'?")));
  EXPECT_THAT(refusal(good, "seed: -3\n"), HasSubstr("mine.yaml:3: seed:"));
  EXPECT_THAT(refusal(good, "weak_limit: 3\n"), HasSubstr("mine.yaml:3: weak_limit:"));
}

TEST_F(SuiteTest, ASuiteIsIdentifiedByItsBytes) {
  const auto suite = loaded("  - {perturb: text.drop, severity: 1}\n", "seed: 7\nversion: 2\nweak_limit: 0.25\n");
  EXPECT_EQ(suite.seed, 7U);
  EXPECT_EQ(suite.version, "2");
  EXPECT_EQ(suite.weak_limit, 0.25);
  EXPECT_FALSE(suite.shipped);
  EXPECT_EQ(suite.sha256, sha256(suite.text));
  EXPECT_THAT(suite.text, HasSubstr("weak_limit: 0.25"));
}

TEST_F(SuiteTest, AnUnknownNameListsWhatShips) {
  EXPECT_THAT(error_of([&] { static_cast<void>(load("smok", registry_)); }), HasSubstr("smoke@1"));
}

TEST_F(SuiteTest, PreviewTextIsOneCell) {
  EXPECT_EQ(parse_cell("audio.hiss{snr_db: 7, noise: babble}", registry_).row.id,
            "audio.hiss[noise=babble]@snr_db=7#0");
  EXPECT_EQ(parse_cell("text.drop@severity=3", registry_).row.id, "text.drop@severity=3#0");
  EXPECT_EQ(parse_cell("audio.hiss{noise: babble}@severity=3", registry_).row.id,
            "audio.hiss[noise=babble]@severity=3#0");
  EXPECT_EQ(parse_cell("audio.hiss{snr_db: 7, at: {from: 0, to: 0.5}}", registry_).row.id,
            "audio.hiss[at=0-0.5]@snr_db=7#0");
  EXPECT_THAT(error_of([&] { static_cast<void>(parse_cell("text.drop", registry_)); }), HasSubstr("how strong?"));
  EXPECT_THAT(error_of([&] { static_cast<void>(parse_cell("text.drp@severity=1", registry_)); }),
              HasSubstr("did you mean 'text.drop'?"));
  for (const auto* bad :
       {"text.drop{rate: 0.1", "text.drop@severity", "text.drop{rate: 0.1}x", "{}", "", "text.drop{]}"})
    EXPECT_NE(error_of([&] { static_cast<void>(parse_cell(bad, registry_)); }), "no error") << bad;
}

}  // namespace
}  // namespace shakedown::suites
