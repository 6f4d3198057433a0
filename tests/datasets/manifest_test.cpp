#include "manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kHead = "schema: shakedown.data/1\nformat: media\n";

std::string refused(const std::string& text) {
  const Folder folder;
  const auto file = folder.write("data.yaml", text);
  return refusal([&] { (void)read_manifest(file); });
}

TEST(ManifestTest, ValuesAreRead) {
  const Folder folder;
  const Manifest manifest = read_manifest(folder.write("data.yaml", std::string(kHead) + R"(path: clips
keys: {text: words, audio: wav}
speaker: actor
video: {fps: 12.5, max_side: 320, max_seconds: 30}
language: de
)"));
  EXPECT_EQ(manifest.root, folder.path() / "clips");
  EXPECT_EQ(manifest.key("text", "text"), "words");
  EXPECT_EQ(manifest.key("speaker", ""), "actor");
  EXPECT_EQ(manifest.key("mode", "mode"), "mode");
  EXPECT_EQ(manifest.limits.fps, 12.5);
  EXPECT_EQ(manifest.limits.max_side, 320);
  EXPECT_EQ(manifest.limits.max_seconds, 30);
  EXPECT_EQ(manifest.language, "de");
  EXPECT_EQ(manifest.name, folder.path().filename().string());
}

TEST(ManifestTest, MistakesAreNamedWithFileLineAndSuggestion) {
  EXPECT_THAT(refused(std::string(kHead) + "colums: {}\n"),
              AllOf(HasSubstr("data.yaml:3"), HasSubstr("did you mean 'columns'?")));
  EXPECT_THAT(refused(std::string(kHead) + "keys:\n  vission: v\n"), HasSubstr("data.yaml:4"));
  EXPECT_THAT(refused("schema: shakedown.data/1\nformat: hdf\n"),
              AllOf(HasSubstr("format 'hdf'"), HasSubstr("mmsa, npz, csd, facialmmt, media, meld")));
  EXPECT_THAT(refused("schema: shakedown.suite/1\nformat: mmsa\n"), HasSubstr("shakedown.data/1"));
  EXPECT_THAT(refused(std::string(kHead) + "convention: mosy\n"), HasSubstr("did you mean 'mosi'?"));
  EXPECT_THAT(refused(std::string(kHead) + "file: a\nfiles: {test: b}\n"), HasSubstr("one is expected"));
  EXPECT_THAT(refused(std::string(kHead) + "files: {val: a, dev: b}\n"), HasSubstr("'dev' is given twice"));
  EXPECT_THAT(refused(std::string(kHead) + "video: {fps: -1}\n"), HasSubstr("above 0"));
  EXPECT_THAT(refused(std::string(kHead) + "columns: {audio: {p: [3, 1]}}\n"), HasSubstr("empty"));
  EXPECT_THAT(refused(std::string(kHead) + "group: a\nkeys: {group: b}\n"), HasSubstr("one is expected"));
}

}  // namespace
}  // namespace shakedown::datasets::testing
