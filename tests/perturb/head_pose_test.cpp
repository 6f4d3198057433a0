#include <algorithm>
#include <array>
#include <set>

#include <gtest/gtest.h>

#include "media_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "video.head_pose";
constexpr int kSide = 260;
constexpr double kUnit = 100, kCentre = 130;  // of the face box, pixels

// The head and its turning, written out again: an ellipsoid of half axes .44, .64, .54 face sides whose centre lies
// 0.1 above the box's, with a nose .11 high at its tip.
using Point3 = std::array<double, 3>;

double depth(double x, double y) {
  const double along = y < 0.1 ? (y + 0.14) / 0.24 : (0.2 - y) / 0.1;
  const double t = std::clamp(along, 0.0, 1.0);
  const double nose = 0.11 * t * t * (3 - 2 * t) * std::exp(-x * x / (2 * 0.05 * 0.05));
  return 0.54 * std::sqrt(1 - x * x / (0.44 * 0.44) - (y + 0.1) * (y + 0.1) / (0.64 * 0.64)) + nose;
}

// Turned by right-hand rules in x right, y down, z to the camera; `angle` in radians.
Point3 turned(Point3 p, const std::string& axis, double angle) {
  p[1] += 0.1;
  const std::size_t a = axis == "yaw" ? 2 : axis == "pitch" ? 1 : 0, b = axis == "yaw" ? 0 : axis == "pitch" ? 2 : 1;
  Point3 q = p;
  q[a] = p[a] * std::cos(angle) - p[b] * std::sin(angle);
  q[b] = p[a] * std::sin(angle) + p[b] * std::cos(angle);
  q[1] -= 0.1;
  return q;
}

Sample with_face(const Image& image, std::size_t frames = 1, std::string id = "a", double scale = 1) {
  Sample sample = film(std::vector<Image>(frames, image), 1, std::move(id));
  FaceTrack track;
  const auto corner = static_cast<float>(scale * (kCentre - kUnit / 2)), side = static_cast<float>(scale * kUnit);
  track.boxes.assign(frames, FaceTrack::Box{corner, corner, side, side, false});
  sample.faces = std::make_shared<const FaceTrack>(track);
  return sample;
}

constexpr int kLarge = 2;          // known points are looked for on a face of 200 pixels
constexpr double kSigma = 2;       // of a spot, pixels
constexpr double kSpot = 0.02;     // as far from its centre there is hardly any light of it, face sides
constexpr double kThreshold = 15;  // codes above the head that count as bright
constexpr double kHead = 60, kBrightest = 190;

struct Place {
  double x = 0, y = 0;
};

// Bright spots on an even head, in a picture `scale` times as large as the others.
Image spots(const std::vector<Place>& places, int scale = 1) {
  const int side = scale * kSide;
  Image image = picture(side, side, static_cast<std::uint8_t>(kHead));
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      double light = kHead;
      for (const Place& place : places) {
        const double dx = column + 0.5 - scale * (kCentre + kUnit * place.x);
        const double dy = row + 0.5 - scale * (kCentre + kUnit * place.y);
        light += kBrightest * std::exp(-(dx * dx + dy * dy) / (2 * kSigma * kSigma));
      }
      set(image, column, row, static_cast<std::uint8_t>(light));
    }
  }
  return image;
}

// The centroid of what is bright within some pixels of a place.
struct Found {
  double x = 0, y = 0, weight = 0;
};
Found bright(const Image& image, double at_x = kCentre, double at_y = kCentre, double reach = kSide) {
  Found found;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (std::hypot(x + 0.5 - at_x, y + 0.5 - at_y) > reach) continue;
      const double weight = std::max(0.0, value(image, x, y) - kHead - kThreshold);
      found.x += weight * (x + 0.5), found.y += weight * (y + 0.5), found.weight += weight;
    }
  }
  found.x /= found.weight, found.y /= found.weight;
  return found;
}

const std::map<std::string, std::vector<int>> kLadders = {
    {"yaw", {10, 20, 30, 45, 60}}, {"pitch", {5, 10, 15, 25, 35}}, {"roll", {10, 20, 30, 45, 60}}};

