#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::suites {
namespace {

using testing::Contains;
using testing::HasSubstr;

perturb::Registry builtins() {
  perturb::Registry registry;
  perturb::register_builtins(registry);
  return registry;
}

std::set<std::string> perturbations(const std::vector<Cell>& cells) {
  std::set<std::string> names;
  for (const auto& cell : cells)
    for (const auto& part : cell.row.parts) names.insert(part.perturbation);
  return names;
}

TEST(ShippedTest, EverySuiteLoadsUnderItsNameAndVersion) {
  const auto registry = builtins();
  ASSERT_FALSE(shipped().empty());
  for (const auto& info : shipped()) {
    const auto suite = load(info.name + "@" + info.version, registry);
    EXPECT_EQ(suite.name, info.name);
    EXPECT_EQ(suite.version, info.version);
    EXPECT_TRUE(suite.shipped);
    EXPECT_FALSE(info.doc.empty());
    EXPECT_EQ(load(info.name, registry).name, info.name);
  }
}

TEST(ShippedTest, SmokeOnFeaturesLeavesOutRawMediaAndSaysWhatWouldEnableThem) {
  const auto registry = builtins();
  Facts facts;
  facts.data = {Form::kTranscript, Form::kTokens, Form::kAudioFeatures, Form::kVisionFeatures};
  facts.model_reads = {Form::kTokens, Form::kAudioFeatures, Form::kVisionFeatures};
  const auto made = plan(load("smoke", registry), facts, false);
  EXPECT_EQ(made.cells.front().row.id, "clean#0");
  EXPECT_EQ(perturbations(made.cells), (std::set<std::string>{"feature.noise", "missing.block", "missing.modality",
                                                              "missing.random", "missing.temporal"}));
  std::set<std::string> left_out;
  for (const auto& cell : made.not_tested) {
    left_out.insert(cell.what);
    EXPECT_FALSE(cell.reason.empty());
    EXPECT_FALSE(cell.enable.empty());
  }
  EXPECT_THAT(left_out, Contains("text.word_drop"));
  EXPECT_THAT(left_out, Contains("video.low_light"));
  EXPECT_THAT(left_out, Contains("audio.background_noise[noise=babble]"));

  facts.tokens_from_transcript = true;
  facts.model_reads.add(Form::kTranscript);
  const auto with_vocab = plan(load("smoke", registry), facts, false);
  EXPECT_EQ(perturbations(with_vocab.cells).count("text.word_drop"), 1U);
  EXPECT_EQ(with_vocab.cells.at(1).row.id, "clean[text=retokenised]#0");
}

TEST(ShippedTest, StandardOnFeaturesRunsTheWholeFeatureFamily) {
  const auto registry = builtins();
  Facts facts;
  facts.data = {Form::kTranscript, Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};
  facts.model_reads = {Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};
  facts.columns = {{Form::kAudioFeatures, "pitch", 0, 1}, {Form::kVisionFeatures, "landmarks_x", 0, 68}};
  std::set<std::string> family;
  for (const auto* spec : registry.all())
    if (spec->name.starts_with("feature.")) family.insert(spec->name);
  EXPECT_EQ(family.size(), 9U);
  const auto made = plan(load("standard", registry), facts, false);
  const auto tested = perturbations(made.cells);
  EXPECT_TRUE(std::includes(tested.begin(), tested.end(), family.begin(), family.end()));
  for (const auto& missing : made.not_tested) EXPECT_THAT(missing.what, testing::Not(testing::StartsWith("feature.")));
}

TEST(ShippedTest, ColumnsWithoutNamesAreNotTestedAndSaidSo) {
  const auto registry = builtins();
  Facts facts;
  facts.data = facts.model_reads = {Form::kAudioFeatures, Form::kVisionFeatures};
  facts.layouts = {{Form::kAudioFeatures, "5 columns: hand-selected"}};
  const auto made = plan(load("standard", registry), facts, false);
  EXPECT_EQ(perturbations(made.cells).count("feature.f0_octave"), 0U);
  const auto found = std::find_if(made.not_tested.begin(), made.not_tested.end(),
                                  [](const auto& missing) { return missing.what == "feature.f0_octave"; });
  ASSERT_NE(found, made.not_tested.end());
  EXPECT_THAT(found->reason, HasSubstr("pitch or pitch_semitones"));
  EXPECT_THAT(found->reason, HasSubstr("hand-selected"));
  EXPECT_THAT(found->enable, HasSubstr("`columns:` in data.yaml"));
  const SuiteFile mine("  - {perturb: feature.channel_drop, modality: video, block: nose, fraction: 1}\n");
  EXPECT_THAT(error_of([&] { (void)plan(load(mine.file(), registry), facts, false); }),
              HasSubstr("columns named nose"));
}

TEST(ShippedTest, SmokeOnMediaTestsSoundAndPicture) {
  const auto registry = builtins();
  Facts facts;
  facts.data = {Form::kTranscript, Form::kWaveform, Form::kFrames};
  facts.model_reads = {Form::kWaveform, Form::kFrames};
  const auto made = plan(load("smoke", registry), facts, false);
  EXPECT_EQ(perturbations(made.cells), (std::set<std::string>{"audio.background_noise", "missing.modality",
                                                              "video.low_light", "video.motion_blur"}));
  for (const auto& cell : made.cells) EXPECT_THAT(cell.row.id, testing::Not(HasSubstr("keep=text")));
}

TEST(ShippedTest, SmokeForATextModelHasNoSubsets) {
  const auto registry = builtins();
  Facts facts;
  facts.data = {Form::kTranscript, Form::kAudioFeatures};
  facts.model_reads = {Form::kTranscript};
  const auto made = plan(load("smoke", registry), facts, false);
  EXPECT_THAT(ids(made.cells), Contains("missing.modality[keep=none]#0"));
  EXPECT_THAT(ids(made.cells), testing::Not(Contains("missing.modality[keep=text]#0")));
  EXPECT_EQ(perturbations(made.cells).count("text.word_drop"), 1U);
}

TEST(ShippedTest, TheSuiteInTheDocumentationLoadsAndGivesTheIdsShownThere) {
  std::ifstream document(std::string(SHAKEDOWN_TEST_DATA) + "/../../docs/formats.md");
  std::ostringstream text;
  text << document.rdbuf();
  const auto page = text.str();
  const auto begin = page.find("    schema: shakedown.suite/1");
  ASSERT_NE(begin, std::string::npos);
  const SuiteFile folder("");
  std::ofstream(folder.folder() / "park_snr10.pkl") << "x";
  std::ofstream(folder.file()) << page.substr(begin, page.find("\n\n", begin) - begin) << "\n";
  const auto found = ids(load(folder.file(), builtins()).cells);
  EXPECT_THAT(found, Contains("missing.block[sharing=shared]@rate=0#4"));
  for (const auto* shown :
       {"audio.background_noise[noise=babble]@snr_db=10#0", "text.word_drop[at=0-0.5]@fraction=0.2#0",
        "text.word_drop@severity=2+video.low_light@severity=3#0", "external[name=bg_park]@snr_db=10#0"}) {
    EXPECT_THAT(found, Contains(shown));
    EXPECT_THAT(page, HasSubstr(std::string("    ") + shown + "\n"));
  }
}

TEST(ShippedTest, PublishedProtocolsHaveTheirGrids) {
  const auto registry = builtins();
  const std::map<std::string, std::pair<std::size_t, double>> grids = {{"tfrnet", {10, 1}},
                                                                       {"emt-dlfr", {10, 1}},
                                                                       {"emt-dlfr-sims", {5, 0.5}},
                                                                       {"lnln", {9, 0.9}},
                                                                       {"niat-random", {50, 1}},
                                                                       {"niat-temporal", {50, 1}},
                                                                       {"niat-block", {50, 1}},
                                                                       {"niat-block-compat", {50, 1}},
                                                                       {"niat-modality", {3, 1}},
                                                                       {"openvna-random", {10, 1}},
                                                                       {"openvna-structural", {10, 1}},
                                                                       {"gcnet", {35, 0.7}},
                                                                       {"meta-na", {23, 1}},
                                                                       {"multibench-relative", {27, 0.3}}};
  for (const auto& [name, grid] : grids) {
    const auto suite = load(name, registry);
    EXPECT_EQ(suite.cells.size(), grid.first) << name;
    EXPECT_EQ(suite.cells.back().row.level, grid.second) << name;
  }
  EXPECT_THAT(ids(load("emt-dlfr", registry).cells), Contains("missing.protocol[preset=emt-dlfr]@rate=0.3#0"));
  EXPECT_EQ(load("unimf-subsets", registry).cells.size(), 6U) << "clean#0 is the seventh";
}

TEST(ShippedTest, EveryProtocolHasItsSection) {
  std::ifstream document(std::string(SHAKEDOWN_TEST_DATA) + "/../../docs/protocols.md");
  std::ostringstream text;
  text << document.rdbuf();
  std::string headings;
  std::istringstream lines(text.str());
  for (std::string line; std::getline(lines, line);) headings += line.starts_with("## ") ? line + ", " : "";
  for (const auto& info : shipped()) {
    if (info.name == "smoke" || info.name == "standard" || info.name == "full") continue;
    const auto suite = load(info.name, builtins());
    const bool published = std::any_of(suite.cells.begin(), suite.cells.end(), [](const Cell& cell) {
      return cell.row.parts.front().perturbation == "missing.protocol";
    });
    if (published) {
      EXPECT_THAT(headings, HasSubstr(info.name)) << "docs/protocols.md";
    }
  }
  for (const auto* name : {"gcnet", "unimf-subsets", "multibench-relative"}) EXPECT_THAT(headings, HasSubstr(name));
}

TEST(ShippedTest, ProtocolsNeedTokensAndBothFeatures) {
  const auto registry = builtins();
  Facts facts;
  facts.data = {Form::kTokens, Form::kAudioFeatures};
  facts.model_reads = {Form::kTokens, Form::kAudioFeatures};
  EXPECT_THROW((void)plan(load("tfrnet", registry), facts, false), Error);
}

}  // namespace
}  // namespace shakedown::suites
