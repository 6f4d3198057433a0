// The gallery of a run, end to end on clips: what is chosen, shown again, and kept out.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"
#include "shakedown/store/run_store.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

constexpr const char* kGallerySuite = R"(schema: shakedown.suite/1
name: gallery
seed: 7
cells:
  - {perturb: text.word_drop, protect: none, severity: [1, 5], replicates: 2}
  - {perturb: audio.background_noise, noise: babble, levels: {snr_db: [-10]}}
  - {perturb: video.low_light, severity: [3, 5]}
  - {perturb: missing.modality, keep: text+audio}
)";

constexpr std::size_t kBatch = 8;

class GalleryRunTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch = new Scratch;
    write(*scratch / "s.yaml", kGallerySuite);
    const auto finished = run("whole", {});
    ASSERT_EQ(finished.code, 0) << finished.error;
    said = finished.error;
  }
  static void TearDownTestSuite() { delete scratch; }

  static Finished run(const std::string& out, std::vector<std::string> more) {
    more.insert(more.end(), {"--batch-size", std::to_string(kBatch)});
    return shakedown(run_words(*scratch / "s.yaml", *scratch / out, more));
  }
  static std::string folder(const std::string& name) { return (*scratch / name).string(); }
  static Json manifest(const std::string& name) {
    return Json::parse(read(*scratch / (name + "/assets/gallery.json")));
  }
  static Json items(const std::string& name) { return manifest(name).at("items"); }
  static std::string page(const std::string& name) { return read(*scratch / (name + "/report.html")); }
  /// A copy of the whole run, to be harmed.
  static std::string copy(const std::string& name) {
    std::filesystem::copy(folder("whole"), folder(name), std::filesystem::copy_options::recursive);
    return folder(name);
  }

  static Scratch* scratch;
  static std::string said;
};
Scratch* GalleryRunTest::scratch = nullptr;
std::string GalleryRunTest::said;

TEST_F(GalleryRunTest, ARunLeavesAGalleryAndSaysThatThePageHoldsSamples) {
  const auto json = manifest("whole");
  EXPECT_EQ(json.at("schema"), "shakedown.gallery/1");
  EXPECT_TRUE(json.at("left_out").empty()) << json.at("left_out");
  ASSERT_GE(json.at("items").size(), 3U);
  EXPECT_LE(json.at("items").size(), 12U);
  std::set<std::pair<std::string, std::string>> cells;
  std::set<std::string> samples;
  for (const auto& item : json.at("items")) {
    EXPECT_TRUE(cells.emplace(item.at("rule"), item.at("cell")).second) << item.at("cell");
    EXPECT_TRUE(samples.insert(item.at("sample")).second) << item.at("sample");
    EXPECT_FALSE(item.at("media").empty());
  }
  EXPECT_THAT(said, HasSubstr("report.html holds " + std::to_string(samples.size()) + " samples of the data set"));
  const auto html = page("whole");
  EXPECT_THAT(html, HasSubstr("id=\"gallery\""));
  EXPECT_THAT(html, HasSubstr("src=\"data:audio/flac;base64,"));
  EXPECT_LT(html.size(), 8'000'000U);
}

TEST_F(GalleryRunTest, ReportMakesTheSameBytesAgain) {
  const auto before = page("whole");
  const auto finished = shakedown({"report", folder("whole")});
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_EQ(before, page("whole"));
  EXPECT_EQ(finished.error_lines(), 1U) << finished.error;
}

TEST_F(GalleryRunTest, WorkersAndResumingChangeNoByteOfIt) {
  ASSERT_EQ(run("five", {"--jobs", "5"}).code, 0);
  const auto compared = [&](const std::string& name) {
    auto one = manifest("whole"), other = manifest(name);
    EXPECT_EQ(one.at("items").size(), other.at("items").size());
    EXPECT_EQ(one, other);
  };
  compared("five");
  std::filesystem::remove_all(*scratch / "five/assets");
  ASSERT_EQ(run("five", {"--resume"}).code, 0);
  compared("five");
}

TEST_F(GalleryRunTest, TheStoredPredictionsAreThoseOfTheDump) {
  const auto dump = shakedown({"dump", folder("whole")}).out;
  for (const auto& item : items("whole")) {
    const std::string start = item.at("cell").get<std::string>() + "," + item.at("sample").get<std::string>() + ",";
    const auto at = dump.find(start);
    ASSERT_NE(at, std::string::npos) << start;
    const auto line = dump.substr(at, dump.find('\n', at) - at);
    const auto value = item.at("after").at("outputs").at(0).get<double>();
    bool found = false;
    for (std::size_t begin = 0; begin < line.size();
         begin = line.find(',', begin) == std::string::npos ? line.size() : line.find(',', begin) + 1) {
      char* end = nullptr;
      found = found || std::strtod(line.c_str() + begin, &end) == value;
    }
    EXPECT_TRUE(found) << line;
    if (item.at("rule") != "worst_flip") continue;
    EXPECT_EQ(item.at("before").at("decision"), item.at("label_class"));
    EXPECT_NE(item.at("after").at("decision"), item.at("label_class"));
  }
}