// How much of a small piece of the head on either side of a point, as large as a spot, the camera sees after turning,
// at least.
double seen(const Place& at, const std::string& axis, double angle) {
  const auto project = [&](double u, double v) { return turned({u, v, depth(u, v)}, axis, angle); };
  const Point3 p = project(at.x, at.y);
  double least = 1;
  for (const double dx : {-kSpot, kSpot}) {
    for (const double dy : {-kSpot, kSpot}) {
      const Point3 px = project(at.x + dx, at.y), py = project(at.x, at.y + dy);
      least = std::min(least, ((px[0] - p[0]) * (py[1] - p[1]) - (px[1] - p[1]) * (py[0] - p[0])) / (dx * dy));
    }
  }
  return least;
}

// Where a spot's centre of light is projected to, in pixels: each of its points by itself, with the area that it then
// takes up in the picture. On a bend, as the nose is, that is not where its middle goes.
Place projected(const Place& spot, const std::string& axis, double angle) {
  const auto project = [&](double u, double v) { return turned({u, v, depth(u, v)}, axis, angle); };
  const double step = 0.1 * kSigma / (kLarge * kUnit);
  double sum = 0, x = 0, y = 0;
  for (int row = -30; row <= 30; ++row) {
    for (int column = -30; column <= 30; ++column) {
      const double u = spot.x + column * step, v = spot.y + row * step;
      const double light = kBrightest * std::exp(-0.005 * (row * row + column * column)) - kThreshold;
      const Point3 p = project(u, v), right = project(u + step, v), below = project(u, v + step);
      const double area = (right[0] - p[0]) * (below[1] - p[1]) - (right[1] - p[1]) * (below[0] - p[0]);
      if (light <= 0 || area <= 0) continue;
      sum += light * area, x += light * area * p[0], y += light * area * p[1];
    }
  }
  return {kLarge * (kCentre + kUnit * x / sum), kLarge * (kCentre + kUnit * y / sum)};
}

TEST(HeadPoseTest, MovesKnownPointsOfTheFaceToWhereTheyAreProjected) {
  const std::vector<Place> places = {{-.18, -.12}, {.18, -.12}, {0, .08}, {-.14, .28}, {.14, .28}, {0, .38}};
  for (const auto& [axis, ladder] : kLadders) {
    for (const int degrees : ladder) {
      for (const int sign : {1, -1}) {
        const double angle = sign * degrees * std::numbers::pi / 180;
        const auto out =
            apply_to(with_face(spots(places, kLarge), 1, "a", kLarge), kName,
                     {{"axis", axis}, {"degrees", std::to_string(degrees)}, {"direction", sign > 0 ? "up" : "down"}});
        int checked = 0;
        for (const Place& place : places) {
          if (seen(place, axis, angle) < 0.3) continue;  // on its edge to the camera, or hidden
          const auto [x, y] = projected(place, axis, angle);
          const Found found = bright(*out.after.clip->frames[0], x, y, 6);
          const std::string where = axis + " " + std::to_string(sign * degrees) + " at " + std::to_string(place.x) +
                                    " " + std::to_string(place.y);
          ASSERT_GT(found.weight, 100) << where;
          EXPECT_NEAR(found.x, x, 1) << where;
          EXPECT_NEAR(found.y, y, 1) << where;
          ++checked;
        }
        EXPECT_GE(checked, 3) << axis << degrees;
      }
    }
  }
}

TEST(HeadPoseTest, TheNoseHidesWhatIsBehindIt) {
  const Image image = spots({{.1, .1}});  // beside the nose, on the side to which the head turns
  const auto out = apply_to(with_face(image), kName, {{"degrees", "45"}, {"direction", "up"}});
  EXPECT_LT(bright(*out.after.clip->frames[0]).weight, 0.25 * bright(image).weight);
  const auto other = apply_to(with_face(image), kName, {{"degrees", "45"}, {"direction", "down"}});
  EXPECT_GT(bright(*other.after.clip->frames[0]).weight, 0.6 * bright(image).weight);
}

