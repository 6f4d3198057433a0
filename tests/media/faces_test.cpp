#include "shakedown/media/faces.h"

#include <cstring>
#include <functional>
#include <thread>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "media/support.h"

namespace shakedown::media {
namespace {

constexpr int kWidth = 320, kHeight = 240;

/// Where a drawn face is and how wide.
struct Face {
  double x, y, width;
};

/// Hair, skin, eyes, brows, nose and mouth: enough for a cascade trained on photographs.
void draw_face(cv::Mat& picture, const Face& face) {
  const auto ellipse = [&](double x, double y, double rx, double ry, const cv::Scalar& colour) {
    const auto pixels = [&](double length) { return static_cast<int>(length * face.width); };
    const cv::Point centre(static_cast<int>(face.x) + pixels(x), static_cast<int>(face.y) + pixels(y));
    cv::ellipse(picture, centre, {pixels(rx), pixels(ry)}, 0, 0, 360, colour, cv::FILLED);
  };
  const cv::Scalar skin(150, 180, 220), dark(40, 50, 70), shade(110, 140, 180);
  ellipse(0, 0.05, 0.5, 0.66, dark);
  ellipse(0, 0.12, 0.42, 0.56, skin);
  for (const int side : {-1, 1}) {
    ellipse(side * 0.18, -0.08, 0.12, 0.07, shade);
    ellipse(side * 0.18, -0.06, 0.07, 0.04, dark);
    ellipse(side * 0.18, -0.17, 0.12, 0.025, dark);
  }
  ellipse(0, 0.1, 0.035, 0.14, {170, 200, 240});
  ellipse(0, 0.22, 0.08, 0.03, shade);
  ellipse(0, 0.38, 0.16, 0.04, {80, 80, 150});
}

Shared<Image> frame_of(const std::vector<Face>& faces) {
  cv::Mat picture(kHeight, kWidth, CV_8UC3, cv::Scalar(90, 110, 100));
  for (const Face& face : faces) draw_face(picture, face);
  cv::GaussianBlur(picture, picture, {}, 1.5);
  return std::make_shared<const Image>(
      Image{kWidth, kHeight, {picture.data, picture.data + static_cast<std::ptrdiff_t>(picture.total()) * 3}});
}

/// A clip of `count` frames at 25 fps with the faces that `faces_at` gives for each.
Clip clip_of(int count, const std::function<std::vector<Face>(int)>& faces_at) {
  Clip clip;
  for (int i = 0; i < count; ++i) clip.frames.push_back(frame_of(faces_at(i)));
  return clip;
}

double centre_x(const FaceTrack::Box& box) {
  return box.x + box.width / 2;
}
double centre_y(const FaceTrack::Box& box) {
  return box.y + box.height / 2;
}

TEST(FaceTrackTest, FindsAFaceInEveryFrame) {
  const Shared<FaceTrack> track = face_track(clip_of(10, [](int) { return std::vector<Face>{{140, 110, 80}}; }));
  ASSERT_EQ(track->boxes.size(), 10U);
  EXPECT_EQ(track->found(), 10U);
  EXPECT_NEAR(track->median_width(), 85, 12);
  for (const auto& box : track->boxes) {
    EXPECT_NEAR(centre_x(*box), 140, 6);
    EXPECT_NEAR(centre_y(*box), 115, 8);
    EXPECT_FALSE(box->interpolated);
  }
}

TEST(FaceTrackTest, FollowsAMovingFace) {
  const Shared<FaceTrack> track = face_track(clip_of(20, [](int i) {
    return std::vector<Face>{{100.0 + 4 * i, 110, 80}};
  }));
  ASSERT_EQ(track->found(), 20U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(centre_x(*track->boxes[i]), 100 + 4 * static_cast<double>(i), 6);
}

TEST(FaceTrackTest, FillsShortGapsAndSaysSo) {
  const Shared<FaceTrack> track = face_track(clip_of(24, [](int i) {
    return i >= 8 && i < 16 ? std::vector<Face>{} : std::vector<Face>{{100.0 + 2 * i, 110, 80}};
  }));
  ASSERT_EQ(track->found(), 24U);
  for (std::size_t i = 0; i < 24; ++i) {
    EXPECT_EQ(track->boxes[i]->interpolated, i >= 8 && i < 16) << i;
    EXPECT_NEAR(centre_x(*track->boxes[i]), 100 + 2 * static_cast<double>(i), 6);
  }
}

TEST(FaceTrackTest, LeavesLongGapsOpenAndResumesAfterwards) {
  const Shared<FaceTrack> track = face_track(clip_of(40, [](int i) {
    return i >= 10 && i < 30 ? std::vector<Face>{} : std::vector<Face>{{140, 110, 80}};
  }));
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(track->boxes[i].has_value(), i < 10 || i >= 30) << i;
}

TEST(FaceTrackTest, TheLargestFaceIsTheMainOne) {
  const Shared<FaceTrack> track = face_track(clip_of(8, [](int) {
    return std::vector<Face>{{60, 100, 45}, {220, 110, 90}};
  }));
  ASSERT_EQ(track->found(), 8U);
  for (const auto& box : track->boxes) EXPECT_NEAR(centre_x(*box), 220, 8);
}

TEST(FaceTrackTest, NoFaceGivesNoBox) {
  const Shared<FaceTrack> track = face_track(clip_of(5, [](int) { return std::vector<Face>{}; }));
  EXPECT_EQ(track->boxes.size(), 5U);
  EXPECT_EQ(track->found(), 0U);
  EXPECT_TRUE(face_track({})->boxes.empty());
}

TEST(FaceTrackTest, OneFrameIsEnough) {
  EXPECT_EQ(face_track(clip_of(1, [](int) { return std::vector<Face>{{150, 120, 90}}; }))->found(), 1U);
}

TEST(FaceTrackTest, IsCachedByContentAndEqualOnEveryThread) {
  const auto still = [](int) { return std::vector<Face>{{160, 110, 70}}; };
  std::vector<Shared<FaceTrack>> tracks(4);
  std::vector<std::jthread> threads;
  for (Shared<FaceTrack>& track : tracks) {
    threads.emplace_back([&] { track = face_track(clip_of(4, still)); });
  }
  threads.clear();
  for (const Shared<FaceTrack>& track : tracks) EXPECT_EQ(track, tracks[0]) << "equal clips share one track";
  const auto moved = [](int) { return std::vector<Face>{{161, 110, 70}}; };
  EXPECT_NE(face_track(clip_of(4, moved)), tracks[0]);
}

/// A picture whose blue tells the column and whose green tells the row.
Shared<Image> ramp() {
  Image image{200, 100, {}};
  for (int y = 0; y < 100; ++y) {
    for (int x = 0; x < 200; ++x) {
      image.pixels.insert(image.pixels.end(), {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 0});
    }
  }
  return std::make_shared<const Image>(std::move(image));
}

const std::uint8_t* pixel(const Image& image, int x, int y) {
  return image.pixels.data() + 3 * (static_cast<std::ptrdiff_t>(y) * image.width + x);
}

TEST(FaceCropsTest, CutsASquareAroundTheBox) {
  FaceTrack track;
  track.boxes = {FaceTrack::Box{80, 30, 40, 40}};
  const FaceCrops crops = face_crops({{ramp()}, 25}, track, 56, 0.2);  // 40 and a fifth of it on either side
  ASSERT_EQ(crops.crops.size(), 1U);
  EXPECT_EQ(crops.without_face, 0U);
  EXPECT_EQ(crops.crops[0].width, 56);
  EXPECT_EQ(crops.crops[0].height, 56);
  EXPECT_EQ(pixel(crops.crops[0], 0, 0)[0], 72);
  EXPECT_EQ(pixel(crops.crops[0], 0, 0)[1], 22);
  EXPECT_EQ(pixel(crops.crops[0], 55, 55)[0], 127);
  EXPECT_EQ(pixel(crops.crops[0], 55, 55)[1], 77);
}

TEST(FaceCropsTest, RepeatsTheEdgeBeyondThePicture) {
  FaceTrack track;
  track.boxes = {FaceTrack::Box{-10, -10, 40, 40}};
  const FaceCrops crops = face_crops({{ramp()}, 25}, track, 40, 0);
  EXPECT_EQ(pixel(crops.crops[0], 0, 0)[0], 0);
  EXPECT_EQ(pixel(crops.crops[0], 10, 39)[0], 0);
  EXPECT_EQ(pixel(crops.crops[0], 39, 39)[0], 29);
  EXPECT_EQ(pixel(crops.crops[0], 39, 39)[1], 29);
}

TEST(FaceCropsTest, FramesWithoutAFaceBorrowABoxAndAreCounted) {
  FaceTrack track;
  track.boxes = {std::nullopt, FaceTrack::Box{20, 20, 40, 40}, std::nullopt, FaceTrack::Box{100, 20, 40, 40},
                 std::nullopt};
  const FaceCrops crops = face_crops({{ramp(), ramp(), ramp(), ramp(), ramp()}, 25}, track, 40, 0);
  EXPECT_EQ(crops.without_face, 3U);
  const std::vector<int> left = {20, 20, 20, 100, 100};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(pixel(crops.crops[i], 0, 0)[0], left[i]) << i;
}

TEST(FaceCropsTest, WithoutAnyFaceTheCentreIsTaken) {
  FaceTrack track;
  track.boxes = {std::nullopt};
  const FaceCrops crops = face_crops({{ramp()}, 25}, track, 100, 0.2);
  EXPECT_EQ(crops.without_face, 1U);
  EXPECT_EQ(pixel(crops.crops[0], 0, 0)[0], 50);
  EXPECT_EQ(pixel(crops.crops[0], 99, 99)[0], 149);
}

TEST(FaceCropsTest, RefusesATrackOfAnotherLength) {
  EXPECT_NE(error_of([] { (void)face_crops({{ramp()}, 25}, {}, 40); }), "");
  FaceTrack track;
  track.boxes.resize(1);
  EXPECT_NE(error_of([&] { (void)face_crops({{ramp()}, 25}, track, 0); }).find("1 to 4096"), std::string::npos);
  EXPECT_NE(error_of([&] { (void)face_crops({{ramp()}, 25}, track, 40, -1); }).find("margin"), std::string::npos);
}

TEST(ResizeTest, AveragesAreasWhenShrinking) {
  Image checks{4, 4, {}};
  for (int i = 0; i < 16; ++i) {
    checks.pixels.insert(checks.pixels.end(), 3, static_cast<std::uint8_t>((i + i / 4) % 2 == 0 ? 200 : 0));
  }
  const Image half = resize(checks, 2, 2);
  EXPECT_EQ(half.pixels, std::vector<std::uint8_t>(12, 100));
  EXPECT_EQ(resize(checks, 4, 4).pixels, checks.pixels);
  EXPECT_EQ(resize(checks, 8, 8).pixels.size(), 192U);
  EXPECT_NE(error_of([&] { (void)resize(checks, 0, 2); }).find("positive sizes"), std::string::npos);
}

}  // namespace
}  // namespace shakedown::media