TEST_F(GalleryRunTest, ItsCommandShowsThatVerySample) {
  bool seen = false;
  for (const auto& item : items("whole")) {
    if (!item.at("cell").get<std::string>().starts_with("text.word_drop")) continue;
    auto words = item.at("command").get<std::vector<std::string>>();
    words.erase(words.begin());
    words.insert(words.end(), {"--out", folder("p.html")});
    const auto finished = shakedown(words);
    ASSERT_EQ(finished.code, 0) << finished.error;
    const auto html = read(*scratch / "p.html");
    std::size_t removed = 0;
    for (std::size_t at = html.find("<del>"); at != std::string::npos; at = html.find("<del>", at + 1)) {
      const auto run = html.substr(at + 5, html.find("</del>", at) - at - 5);
      removed += 1 + static_cast<std::size_t>(std::count(run.begin(), run.end(), ' '));
      EXPECT_THAT(page("whole"), HasSubstr("<del>" + run + "</del>"));
    }
    EXPECT_EQ(removed, item.at("text").at("removed").get<std::size_t>());
    seen = true;
  }
  EXPECT_TRUE(seen);
}

TEST_F(GalleryRunTest, RedactedAndNoneAndTheBaselineHoldNoWordSoundOrId) {
  std::set<std::string> texts, ids;
  for (const auto& item : items("whole")) {
    texts.insert(item.at("text").at("before"));
    ids.insert(item.at("sample"));
  }
  ASSERT_FALSE(texts.empty());
  for (const auto& text : texts) EXPECT_GT(text.size(), 8U);
  const auto expect_private = [&](const std::string& content, const std::string& what) {
    for (const auto& text : texts) EXPECT_EQ(content.find(text), std::string::npos) << what << ": " << text;
    EXPECT_EQ(content.find("data:audio"), std::string::npos) << what;
  };
  for (const char* mode : {"none", "redacted"}) {
    const auto finished =
        shakedown({"report", folder("whole"), "--assets", mode, "--out", folder(std::string(mode) + ".html")});
    ASSERT_EQ(finished.code, 0) << finished.error;
    EXPECT_EQ(finished.error, "") << mode;
    const auto html = read(*scratch / (std::string(mode) + ".html"));
    expect_private(html, mode);
    for (const auto& id : ids) EXPECT_EQ(html.find(id), std::string::npos) << mode << ": " << id;
    EXPECT_EQ(html.find("<article") != std::string::npos, std::string(mode) == "redacted");
  }
  ASSERT_EQ(shakedown({"baseline", folder("whole"), "--out", folder("baseline.json")}).code, 0);
  expect_private(read(*scratch / "baseline.json"), "baseline");
  expect_private(read(*scratch / "whole/results.json"), "results.json");
}

TEST_F(GalleryRunTest, ARunWithNoneLeavesNoAssetsAndTakesEarlierOnesAway) {
  const auto finished = run("quiet", {"--assets", "none"});
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_FALSE(std::filesystem::exists(*scratch / "quiet/assets"));
  EXPECT_THAT(finished.error, Not(HasSubstr("samples of the data set")));
  EXPECT_THAT(page("quiet"), HasSubstr("--assets none"));
  copy("again");
  ASSERT_EQ(run("again", {"--resume", "--assets", "none"}).code, 0);
  EXPECT_FALSE(std::filesystem::exists(*scratch / "again/assets"));
}

TEST_F(GalleryRunTest, ARunWithRedactedKeepsNoSoundAndNoWords) {
  ASSERT_EQ(run("hidden", {"--assets", "redacted"}).code, 0);
  for (const auto& entry : std::filesystem::directory_iterator(*scratch / "hidden/assets"))
    EXPECT_NE(entry.path().extension(), ".flac");
  for (const auto& item : items("hidden")) EXPECT_FALSE(item.at("text").contains("before"));
  EXPECT_EQ(page("hidden").find("data:audio"), std::string::npos);
}

TEST_F(GalleryRunTest, FolderRefersToTheAssetsBesideIt) {
  ASSERT_EQ(shakedown({"report", copy("linked"), "--assets", "folder"}).code, 0);
  EXPECT_THAT(page("linked"), HasSubstr("src=\"assets/"));
  EXPECT_THAT(page("linked"), Not(HasSubstr("src=\"data:")));
  const auto elsewhere =
      shakedown({"report", folder("linked"), "--assets", "folder", "--out", folder("elsewhere.html")});
  EXPECT_EQ(elsewhere.code, 2);
  EXPECT_EQ(elsewhere.error_lines(), 1U) << elsewhere.error;
  EXPECT_THAT(elsewhere.error, HasSubstr("must lie in"));
}