TEST(HeadPoseTest, TurnedThereAndBackIsNearlyTheInput) {
  const std::vector<Place> places = {{-.18, -.12}, {.18, -.12}, {-.14, .28}, {.14, .28}};
  const Image image = spots(places);
  for (const auto& [axis, ladder] : kLadders) {
    const ParamMap there = {{"axis", axis}, {"degrees", std::to_string(ladder[1])}, {"direction", "up"}};
    ParamMap back = there;
    back["direction"] = "down";
    const auto first = apply_to(with_face(image), kName, there);
    const auto second = apply_to(first.after, kName, back);
    for (const Place& place : places) {
      const double x = kCentre + kUnit * place.x, y = kCentre + kUnit * place.y;
      const Found found = bright(*second.after.clip->frames[0], x, y, 8);
      ASSERT_GT(found.weight, 100) << axis;
      EXPECT_NEAR(found.x, x, 0.03 * kUnit) << axis;
      EXPECT_NEAR(found.y, y, 0.03 * kUnit) << axis;
    }
  }
}

TEST(HeadPoseTest, LeavesTheBackgroundAlone) {
  const Image image = texture(kSide, kSide);
  for (const auto& [axis, ladder] : kLadders) {
    const auto out = apply_to(with_face(image), kName, {{"axis", axis}, {"degrees", std::to_string(ladder[4])}});
    const Image& after = *out.after.clip->frames[0];
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        if (std::hypot(x - kCentre, y - kCentre + 0.1 * kUnit) < 0.95 * kUnit) continue;
        ASSERT_EQ(value(after, x, y), value(image, x, y)) << axis << " " << x << " " << y;
      }
    }
  }
}

TEST(HeadPoseTest, MeasuresTheAngleOnThePictures) {
  const Image image = texture(kSide, kSide);
  for (const auto& [axis, ladder] : kLadders) {
    for (const int degrees : ladder) {
      const auto out = apply_to(with_face(image), kName, {{"axis", axis}, {"degrees", std::to_string(degrees)}});
      EXPECT_NEAR(out.dose.realised, degrees, 0.7) << axis;
    }
  }
}

TEST(HeadPoseTest, IsOnePoseAClipAndGoesEitherWay) {
  std::set<std::int64_t> directions;
  for (int i = 0; i < 20; ++i) {
    const auto out = apply_to(with_face(texture(kSide, kSide), 3, std::to_string(i)), kName, {{"degrees", "20"}});
    EXPECT_EQ(out.after.clip->frames[0]->pixels, out.after.clip->frames[2]->pixels);
    directions.insert(out.effect.decisions.front());
  }
  EXPECT_EQ(directions, (std::set<std::int64_t>{-1, 1}));
}

TEST(HeadPoseTest, TurnsAwayAndBackSmoothly) {
  const auto out = apply_to(with_face(spots({{0, -.12}}), 11), kName,
                            {{"degrees", "40"}, {"direction", "up"}, {"motion", "turning"}});
  std::vector<double> x;
  for (const auto& frame : out.after.clip->frames) x.push_back(bright(*frame).x);
  EXPECT_LT(x.front() - kCentre, 0.05 * kUnit);
  EXPECT_NEAR(x[5], kCentre + kUnit * depth(0, -.12) * std::sin(40 * std::numbers::pi / 180), 1);
  for (std::size_t i = 1; i < x.size(); ++i) EXPECT_EQ(x[i] > x[i - 1], i <= 5) << i;
}

TEST(HeadPoseTest, CountsFramesWithoutAFace) {
  Sample sample = with_face(texture(kSide, kSide), 4);
  FaceTrack track = *sample.faces;
  track.boxes[1].reset();
  sample.faces = std::make_shared<const FaceTrack>(track);
  const auto out = apply_to(sample, kName, {});
  EXPECT_EQ(out.effect.measures.at("frames_without_face"), 1);
  EXPECT_EQ(out.after.clip->frames[1], out.before.clip->frames[1]);
  track.boxes.assign(4, std::nullopt);
  sample.faces = std::make_shared<const FaceTrack>(track);
  EXPECT_EQ(apply_to(sample, kName, {}).effect.state, State::kSkipped);
}

}  // namespace
}  // namespace shakedown::perturb::testing
