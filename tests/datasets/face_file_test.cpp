// Face boxes from files beside the clips, in the frames and pixels of the clip as it is decoded.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/media/decode.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const std::filesystem::path kVideo = std::filesystem::path(SHAKEDOWN_TEST_DATA) / "media" / "tone_and_bars.mp4";

/// One clip, v/c; `video` is put into the manifest.
void write_clip(const Folder& folder, const std::string& video = "") {
  folder.write("label.csv", "video_id,clip_id,text,label,mode\nv,c,Oh,1,test\n");
  folder.write("Raw/v/c.mp4", read_file(kVideo));
  folder.write("data.yaml", "schema: shakedown.data/1\nformat: media\n" + video);
}

FaceTrack track_of(const Folder& folder) {
  const Sample sample = open(folder.path() / "data.yaml")->load(0);
  EXPECT_NE(sample.faces, nullptr);
  EXPECT_EQ(sample.faces->boxes.size(), sample.clip->frames.size());
  return *sample.faces;
}

/// x = 10 + frame, y = 5, 20 x 30 pixels; nothing in frame 3.
double left_at(double frame) {
  return 10 + frame;
}

std::string boxes_csv(std::size_t frames) {
  std::string text = "frame,x,y,width,height\n";
  for (std::size_t i = 0; i < frames; ++i)
    text += i == 3 ? fmt::format("{},,,,\n", i) : fmt::format("{},{},5,20,30\n", i, left_at(static_cast<double>(i)));
  return text;
}

TEST(FaceFileTest, BoxesOfEveryFrameAreTakenAsTheyAre) {
  const media::VideoProperties stored = media::video_properties(kVideo);
  const std::size_t frames = media::decode_video(kVideo).frames.size();
  std::string by_time = "time,x,y,width,height\n", json = "[";
  for (std::size_t i = 0; i < frames; ++i) {
    const std::string comma = i > 0 ? "," : "";
    json += i == 3 ? comma + "null" : comma + fmt::format("[{},5,20,30]", left_at(static_cast<double>(i)));
    if (i != 3)
      by_time += fmt::format("{},{},5,20,30\n", static_cast<double>(i) / stored.fps, left_at(static_cast<double>(i)));
    else
      by_time += fmt::format("{},0,0,0,0\n", static_cast<double>(i) / stored.fps);
  }
  for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
           {"c.csv", boxes_csv(frames)}, {"c.csv", by_time}, {"c.json", json + "]"}}) {
    const Folder folder;
    write_clip(folder);
    folder.write("Faces/v/" + name, text);
    const FaceTrack track = track_of(folder);
    EXPECT_EQ(track.found(), frames - 1) << text.substr(0, 30);
    EXPECT_FALSE(track.boxes[3]);
    EXPECT_FLOAT_EQ(track.boxes[4]->x, 14);
    EXPECT_FLOAT_EQ(track.boxes[4]->height, 30);
    const auto notes = open(folder.path() / "data.yaml")->notes();
    EXPECT_THAT(notes, Contains(HasSubstr("face boxes of 1 of 1 clips are read from files")));
  }
}

TEST(FaceFileTest, FollowsTheDecodedSizeAndRate) {
  const media::VideoProperties stored = media::video_properties(kVideo);
  const std::size_t frames = media::decode_video(kVideo).frames.size();
  const int half = std::max(stored.width, stored.height) / 2;
  const Folder folder;
  write_clip(folder, fmt::format("video: {{fps: {}, max_side: {}}}\n", stored.fps / 2, half));
  folder.write("Faces/v/c.csv", boxes_csv(frames));
  const Sample sample = open(folder.path() / "data.yaml")->load(0);
  EXPECT_EQ(std::max(sample.clip->frames[0]->width, sample.clip->frames[0]->height), half);
  ASSERT_LE(sample.faces->boxes.size(), frames / 2 + 1);
  // Every other frame, half as large: x = (10 + 2 k) / 2.
  for (const std::size_t k : {0U, 4U, 7U})
    EXPECT_NEAR(sample.faces->boxes[k]->x, left_at(2.0 * static_cast<double>(k)) / 2, 0.02) << k;
  EXPECT_NEAR(sample.faces->boxes[4]->width, 10, 0.02);
}

/// A row as OpenFace writes it, its landmarks on an ellipse 80 wide and 60 high around (100, y).
std::string open_face_row(int frame, int face, double seconds, int success, double y) {
  std::string row = fmt::format("{}, {}, {:.3f}, 0.98, {}", frame, face, seconds, success);
  for (const bool vertical : {false, true}) {
    for (int i = 0; i < 68; ++i) {
      const double angle = 2 * M_PI * i / 68;
      row += fmt::format(", {:.4f}", vertical ? y + 30 * std::sin(angle) : 100 + 40 * std::cos(angle));
    }
  }
  return row + "\n";
}