TEST_F(GalleryRunTest, HarmedAssetsAreALineAndTheReportIsMade) {
  const auto harmed = copy("harmed");
  for (const auto& entry : std::filesystem::directory_iterator(*scratch / "harmed/assets"))
    if (entry.path().extension() == ".flac") write(entry.path(), "not sound");
  const auto tampered = shakedown({"report", harmed});
  EXPECT_EQ(tampered.code, 0);
  EXPECT_THAT(tampered.error, HasSubstr("is not the file that was written (SHA-256)"));
  EXPECT_THAT(page("harmed"), Not(HasSubstr("data:audio")));
  write(*scratch / "harmed/assets/gallery.json", "{");
  const auto damaged = shakedown({"report", harmed});
  EXPECT_EQ(damaged.code, 0);
  EXPECT_EQ(damaged.error_lines(), 1U) << damaged.error;
  EXPECT_THAT(damaged.error, HasSubstr("gallery.json: is no JSON"));
  EXPECT_THAT(page("harmed"), HasSubstr("no gallery is shown"));
  std::filesystem::remove_all(*scratch / "harmed/assets");
  EXPECT_EQ(shakedown({"report", harmed}).code, 0);
  EXPECT_THAT(page("harmed"), HasSubstr("holds no assets"));
}

TEST_F(GalleryRunTest, WhatIsNotWhatTheModelWasGivenIsLeftOutAndCounted) {
  // The same run, but that the media of one perturbation had other digests.
  const auto run = store::read_run(folder("whole"), false, store::Masked::kKept);
  std::filesystem::create_directories(folder("other"));
  auto made = store::RunStore::create(folder("other"), run.header, run.samples, run.cells, kBatch);
  for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
    for (std::size_t first = 0; first < run.samples.size(); first += kBatch) {
      store::Unit unit{cell, first / kBatch, first, {}};
      for (std::size_t i = first; i < std::min(first + kBatch, run.samples.size()); ++i) {
        unit.outcomes.push_back(run.outcomes[cell][i]);
        if (run.cells[cell].id.starts_with("video.low_light")) unit.outcomes.back().media = {7, 7};
      }
      made->add(unit);
    }
  }
  made->finish(true, "");
  made.reset();
  std::size_t of_video = 0;
  for (const auto& item : items("whole")) of_video += item.at("cell").get<std::string>().starts_with("video") ? 1 : 0;
  ASSERT_GT(of_video, 0U);
  const auto finished = GalleryRunTest::run("other", {"--resume"});
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_EQ(items("other").size() + of_video, items("whole").size());
  EXPECT_EQ(manifest("other").at("left_out").size(), of_video);
  for (const auto& item : items("other")) EXPECT_FALSE(item.at("cell").get<std::string>().starts_with("video"));
  EXPECT_THAT(page("other"), HasSubstr("perturbed again it was not what the model was given"));
  EXPECT_THAT(finished.error, HasSubstr("left out of the gallery: perturbed again it is not what the model was given"));
}

TEST_F(GalleryRunTest, TwoModelsHaveAGalleryEach) {
  ASSERT_EQ(run("two", {"--model", reference("robust.pt").string()}).code, 0);
  EXPECT_EQ(manifest("two/plain"), manifest("whole"));
  EXPECT_NE(manifest("two/robust"), manifest("whole"));
}

TEST_F(GalleryRunTest, FeaturesAloneMakeAGalleryOfMaps) {
  const std::filesystem::path data = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "tests" / "data" / "cli";
  write(
      *scratch / "f.yaml",
      "schema: shakedown.suite/1\nname: f\ncells:\n  - {perturb: feature.noise, modality: audio, severity: [1, 5]}\n");
  const auto finished =
      shakedown({"run", "--model", (data / "additive.pt").string(), "--data", (data / "use.pkl").string(), "--suite",
                 (*scratch / "f.yaml").string(), "--out", folder("features")});
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto html = page("features");
  EXPECT_THAT(html, HasSubstr("Audio features, in the cell"));
  EXPECT_THAT(html, Not(HasSubstr("<audio")));
}

TEST_F(GalleryRunTest, AWrongModeIsOneLineBeforeAnyWork) {
  const auto finished = run("wrong", {"--assets", "hidden"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_EQ(finished.error_lines(), 1U) << finished.error;
  EXPECT_THAT(finished.error, HasSubstr("inline, folder, none or redacted is accepted"));
  EXPECT_FALSE(std::filesystem::exists(folder("wrong")));
}

}  // namespace
}  // namespace shakedown::test
