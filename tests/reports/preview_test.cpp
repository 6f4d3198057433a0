#include "shakedown/reports/preview.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pictures.h"
#include "reports/support.h"
#include "word_diff.h"

namespace shakedown::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string joined(const std::vector<DiffRun>& runs, DiffRun::Kind left_out) {
  std::string text;
  for (const auto& run : runs)
    if (run.kind != left_out) text += (text.empty() ? "" : " ") + run.text;
  return text;
}

TEST(WordDiffTest, ItsRunsSpellBothTexts) {
  const std::string texts[] = {"",
                               "one",
                               "the cat sat",
                               "the dog sat down",
                               "cat the sat",
                               "a b c d e f",
                               "f e d c b a",
                               "never the  same",
                               "\xE4\xBD\xA0 \xE5\xA5\xBD"};
  for (const auto& before : texts)
    for (const auto& after : texts) {
      const auto runs = word_diff(before, after);
      const auto single = [](const std::string& text) { return joined(word_diff(text, text), DiffRun::Kind::kAdded); };
      EXPECT_EQ(joined(runs, DiffRun::Kind::kAdded), single(before)) << before << " | " << after;
      EXPECT_EQ(joined(runs, DiffRun::Kind::kRemoved), single(after)) << before << " | " << after;
    }
}

TEST(WordDiffTest, KeepsWhatIsCommonAndPutsTheOldWordFirst) {
  const auto runs = word_diff("a really good film", "a really bad long film");
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[0].text, "a really");
  EXPECT_EQ(runs[1].kind, DiffRun::Kind::kRemoved);
  EXPECT_EQ(runs[1].text, "good");
  EXPECT_EQ(runs[2].kind, DiffRun::Kind::kAdded);
  EXPECT_EQ(runs[2].text, "bad long");
  EXPECT_EQ(runs[3].text, "film");
}

TEST(WordDiffTest, ScriptsWithoutSpacesAreComparedByCharacter) {
  const auto runs = word_diff("我很喜欢 this film，真的", "我很喜换 this film，真");
  ASSERT_EQ(runs.size(), 5U);
  EXPECT_EQ(runs[0].text, "我很喜");
  EXPECT_EQ(runs[0].words, 3U);
  EXPECT_EQ(runs[1].text, "欢");
  EXPECT_EQ(runs[2].text, "换");
  EXPECT_FALSE(runs[2].apart);
  EXPECT_EQ(runs[3].text, "this film，真");
  EXPECT_TRUE(runs[3].apart);
  EXPECT_EQ(runs[4].kind, DiffRun::Kind::kRemoved);
}

TEST(WordDiffTest, LongTextsStayWhole) {
  std::string before, after;
  for (int i = 0; i < 3000; ++i) before += "w" + std::to_string(i) + " ", after += "w" + std::to_string(i + 1) + " ";
  const auto runs = word_diff(before, after);
  EXPECT_THAT(joined(runs, DiffRun::Kind::kAdded), HasSubstr("w2999"));
  EXPECT_THAT(joined(runs, DiffRun::Kind::kRemoved), HasSubstr("w3000"));
}

Waveform tone(double hz, double amplitude) {
  Waveform waveform;
  for (int i = 0; i < 16000; ++i)
    waveform.pcm.push_back(static_cast<float>(amplitude * std::sin(2 * M_PI * hz * i / 16000)));
  return waveform;
}

int brightness(const Image& image, int x, int y) {
  const auto* pixel = image.pixels.data() + 3 * (y * image.width + x);
  return pixel[0] + pixel[1] + pixel[2];
}

/// The row of the middle column that is brightest.
int brightest_row(const Image& image) {
  int best = 0;
  for (int y = 1; y < image.height; ++y)
    if (brightness(image, image.width / 2, y) > brightness(image, image.width / 2, best)) best = y;
  return best;
}

TEST(PicturesTest, AHigherToneStandsHigherInTheSpectrogramAndAQuietOneIsDarker) {
  const double top = loudest_db(tone(500, 0.5));
  const auto low = spectrogram(tone(500, 0.5), top), high = spectrogram(tone(4000, 0.5), top);
  const auto quiet = spectrogram(tone(500, 0.005), top);
  ASSERT_TRUE(low && high && quiet);
  EXPECT_GT(brightest_row(*low), brightest_row(*high) + 10);
  const int row = brightest_row(*low);
  EXPECT_GT(brightness(*low, 160, row), brightness(*quiet, 160, row) + 100);  // 40 dB of 80
  EXPECT_FALSE(spectrogram(Waveform{}, top));
}

Shared<Image> grey(int level, int width = 40, int height = 30) {
  auto image = std::make_shared<Image>();
  image->width = width;
  image->height = height;
  image->pixels.assign(static_cast<std::size_t>(3 * width * height), static_cast<std::uint8_t>(level));
  return image;
}

