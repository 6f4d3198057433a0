#include <algorithm>
#include <map>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class PreviewTest : public testing::Test {
 protected:
  Finished preview(std::vector<std::string> more) {
    std::vector<std::string> words{"preview", "--data", clips().string(), "--out", (scratch / "p.html").string()};
    words.insert(words.end(), more.begin(), more.end());
    return shakedown(words);
  }
  std::string page() { return read(scratch / "p.html"); }
  Scratch scratch;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

/// Fields of one line of a dump; ids hold no quotes here.
std::vector<std::string> fields(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> out;
  for (std::string field; std::getline(stream, field, ',');) out.push_back(field);
  return out;
}

TEST_F(PreviewTest, TakesTheDrawsThatARunMakes) {
  write(scratch / "s.yaml",
        "schema: shakedown.suite/1\nname: s\nseed: 7\ncells:\n"
        "  - {perturb: text.word_drop, protect: none, severity: [2, 3, 4, 5]}\n");
  ASSERT_EQ(shakedown({"run", "--model", reference("plain.pt").string(), "--data", clips().string(), "--suite",
                       (scratch / "s.yaml").string(), "--limit", "2", "--out", (scratch / "r").string()})
                .code,
            0);
  std::istringstream table(shakedown({"dump", (scratch / "r").string()}).out);
  std::map<std::string, double> dropped;  // cell -> share, of one sample
  std::string line, sample;
  const std::string head = (std::getline(table, line), line);
  const auto names = fields(head);
  const auto dose_column = static_cast<std::size_t>(std::find(names.begin(), names.end(), "dose") - names.begin());
  while (std::getline(table, line)) {
    const auto row = fields(line);
    if (!row.at(0).starts_with("text.word_drop")) continue;
    if (sample.empty()) sample = row.at(1);
    if (row.at(1) == sample) dropped[row.at(0)] = std::stod(row.at(dose_column));
  }
  ASSERT_EQ(dropped.size(), 4U);
  const auto finished = preview({"--suite", (scratch / "s.yaml").string(), "--sample", sample});
  ASSERT_EQ(finished.code, 0) << finished.error;
  const std::string html = page();
  const std::regex taken(R"(; (\d+) of (\d+) taken here)");
  std::vector<double> shown;
  for (std::sregex_iterator at(html.begin(), html.end(), taken), end; at != end; ++at)
    shown.push_back(std::stod((*at)[1]) / std::stod((*at)[2]));
  std::vector<double> wanted;
  for (const auto& [cell, share] : dropped) wanted.push_back(share);
  ASSERT_EQ(shown.size(), wanted.size());
  for (std::size_t i = 0; i < shown.size(); ++i) EXPECT_NEAR(shown[i], wanted[i], 1e-6) << i;
}

TEST_F(PreviewTest, ANameAloneShowsEverySeverity) {
  const auto finished = preview({"--perturb", "audio.gain", "--perturb", "text.word_drop@severity=3"});
  ASSERT_EQ(finished.code, 0) << finished.error;
  EXPECT_EQ(count(page(), "<figure>"), 1 + 5 + 1U);
  EXPECT_EQ(count(page(), "<audio"), 1 + 5U);
  EXPECT_THAT(finished.error, HasSubstr("holds a sample of the data set"));
}

TEST_F(PreviewTest, WithoutAChoiceEverythingIsShownAndTheRestListed) {
  const auto finished = preview({});
  ASSERT_EQ(finished.code, 0) << finished.error;
  const std::string html = page();
  for (const char* name : {"video.motion_blur", "text.typo", "audio.codec", "missing.modality"})
    EXPECT_THAT(html, HasSubstr(name));
  EXPECT_THAT(finished.error, HasSubstr("not shown: feature.noise"));
  EXPECT_THAT(html, HasSubstr("id=\"not-shown\""));
}

TEST_F(PreviewTest, WrongWordsAreOneLine) {
  for (const auto& [words, expected] : std::vector<std::pair<std::vector<std::string>, const char*>>{
           {{"--sample", "nobody"}, "has no 'nobody'"},
           {{"--perturb", "audio.gian"}, "audio.gain"},
           {{"--perturb", "audio.gain", "--suite", "smoke"}, "one of them"},
           {{"--perturb", "feature.noise"}, "the data has no"},
           {{"--only", "nothing*"}, "nothing*"}}) {
    const auto finished = preview(words);
    EXPECT_EQ(finished.code, 2) << words.back();
    EXPECT_THAT(finished.error, HasSubstr(expected));
    EXPECT_EQ(finished.error_lines(), 1U) << finished.error;
  }
}

}  // namespace
}  // namespace shakedown::test
