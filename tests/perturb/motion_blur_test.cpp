#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "video.motion_blur";

// A white dot of 3 x 3 pixels on black, bright enough to survive being spread over a long line.
Image dot(int side = 151) {
  Image image = picture(side, side);
  for (int y = -1; y <= 1; ++y) {
    for (int x = -1; x <= 1; ++x) set(image, side / 2 + x, side / 2 + y, 255);
  }
  return image;
}

struct Spread {
  double light = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;  // sum, centroid, central second moments
};

Spread spread(const Image& image) {
  Spread s;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double v = light(value(image, x, y));
      s.light += v, s.x += v * x, s.y += v * y, s.xx += v * x * x, s.yy += v * y * y, s.xy += v * x * y;
    }
  }
  s.x /= s.light, s.y /= s.light;
  s.xx = s.xx / s.light - s.x * s.x, s.yy = s.yy / s.light - s.y * s.y, s.xy = s.xy / s.light - s.x * s.y;
  return s;
}

// Length of the straight line that spreads light as much as the blur did.
double length_of(const Image& before, const Image& after) {
  const Spread a = spread(before), b = spread(after);
  return std::sqrt(12 * (b.xx + b.yy - a.xx - a.yy));
}

double axis_degrees(const Spread& s) {
  return 90 / std::numbers::pi * std::atan2(2 * s.xy, s.xx - s.yy);
}

TEST(MotionBlurTest, SpreadsADotOverTheLengthAskedFor) {
  const Sample sample = film({dot()}, 100);
  for (const char* kind : {"linear", "shake"}) {
    for (const double length : {.02, .05, .1, .2, .35, .5}) {
      const auto out = apply_to(sample, kName, {{"kind", kind}, {"length", std::to_string(length)}});
      const Image &before = *out.before.clip->frames[0], &after = *out.after.clip->frames[0];
      EXPECT_NEAR(length_of(before, after) / (100 * length), 1, 0.04) << kind << " " << length;
      EXPECT_NEAR(spread(after).light / spread(before).light, 1, 0.02) << "light is neither lost nor won";
      EXPECT_NEAR(spread(after).x, 75, 0.3);
      EXPECT_NEAR(spread(after).y, 75, 0.3);
    }
  }
}

TEST(MotionBlurTest, ReachesAsFarAsTheLineIsLong) {
  const auto out = apply_to(film({dot()}, 80), kName, {{"length", "0.5"}, {"angle", "0"}});
  int lit = 0;
  for (int x = 0; x < 151; ++x) lit += value(*out.after.clip->frames[0], x, 75) > 0 ? 1 : 0;
  EXPECT_NEAR(lit, 40 + 3, 2);  // the dot is 3 pixels wide
  int rows = 0;
  for (int y = 0; y < 151; ++y) rows += value(*out.after.clip->frames[0], 75, y) > 0 ? 1 : 0;
  EXPECT_EQ(rows, 3) << "a horizontal line does not blur upwards";
}

TEST(MotionBlurTest, FollowsTheAngle) {
  for (const int angle : {0, 30, 45, 80, 120, 150}) {
    const auto out = apply_to(film({dot()}, 80), kName, {{"length", "0.5"}, {"angle", std::to_string(angle)}});
    double found = axis_degrees(spread(*out.after.clip->frames[0]));
    if (found < -1) found += 180;
    EXPECT_NEAR(found, angle, 1) << angle;
  }
}

TEST(MotionBlurTest, IsOneMovementAClipAndAnotherInTheNext) {
  for (const char* kind : {"linear", "shake"}) {
    const ParamMap params = {{"kind", kind}, {"length", "0.4"}};
    const auto a = apply_to(film({dot(), dot(), dot()}, 80, "a"), kName, params);
    const auto b = apply_to(film({dot()}, 80, "b"), kName, params);
    EXPECT_EQ(a.after.clip->frames[0]->pixels, a.after.clip->frames[2]->pixels);
    EXPECT_NE(a.after.clip->frames[0]->pixels, b.after.clip->frames[0]->pixels);
    EXPECT_NE(a.effect.decisions, b.effect.decisions);
  }
}

TEST(MotionBlurTest, LeavesAnEvenPictureAlone) {
  for (const char* kind : {"linear", "shake", "temporal"}) {
    const auto out =
        apply_to(film({picture(31, 17, 200), picture(31, 17, 200)}, 20), kName, {{"kind", kind}, {"length", "0.5"}});
    EXPECT_EQ(out.effect.state, State::kUnchanged) << kind;
    EXPECT_EQ(out.after.clip, out.before.clip);
  }
}

TEST(MotionBlurTest, KeepsTheLightOfAPicture) {
  Image image = picture(160, 120, 10);
  const Image inner = texture(80, 60);
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 80; ++x) {
      for (int channel = 0; channel < 3; ++channel) value(image, x + 40, y + 30, channel) = value(inner, x, y, channel);
    }
  }
  const auto out = apply_to(film({image}, 60), kName, {{"length", "0.5"}});
  EXPECT_NEAR(total_light(*out.after.clip->frames[0]) / total_light(image), 1, 0.003);
}

