#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::set<std::string> registered() {
  const auto json = nlohmann::json::parse(shakedown({"list", "perturbations", "--json"}).out);
  std::set<std::string> names;
  for (const auto& row : json) names.insert(row.at("name").get<std::string>());
  return names;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

/// All pages of a catalogue by file name.
std::map<std::string, std::string> pages_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> pages;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    pages[entry.path().filename().string()] = read(entry.path());
  return pages;
}

/// The built-in catalogue, made once.
const std::map<std::string, std::string>& built_in() {
  static const std::map<std::string, std::string> pages = [] {
    const Scratch scratch;
    const auto finished = shakedown({"catalogue", "--out", (scratch / "c").string()});
    EXPECT_EQ(finished.code, 0) << finished.error;
    EXPECT_THAT(finished.out, HasSubstr("index.html"));
    return pages_of(scratch / "c");
  }();
  return pages;
}

/// What cannot be shown on any sample of the program's own.
const std::set<std::string>& needing_files() {
  static const std::set<std::string> kNames = {"external", "missing.given"};
  return kNames;
}

TEST(CatalogueTest, EveryRegisteredPerturbationHasItsPageAndItsPlaceInTheIndex) {
  const auto& pages = built_in();
  const auto& index = pages.at("index.html");
  const auto names = registered();
  ASSERT_GT(names.size(), 60U);
  EXPECT_EQ(pages.size(), names.size() + 1);
  for (const auto& name : names) {
    ASSERT_TRUE(pages.contains(name + ".html")) << name;
    EXPECT_EQ(count(index, "href=\"" + name + ".html\""), 1U) << name;
    EXPECT_THAT(pages.at(name + ".html"), HasSubstr("href=\"index.html\""));
  }
}

TEST(CatalogueTest, WhatIsShownHasItsSeveritiesAndWhatIsNotHasItsReason) {
  const auto& index = built_in().at("index.html");
  for (const auto& name : registered()) {
    const auto& page = built_in().at(name + ".html");
    const auto figures = count(page, "<figure>");
    if (needing_files().contains(name)) {
      EXPECT_EQ(figures, 0U) << name;
      EXPECT_THAT(page, HasSubstr("id=\"not-shown\"")) << name;
      EXPECT_THAT(index, HasSubstr("<tr><th scope=\"row\" class=\"id\">" + name + "</th>"));
      continue;
    }
    EXPECT_GE(figures, 2U) << name << " shows nothing beside the clean sample";
    EXPECT_EQ(index.find("<th scope=\"row\" class=\"id\">" + name + "</th>"), std::string::npos) << name;
    if (page.find(">severity 5</th>") == std::string::npos) continue;
    for (const char* level : {"severity 1", "severity 2", "severity 3", "severity 4", "severity 5"})
      EXPECT_THAT(page, HasSubstr("<figcaption><strong>" + std::string(level))) << name;
  }
}

TEST(CatalogueTest, ThePagesSayWhatTheDocumentSays) {
  std::ifstream document(std::string(SHAKEDOWN_SOURCE_DIR) + "/docs/catalogue.md");
  ASSERT_TRUE(document);
  std::string name;
  std::size_t parameters = 0;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("## ")) {
      name = line.substr(3);
      EXPECT_TRUE(built_in().contains(name + ".html")) << name;
    }
    if (name.empty() || !line.starts_with("| ") || line.starts_with("| parameter") || line.starts_with("| ---"))
      continue;
    const auto parameter = line.substr(2, line.find(" |") - 2);
    EXPECT_THAT(built_in().at(name + ".html"), HasSubstr("<th scope=\"row\"><code>" + parameter + "</code></th>"))
        << name;
    ++parameters;
  }
  EXPECT_GT(parameters, 150U);
}

TEST(CatalogueTest, SoundIsHeardWordsAreReadAndFeaturesAreMapped) {
  EXPECT_EQ(count(built_in().at("audio.gain.html"), "<audio"), 1 + 5U);
  EXPECT_EQ(count(built_in().at("video.low_light.html"), "alt=\"Frames, severity"), 5U);
  EXPECT_THAT(built_in().at("text.word_drop.html"), HasSubstr("<del>"));
  EXPECT_EQ(count(built_in().at("feature.gain.html"), "alt=\"Audio features, severity"), 5U);
  EXPECT_THAT(built_in().at("video.head_pose.html"), HasSubstr("axis: pitch"));
  EXPECT_THAT(built_in().at("audio.gain.html"), Not(HasSubstr("This page holds a sample of the data set")));
}

TEST(CatalogueTest, SameArgumentsSameBytes) {
  const Scratch scratch;
  ASSERT_EQ(shakedown({"catalogue", "--out", (scratch / "again").string()}).code, 0);
  EXPECT_TRUE(pages_of(scratch / "again") == built_in());
}

TEST(CatalogueTest, DataIsUsedWhereItServesAndSaidToBeInThePage) {
  const Scratch scratch;
  const auto finished = shakedown({"catalogue", "--data", clips().string(), "--out", (scratch / "c").string()});
  ASSERT_EQ(finished.code, 0) << finished.error;
  const auto pages = pages_of(scratch / "c");
  EXPECT_EQ(pages.size(), registered().size() + 1);
  EXPECT_THAT(pages.at("audio.gain.html"), HasSubstr("This page holds a sample of the data set"));
  EXPECT_THAT(pages.at("feature.gain.html"), Not(HasSubstr("This page holds a sample of the data set")));
  EXPECT_THAT(pages.at("feature.gain.html"), HasSubstr("built-in samples"));
  EXPECT_THAT(finished.error, HasSubstr("pass them on only where"));
  EXPECT_EQ(finished.error.find("not shown: audio"), std::string::npos);
}

TEST(CatalogueTest, AFolderThatWillNotDoIsOneLine) {
  const Scratch scratch;
  write(scratch / "full/old.html", "x");
  for (const auto& [out, says] :
       std::vector<std::pair<std::string, const char*>>{{(scratch / "full/old.html").string(), "is a file"},
                                                        {(scratch / "full").string(), "is not empty"},
                                                        {"/proc/self/nothing/here", "cannot be made"}}) {
    const auto finished = shakedown({"catalogue", "--out", out});
    EXPECT_EQ(finished.code, 2) << out;
    EXPECT_THAT(finished.error, HasSubstr(says));
    EXPECT_THAT(finished.error, HasSubstr(out));
    EXPECT_EQ(finished.error_lines(), 1U) << finished.error;
  }
  EXPECT_EQ(read(scratch / "full/old.html"), "x");
  for (const auto& words : std::vector<std::vector<std::string>>{{"--data", clips().string(), "--sample", "nobody"},
                                                                 {"--sample", "x"},
                                                                 {"--data", (scratch / "none").string()}}) {
    std::vector<std::string> all{"catalogue", "--out", (scratch / "new").string()};
    all.insert(all.end(), words.begin(), words.end());
    const auto finished = shakedown(all);
    EXPECT_EQ(finished.code, 2) << finished.error;
    EXPECT_EQ(finished.error_lines(), 1U) << finished.error;
    EXPECT_FALSE(std::filesystem::exists(scratch / "new"));
  }
}

}  // namespace
}  // namespace shakedown::test