TEST(FaceFileTest, OpenFacesLandmarksBecomeTheBoxOfTheStandardHead) {
  const double fps = media::video_properties(kVideo).fps;
  std::string text = "frame, face_id, timestamp, confidence, success";
  for (const char axis : {'x', 'y'})
    for (int i = 0; i < 68; ++i) text += fmt::format(", {}_{}", axis, i);
  text += "\n";
  for (int frame = 1; frame <= 10; ++frame) {
    const double seconds = (frame - 1) / fps;
    text += open_face_row(frame, 0, seconds, frame == 4 ? 0 : 1, 90);
    if (frame <= 2) text += open_face_row(frame, 1, seconds, 1, 40);  // somebody passes by
  }
  const Folder folder;
  write_clip(folder);
  folder.write("Faces/v/c.csv", text);
  const FaceTrack track = track_of(folder);
  EXPECT_EQ(track.found(), 9U) << "nothing behind the last row";
  EXPECT_FALSE(track.boxes[3]) << "success is 0";
  const FaceTrack::Box& box = *track.boxes[0];
  EXPECT_NEAR(box.width, 1.25 * 80, 0.1);
  EXPECT_FLOAT_EQ(box.width, box.height);
  EXPECT_NEAR(box.x + box.width / 2, 100, 0.1);
  EXPECT_NEAR(box.y + box.height, 120, 0.1) << "the chin stands on the lower edge";
}

TEST(FaceFileTest, AColumnMayNameTheFile) {
  const Folder folder;
  folder.write("label.csv", "video_id,clip_id,text,label,mode,boxes\nv,c,Oh,1,test,b.csv\nv,d,Oh,1,test,\n");
  folder.write("Raw/v/c.mp4", read_file(kVideo));
  folder.write("Raw/v/d.mp4", read_file(kVideo));
  folder.write("b.csv", boxes_csv(5));
  folder.write("data.yaml", "schema: shakedown.data/1\nformat: media\nkeys: {faces: boxes}\n");
  const auto dataset = open(folder.path() / "data.yaml");
  EXPECT_EQ(dataset->load(0).faces->found(), 4U);
  EXPECT_EQ(dataset->load(1).faces, nullptr) << "left to the detector";
  EXPECT_THAT(dataset->notes(), Contains(HasSubstr("face boxes of 1 of 2 clips are read from files; the others")));
  EXPECT_FALSE(dataset->load(0).metadata.contains("boxes"));
  const std::string before = dataset->files().back().sha256;
  folder.write("b.csv", boxes_csv(6));
  EXPECT_NE(open(folder.path() / "data.yaml")->files().back().sha256, before) << "boxes are part of the data";
  std::filesystem::remove(folder.path() / "b.csv");
  EXPECT_THAT(refusal([&] { (void)open(folder.path() / "data.yaml")->load(0); }), HasSubstr("b.csv: no such clip"));
}

TEST(FaceFileTest, WhatIsWrongIsOneLine) {
  const std::vector<std::array<std::string, 3>> cases = {
      {"c.csv", "frame,x,y,width\n0,1,2,3\n", "height"},
      {"c.csv", "frame,x,y,width,height\n0,1,2,3,wide\n", "c.csv:2: height: 'wide': a number is accepted"},
      {"c.csv", "frame,x,y,width,height\n0,1,2,3,nan\n", "c.csv:2: height"},
      {"c.csv", "frame,x,y,width,height\n0,1,2,3,1e300\n", "c.csv:2: height"},
      {"c.csv", "frame,x,y,width,height\n0,1,,3,4\n", "c.csv:2: x, y, width and height: all or none"},
      {"c.csv", "frame,x,y,width,height\n,1,2,3,4\n", "c.csv:2: no frame"},
      {"c.csv", "x,y,width,height\n1,2,3,4\n", "frame"},
      {"c.csv", "frame,timestamp,success,x_0\n1,0,1,3\n", "no column 'y_0'"},
      {"c.json", "{}", "c.json:1: a list of"},
      {"c.json", "[[1,2,3,4],\n[1,2]]", "c.json:2: [x, y"},
      {"c.json", "[[1,2,3,\"wide\"]]", "wide"},
      {"c.json", "[[1,2,3,", "c.json:"}};
  for (const auto& [name, text, says] : cases) {
    const Folder folder;
    write_clip(folder);
    folder.write("Faces/v/" + name, text);
    EXPECT_THAT(refusal([&] { (void)open(folder.path() / "data.yaml")->load(0); }), HasSubstr(says)) << text;
  }
}

}  // namespace
}  // namespace shakedown::datasets::testing