// One scene at two sizes: an edge is blurred over twice as many pixels where the face is twice as wide.
TEST(MotionBlurTest, DosesInWidthsOfTheFace) {
  const auto edge_width = [](int side, double face) {
    Image image = picture(side, 9);
    for (int y = 0; y < 9; ++y) {
      for (int x = side / 2; x < side; ++x) set(image, x, y, 255);
    }
    const auto out = apply_to(film({image}, face), kName, {{"length", "0.35"}, {"angle", "0"}});
    double between = 0;  // pixels with 10 to 90 % of the light
    for (int x = 0; x < side; ++x) {
      const double v = light(value(*out.after.clip->frames[0], x, 4));
      between += v > 0.1 && v < 0.9 ? 1 : 0;
    }
    return between;
  };
  EXPECT_NEAR(edge_width(200, 60), 0.8 * 0.35 * 60, 1.5);
  EXPECT_NEAR(edge_width(400, 120) / edge_width(200, 60), 2, 0.15);
}

TEST(MotionBlurTest, MeasuresTheLengthOnThePictures) {
  std::vector<Image> frames;
  for (int i = 0; i < 25; ++i) frames.push_back(texture(200, 170, 0.8 * i));
  for (const char* kind : {"linear", "shake", "temporal"}) {
    for (const double length : {.05, .1, .2, .35, .5}) {
      const auto out = apply_to(film(frames, 90), kName, {{"kind", kind}, {"length", std::to_string(length)}});
      EXPECT_NEAR(out.dose.realised, length, 0.01) << kind;
    }
  }
}

TEST(MotionBlurTest, DoesMoreDamageAtEveryStep) {
  const Sample sample = film({texture(120, 100)}, 60);
  double damage = 0;
  for (const char* length : {"0.02", "0.05", "0.1", "0.2", "0.35", "0.5"}) {
    const auto out = apply_to(sample, kName, {{"length", length}, {"angle", "20"}});
    double sum = 0;
    for (std::size_t i = 0; i < sample.clip->frames[0]->pixels.size(); ++i) {
      const double difference = out.after.clip->frames[0]->pixels[i] - out.before.clip->frames[0]->pixels[i];
      sum += difference * difference;
    }
    EXPECT_GT(sum, damage) << length;
    damage = sum;
  }
}

// At 25 frames a second and 1.25 face widths a second, 0.05 face widths take one frame period: a quarter of the
// exposure falls to the neighbours where light changes linearly between frames.
TEST(MotionBlurTest, AddsUpTheLightOfNeighbouringFrames) {
  const Image black = picture(4, 4, 0), white = picture(4, 4, 255);
  const auto out =
      apply_to(film({white, black, white, white, white}), kName, {{"kind", "temporal"}, {"length", "0.05"}});
  ASSERT_EQ(out.after.clip->frames.size(), 5U);
  EXPECT_NEAR(light(value(*out.after.clip->frames[1], 0, 0)), 0.25, 0.005);
  EXPECT_NEAR(light(value(*out.after.clip->frames[2], 0, 0)), 0.875, 0.005);
  EXPECT_EQ(out.after.clip->frames[3], out.before.clip->frames[3]) << "frames that do not change stay shared";
  EXPECT_NE(out.after.clip->frames[0], out.before.clip->frames[0]);
}

TEST(MotionBlurTest, LongExposuresAverageTheClip) {
  std::vector<Image> frames;
  for (int i = 0; i < 40; ++i) frames.push_back(picture(2, 2, i % 2 == 0 ? 0 : 255));
  const auto out = apply_to(film(frames), kName, {{"kind", "temporal"}, {"length", "0.5"}});
  EXPECT_NEAR(light(value(*out.after.clip->frames[20], 0, 0)), 0.5, 0.01);
}

TEST(MotionBlurTest, SkipsAClipWithoutAFace) {
  const auto out = apply_to(film({texture(30, 30)}), kName, {});
  EXPECT_EQ(out.effect.state, State::kSkipped);
  EXPECT_EQ(out.effect.reason, "no face found in any frame");
}

TEST(MotionBlurTest, ServesDegenerateClips) {
  for (const char* kind : {"linear", "shake", "temporal"}) {
    EXPECT_EQ(apply_to(film({}, 20), kName, {{"kind", kind}}).effect.state, State::kIneligible);
    EXPECT_EQ(apply_to(film({picture(1, 1, 99)}, 400), kName, {{"kind", kind}}).effect.state, State::kUnchanged);
    EXPECT_EQ(apply_to(film({Image{}}, 4), kName, {{"kind", kind}}).effect.state, State::kUnchanged);
    (void)apply_to(film({texture(7, 3), texture(5, 9)}, 300), kName, {{"kind", kind}, {"length", "0.5"}});
  }
}

TEST(MotionBlurTest, RefusesAnAngleThatIsNone) {
  EXPECT_THROW((void)builtins().create(kName, {{"angle", "left"}}), Error);
  EXPECT_THROW((void)builtins().create(kName, {{"angle", "181"}}), Error);
  EXPECT_THROW((void)builtins().create(kName, {{"angle", "10"}, {"kind", "shake"}}), Error);
}

}  // namespace
}  // namespace shakedown::perturb::testing