TEST(PicturesTest, TheStripShowsFirstAndLastFrameAndTheFace) {
  Clip clip;
  for (int i = 0; i < 30; ++i) clip.frames.push_back(grey(10 + 5 * i));
  const auto strip = frame_strip(clip, nullptr);
  ASSERT_TRUE(strip);
  EXPECT_NEAR(brightness(*strip, 5, 48), 3 * 10, 3);
  EXPECT_NEAR(brightness(*strip, strip->width - 5, 48), 3 * 155, 3);
  FaceTrack faces;
  faces.boxes.assign(30, FaceTrack::Box{10, 10, 10, 10});
  const auto boxed = frame_strip(clip, &faces);
  EXPECT_NE(strip->pixels, boxed->pixels);
  EXPECT_EQ(brightness(*boxed, 5, 48), brightness(*strip, 5, 48));
  EXPECT_FALSE(frame_strip(Clip{}, nullptr));
}

TEST(PicturesTest, FeaturesAboveTheMeanAreRedAndBelowBlue) {
  Sequence clean{4, 1, 4, {-1, 1, -1, 1}};
  const auto map = feature_map(Sequence{2, 1, 2, {3, -3}}, clean);
  ASSERT_TRUE(map);
  const auto* left = map->pixels.data();
  const auto* right = map->pixels.data() + 3 * (map->width - 1);
  EXPECT_GT(left[2], left[0] + 100);    // B G R: red
  EXPECT_GT(right[0], right[2] + 100);  // blue
  const auto nan = feature_map(Sequence{1, 1, 1, {NAN}}, clean);
  ASSERT_TRUE(nan);
  EXPECT_EQ(nan->pixels[0], nan->pixels[2]);
}

Preview make_preview() {
  Preview preview;
  preview.data_name = "clips <of> \"mine\"";
  preview.split = "test";
  preview.seed = 7;
  preview.clean.id = "<script>alert(1)</script>";
  preview.clean.group = "g";
  preview.clean.labels["regression"].value = 1.5;
  preview.clean.transcript = std::make_shared<Transcript>(Transcript{"so <b>good</b> indeed", {}, "en"});
  preview.clean.waveform = std::make_shared<Waveform>(tone(500, 0.5));
  auto clip = std::make_shared<Clip>();
  clip->frames = {grey(10), grey(200)};
  preview.clean.clip = clip;
  preview.not_shown = {{"video.x", "why <not>", "more"}};
  return preview;
}

PreviewCell quieter(const Preview& preview) {
  PreviewCell cell;
  cell.row.id = "audio.gain@severity=1#0";
  cell.row.family = "audio.gain";
  cell.row.severity = 1;
  cell.row.dose = {"gain_db", "dB", false, -6};
  cell.dose.realised = -6;
  cell.doc = "The level changes.";
  cell.sample = preview.clean;
  cell.sample.waveform = std::make_shared<Waveform>(tone(500, 0.25));
  return cell;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(PreviewPageTest, ShowsOnlyWhatACellChangedAndEscapesEverything) {
  const auto preview = make_preview();
  PreviewPage page(preview, 1U << 25U);
  page.add(quieter(preview));
  const std::string html = page.html();
  test::keep("preview.html", html);
  EXPECT_EQ(count(html, "<audio"), 2U);                         // clean and gain
  EXPECT_EQ(count(html, "src=\"data:image/jpeg;base64,"), 3U);  // spectrogram and frames of clean, spectrogram of gain
  EXPECT_THAT(html, HasSubstr("img-src data:; media-src data:"));
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, Not(HasSubstr("<b>good")));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;good"));
  EXPECT_THAT(html, HasSubstr("why &lt;not&gt;"));
  EXPECT_THAT(html, HasSubstr("asked for"));
  EXPECT_THAT(html, HasSubstr("Pass it on only"));
  EXPECT_THAT(html, Not(HasSubstr("left out</strong>")));
}

TEST(PreviewPageTest, WhatDoesNotFitIsCounted) {
  const auto preview = make_preview();
  PreviewPage page(preview, 1000);  // bytes: neither sound nor spectrogram
  page.add(quieter(preview));
  const std::string html = page.html();
  EXPECT_EQ(count(html, "<audio"), 0U);
  EXPECT_LT(html.size(), 60000U);
  EXPECT_THAT(html, HasSubstr("sounds and pictures are left out"));
}

TEST(PreviewPageTest, ASkippedCellSaysWhy) {
  const auto preview = make_preview();
  PreviewPage page(preview, 1U << 25U);
  auto cell = quieter(preview);
  cell.state = State::kSkipped;
  cell.reason = "silence has no level";
  cell.sample = preview.clean;
  page.add(cell);
  EXPECT_THAT(page.html(), HasSubstr("skipped: silence has no level"));
}

}  // namespace
}  // namespace shakedown::reports
