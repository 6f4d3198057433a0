// The gallery from its media to the page, and what may not be in it.

#include "shakedown/reports/gallery.h"

#include <cmath>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pictures.h"
#include "reports/support.h"
#include "reports/synthetic.h"
#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"

namespace shakedown::reports {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

std::string slurp(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void put(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

Shared<Waveform> tone(double amplitude, std::size_t frames = 8000) {
  auto waveform = std::make_shared<Waveform>();
  for (std::size_t i = 0; i < frames; ++i)
    waveform->pcm.push_back(static_cast<float>(amplitude * std::sin(0.2 * static_cast<double>(i))));
  return waveform;
}

/// A frame of fine stripes: what is left of them says how much can be recognised.
Shared<Image> stripes(int width = 120, int height = 96) {
  auto image = std::make_shared<Image>();
  image->width = width;
  image->height = height;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) image->pixels.push_back(x / 2 % 2 == 0 ? 255 : static_cast<std::uint8_t>(2 * y));
  return image;
}

Shared<Clip> clip_of(std::size_t frames) {
  auto clip = std::make_shared<Clip>();
  clip->frames.assign(frames, stripes());
  return clip;
}

constexpr const char* kWords = "what a zygomorphic afternoon indeed";

class GalleryPageTest : public ::testing::Test {
 protected:
  GalleryPageTest() : results(test::regression_results()) {
    for (const auto& cell : results.cells)
      if (cell.cell.id != "clean#0" && cells.size() < 3) cells.push_back(cell.cell);
  }

  GalleryItem item(std::size_t cell, GalleryRule rule, const std::string& id, const std::string& words = kWords) {
    GalleryItem one;
    one.cell = cells.at(cell);
    one.sample.id = id;
    one.choice.rule = rule;
    one.choice.label = "1.5";
    one.choice.label_class = "positive";
    one.choice.before = {"positive", 1.25, {1.25}};
    one.choice.after = {"negative", -0.75, {-0.75}};
    one.choice.damage = 2;
    one.choice.changed = 40;
    one.choice.flipped = 3;
    one.choice.metric = "mae";
    one.choice.metric_before = 0.6;
    one.choice.metric_after = 0.9;
    one.measures = {{"clipped_share", 0.25}};
    one.clean.id = id;
    one.clean.transcript = std::make_shared<Transcript>(Transcript{words, {}, "en"});
    one.clean.waveform = tone(0.5);
    one.clean.clip = clip_of(12);
    one.corrupted = one.clean;
    one.corrupted.transcript = std::make_shared<Transcript>(Transcript{words + " quixotic", {}, "en"});
    one.corrupted.waveform = tone(0.1);
    one.command = {"shakedown", "preview", "--data", "d", "--sample", id, "--suite", "s", "--only", cells.at(cell).id};
    return one;
  }

  void write_all(bool redacted = false) {
    AssetsWriter writer(folder.path(), redacted);
    writer.add(item(0, GalleryRule::kWorstFlip, "first-sample"));
    writer.add(item(1, GalleryRule::kTypical, "second-sample"));
    writer.finish({});
  }

  std::string page(AssetsMode mode, std::size_t budget = 8'000'000) {
    return to_html(results, read_gallery(folder.path()), {mode, budget});
  }
  std::filesystem::path assets() const { return folder.path() / "assets"; }
  std::filesystem::path media(const std::string& extension) const {
    for (const auto& entry : std::filesystem::directory_iterator(assets()))
      if (entry.path().extension() == extension) return entry.path();
    return {};
  }

  Results results;
  std::vector<CellRow> cells;
  test::TemporaryFolder folder;
};

TEST_F(GalleryPageTest, ShowsWhyWhatAndHowToMakeItAgain) {
  write_all();
  const std::string html = page(AssetsMode::kInline);
  test::keep("gallery.html", html);
  EXPECT_EQ(count(html, "<article class=\"shown\""), 2U);
  EXPECT_THAT(html, HasSubstr("3 of 40 changed samples of this cell flip from right to wrong"));
  EXPECT_THAT(html, HasSubstr("Decided right on the clean input and wrong in the cell"));
  EXPECT_THAT(html, HasSubstr("first-sample"));
  EXPECT_THAT(html, HasSubstr("1.250 (positive) <span class=\"right\">"));
  EXPECT_THAT(html, HasSubstr("0.750 (negative) <span class=\"wrong\">"));
  EXPECT_THAT(html, HasSubstr("<ins>quixotic</ins>"));
  EXPECT_THAT(html, HasSubstr("shakedown preview --data d --sample first-sample --suite s --only"));
  EXPECT_EQ(count(html, "src=\"data:audio/flac;base64,"), 4U);
  EXPECT_EQ(count(html, "src=\"data:image/jpeg;base64,"), 6U)
      << "spectrograms, and frames, which the cell leaves as they were";
  EXPECT_EQ(count(html, "src=\"data:image/png;base64,"), 4U) << "waveforms, before and after";
  EXPECT_THAT(html, HasSubstr("frames: as on the clean side"));
  EXPECT_THAT(html, HasSubstr("This report holds 2 samples of the data set"));
  EXPECT_THAT(html, HasSubstr("img-src data:; media-src data:"));
  EXPECT_EQ(samples_shown(results, read_gallery(folder.path()), {}), 2U);
}

TEST_F(GalleryPageTest, TheSameFolderGivesTheSameBytes) {
  write_all();
  const auto first = page(AssetsMode::kInline);
  EXPECT_EQ(first, page(AssetsMode::kInline));
  const auto manifest = slurp(assets() / "gallery.json");
  write_all();
  EXPECT_EQ(manifest, slurp(assets() / "gallery.json"));
  EXPECT_EQ(first, page(AssetsMode::kInline));
}

TEST_F(GalleryPageTest, FolderRefersToFilesThatAreThere) {
  write_all();
  const std::string html = page(AssetsMode::kFolder, 1000);
  EXPECT_THAT(html, Not(HasSubstr("src=\"data:")));
  EXPECT_THAT(html, HasSubstr("img-src &apos;self&apos;; media-src &apos;self&apos;"));
  EXPECT_THAT(html, Not(HasSubstr("left out")));
  std::size_t links = 0;
  const std::string open = "src=\"assets/";
  for (std::size_t at = html.find(open); at != std::string::npos; at = html.find(open, at + 1), ++links) {
    const auto name = html.substr(at + open.size(), html.find('"', at + open.size()) - at - open.size());
    EXPECT_TRUE(std::filesystem::is_regular_file(assets() / name)) << name;
  }
  EXPECT_EQ(links, 14U);
}

/// What neither page may hold: words, ids, sound.
void expect_nothing_private(const std::string& html) {
  for (const char* word : {"zygomorphic", "quixotic", "afternoon", "first-sample", "second-sample"})
    EXPECT_THAT(html, Not(HasSubstr(word)));
  EXPECT_THAT(html, Not(HasSubstr("data:audio")));
  EXPECT_THAT(html, Not(HasSubstr("<audio")));
  EXPECT_THAT(html, Not(HasSubstr(".flac")));
}

TEST_F(GalleryPageTest, NoneHoldsNothingOfASample) {
  write_all();
  const std::string html = page(AssetsMode::kNone);
  expect_nothing_private(html);
  EXPECT_THAT(html, Not(HasSubstr("data:image")));
  EXPECT_THAT(html, Not(HasSubstr("This report holds")));
  EXPECT_EQ(count(html, "<article class=\"shown\""), 0U);
}

TEST_F(GalleryPageTest, RedactedCountsWordsAndHidesTheRest) {
  write_all();
  const auto gallery = read_gallery(folder.path());
  const std::string html = page(AssetsMode::kRedacted);
  expect_nothing_private(html);
  EXPECT_THAT(html, HasSubstr("0 words removed, 1 put in"));
  EXPECT_EQ(count(html, "<article class=\"shown\""), 2U);
  EXPECT_EQ(count(html, "src=\"data:image/jpeg;base64,"), 6U);
  EXPECT_THAT(html, HasSubstr("--sample SAMPLE"));
  EXPECT_THAT(html, Not(HasSubstr("This report holds")));
  for (const auto& one : gallery.items) {
    for (const auto& media : one.media) {
      if (media.what != "frames" || media.redacted) continue;
      EXPECT_EQ(html.find(media.bytes.substr(0, 64)), std::string::npos);
    }
  }
}

TEST_F(GalleryPageTest, ARunThatIsRedactedKeepsNothingElse) {
  write_all(true);
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(assets())) {
    EXPECT_THAT(entry.path().extension().string(), AnyOf(".json", ".png", ".jpg"));
    all += slurp(entry.path());
  }
  for (const char* word : {"zygomorphic", "quixotic", "first-sample"}) EXPECT_THAT(all, Not(HasSubstr(word)));
  const std::string html = page(AssetsMode::kInline);
  expect_nothing_private(html);
  EXPECT_THAT(html, HasSubstr("The run was made with --assets redacted"));
}

TEST_F(GalleryPageTest, HiddenFramesHaveSixSquaresAcrossAFace) {
  const auto clip = clip_of(3);
  FaceTrack faces;
  faces.boxes.assign(3, FaceTrack::Box{30, 20, 48, 48});
  for (const bool known : {true, false}) {
    const auto strip = hidden_strip(*clip, known ? &faces : nullptr);
    ASSERT_TRUE(strip);
    std::size_t edges = 0;  // changes of value along the face's middle row and column; frames are shown at their size
    for (int i = 1; i < 48; ++i) {
      const auto at = [&](int x, int y) { return strip->pixels[static_cast<std::size_t>((y * strip->width + x) * 3)]; };
      edges += at(30 + i, 44) != at(29 + i, 44) ? 1 : 0;
      edges += at(54, 20 + i) != at(54, 19 + i) ? 1 : 0;
    }
    EXPECT_LE(edges, known ? 14U : 8U);
    EXPECT_GE(edges, 1U);
  }
}

TEST_F(GalleryPageTest, FacesOfFramesThatMayHaveMovedAreHiddenAsUnknown) {
  auto moved = item(0, GalleryRule::kTypical, "a");
  moved.cell.parts.front().perturbation = "video.wrong_face";
  auto faces = std::make_shared<FaceTrack>();
  faces->boxes.assign(12, FaceTrack::Box{30, 20, 24, 24});
  moved.clean.faces = faces;
  moved.corrupted.clip = clip_of(12);
  auto kept = moved;
  kept.cell.parts.front().perturbation = "video.low_light";
  const auto hidden_after = [&](const GalleryItem& one) {
    AssetsWriter writer(folder.path(), true);
    writer.add(one);
    writer.finish({});
    const auto gallery = read_gallery(folder.path());
    for (const auto& media : gallery.items.at(0).media)
      if (media.what == "frames" && media.after) return media.bytes;
    return std::string();
  };
  const auto unknown = hidden_after(moved), known = hidden_after(kept);
  EXPECT_FALSE(unknown.empty());
  EXPECT_NE(unknown, known);
}

TEST_F(GalleryPageTest, HostileWordsStayText) {
  std::string long_text;
  for (int i = 0; i < 2000; ++i) long_text += "word" + std::to_string(i) + " ";
  const std::vector<std::string> texts = {"<script>alert(1)</script>",
                                          "\"quoted\" 'words' {{x}} </p>",
                                          "\u202E\u05E9\u05DC\u05D5\u05DD right to left",
                                          long_text,
                                          "\U0001F600 emoji \U0001F468\u200D\U0001F469",
                                          "bad \xff bytes"};
  AssetsWriter writer(folder.path(), false);
  for (const auto& text : texts) writer.add(item(0, GalleryRule::kTypical, "<u>" + text.substr(0, 20), text));
  writer.finish({});
  const std::string html = page(AssetsMode::kInline, 50'000'000);
  test::keep("gallery_hostile.html", html);
  EXPECT_EQ(count(html, "<article class=\"shown\""), texts.size());
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, Not(HasSubstr("<u>")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("{{x}}"));
  EXPECT_THAT(html, HasSubstr("word1999"));
  EXPECT_THAT(html, HasSubstr("\U0001F600"));
  EXPECT_EQ(html.find('\xff'), std::string::npos);
  EXPECT_EQ(count(html, "<script"), 3U);
}

TEST_F(GalleryPageTest, TextThatLooksLikeThePlaceOfTheGalleryIsText) {
  results.header.model_name = "<!--late-->";
  write_all();
  EXPECT_EQ(count(page(AssetsMode::kInline), "<article class=\"shown\""), 2U);
}

TEST_F(GalleryPageTest, AFileThatWasChangedIsRefusedInOneLine) {
  write_all();
  const auto sound = media(".flac");
  auto bytes = slurp(sound);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  put(sound, bytes);
  const auto gallery = read_gallery(folder.path());
  ASSERT_GE(gallery.faults.size(), 1U);
  EXPECT_THAT(gallery.faults[0], HasSubstr("assets/" + sound.filename().string() + ": is not the file"));
  EXPECT_EQ(gallery.faults[0].find('\n'), std::string::npos);
  const std::string html = page(AssetsMode::kInline);
  EXPECT_LT(count(html, "src=\"data:audio"), 4U);
  EXPECT_THAT(html, HasSubstr("sound: left out"));
  EXPECT_THAT(html, HasSubstr("is not the file that was written"));
  EXPECT_THAT(page(AssetsMode::kFolder), Not(HasSubstr("src=\"assets/" + sound.filename().string())));
  std::filesystem::remove(sound);
  EXPECT_THAT(read_gallery(folder.path()).faults.at(0), HasSubstr("is not there"));
}

TEST_F(GalleryPageTest, NoNameLeadsOutOfTheFolder) {
  write_all();
  put(folder.path() / "secret.png", "private");
  auto json = Json::parse(slurp(assets() / "gallery.json"));
  auto& first = json.at("items").at(0).at("media").at(0);
  first["file"] = "../secret.png";
  first["sha256"] = sha256("private");
  put(assets() / "gallery.json", json.dump());
  const auto gallery = read_gallery(folder.path());
  ASSERT_EQ(gallery.faults.size(), 1U);
  EXPECT_THAT(gallery.faults[0], HasSubstr("cannot name a file"));
  EXPECT_THAT(page(AssetsMode::kInline), Not(HasSubstr("cHJpdmF0ZQ")));
}

TEST_F(GalleryPageTest, ADamagedManifestIsANoteAndNoCrash) {
  write_all();
  const auto whole = slurp(assets() / "gallery.json");
  std::vector<std::string> broken = {
      "", "{", "[]", "null", "{\"schema\": \"shakedown.gallery/2\"}", whole.substr(0, 700), std::string(100'000, '[')};
  for (const char* key : {"items", "redacted", "left_out"}) {
    auto json = Json::parse(whole);
    json.erase(key);
    broken.push_back(json.dump());
  }
  const Json first = Json::parse(whole).at("items").at(0);
  for (const auto& [key, value] : first.items()) {
    if (key == "damage" || key == "shift" || key == "text") continue;  // not read, or may be absent
    auto json = Json::parse(whole);
    json["items"][0].erase(key);
    broken.push_back(json.dump());
    json["items"][0][key] = Json::object({{"x", Json::array()}});
    if (key != "measures") broken.push_back(json.dump());
  }
  for (const auto& text : broken) {
    put(assets() / "gallery.json", text);
    const auto gallery = read_gallery(folder.path());
    EXPECT_FALSE(gallery.present) << text.substr(0, 200);
    EXPECT_EQ(gallery.faults.size(), 1U) << text.substr(0, 200);
    EXPECT_THAT(page(AssetsMode::kInline), HasSubstr("no gallery is shown"));
  }
}

TEST_F(GalleryPageTest, AbsentAssetsAreANote) {
  const auto gallery = read_gallery(folder.path());
  EXPECT_FALSE(gallery.present);
  EXPECT_THAT(gallery.faults, IsEmpty());
  EXPECT_THAT(page(AssetsMode::kInline), HasSubstr("The run folder holds no assets"));
}

TEST_F(GalleryPageTest, SoundGoesFirstWhereTheBudgetIsSmallAndPairsStayTogether) {
  write_all();
  const auto whole = page(AssetsMode::kInline);
  const auto none = page(AssetsMode::kNone).size();
  const auto small = page(AssetsMode::kInline, whole.size() - 100);
  EXPECT_LE(small.size(), whole.size() - 100);
  EXPECT_EQ(count(small, "src=\"data:audio"), 2U);
  EXPECT_EQ(count(small, "src=\"data:image"), 10U);
  EXPECT_THAT(small, HasSubstr("2 sounds and pictures are left out"));
  const auto nothing = page(AssetsMode::kInline, none / 2);
  EXPECT_EQ(count(nothing, "src=\"data:"), 0U);
  EXPECT_THAT(nothing, HasSubstr("14 sounds and pictures are left out"));
}

TEST_F(GalleryPageTest, ItemsOfAnotherRunAreLeftOutAndCounted) {
  write_all();
  for (auto& cell : results.cells)
    if (cell.cell.id == cells[0].id) cell.cell.definition = "another";
  const std::string html = page(AssetsMode::kInline);
  EXPECT_EQ(count(html, "<article class=\"shown\""), 1U);
  EXPECT_THAT(html, HasSubstr("1 item is left out: this run has no such cell"));
  EXPECT_EQ(samples_shown(results, read_gallery(folder.path()), {}), 1U);
}

TEST_F(GalleryPageTest, WhatACellTakesAwayIsSaid) {
  auto one = item(0, GalleryRule::kWorstFlip, "a");
  one.corrupted.transcript = nullptr;
  one.corrupted.waveform = std::make_shared<Waveform>();
  one.corrupted.clip = nullptr;
  one.clean.audio_features = std::make_shared<Sequence>(Sequence{2, 1, 2, {0, 1}});
  one.corrupted.audio_features = std::make_shared<Sequence>(Sequence{2, 1, 2, {0, 0}});
  AssetsWriter writer(folder.path(), false);
  writer.add(one);
  writer.finish({{"cell", "sample", "perturbed again it differs"}});
  const std::string html = page(AssetsMode::kInline);
  EXPECT_THAT(html, HasSubstr("The cell takes the text away (5 words)"));
  EXPECT_THAT(html, HasSubstr("frames: taken away"));
  EXPECT_THAT(html, HasSubstr("sound: nothing is left"));
  EXPECT_THAT(html, HasSubstr("Audio features, in the cell"));
  EXPECT_THAT(html, HasSubstr("1 chosen sample is left out"));
}

TEST_F(GalleryPageTest, FeaturesAloneAreMaps) {
  auto one = item(0, GalleryRule::kWorstFlip, "a");
  one.clean = Sample{};
  one.clean.embedding = std::make_shared<Sequence>(Sequence{2, 1, 2, {0, 1}});
  one.clean.vision_features = std::make_shared<Sequence>(Sequence{2, 1, 2, {0, 1}});
  one.corrupted = one.clean;
  one.corrupted.vision_features = std::make_shared<Sequence>(Sequence{2, 1, 2, {1, 1}});
  AssetsWriter writer(folder.path(), false);
  writer.add(one);
  writer.finish({});
  EXPECT_EQ(count(page(AssetsMode::kInline), "src=\"data:image/png"), 3U);
  EXPECT_EQ(count(page(AssetsMode::kRedacted), "src=\"data:image/png"), 2U) << "words can be read off embeddings";
}

TEST_F(GalleryPageTest, WritingAndRemovingTouchOnlyTheGallerysFiles) {
  std::filesystem::create_directories(assets());
  put(assets() / "mine.txt", "mine");
  put(assets() / "0123456789abcdef.flac", "old");
  write_all();
  EXPECT_FALSE(std::filesystem::exists(assets() / "0123456789abcdef.flac"));
  remove_assets(folder.path());
  EXPECT_EQ(slurp(assets() / "mine.txt"), "mine");
  EXPECT_FALSE(std::filesystem::exists(assets() / "gallery.json"));
  EXPECT_TRUE(media(".flac").empty());
  std::filesystem::remove(assets() / "mine.txt");
  remove_assets(folder.path());
  EXPECT_FALSE(std::filesystem::exists(assets()));
}

TEST_F(GalleryPageTest, ModesAreNamed) {
  EXPECT_EQ(assets_mode("folder"), AssetsMode::kFolder);
  try {
    (void)assets_mode("redact");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("redacted"));
  }
}

}  // namespace
}  // namespace shakedown::reports
