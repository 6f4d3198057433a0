// Light: every dose at every step of its ladder, from the pixels, with the transfer written out again.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "media_support.h"

namespace shakedown::perturb::testing {
namespace {

std::vector<double> ladder(const std::string& name) {
  return builtins().find(name).dose.ladder;
}

// Frames of even grey in steps of `step` codes: each row of the first frame one code.
Image greys(int step = 5) {
  Image image = picture(16, 256 / step);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < 16; ++x) set(image, x, y, static_cast<std::uint8_t>(y * step));
  return image;
}

Sample with_face(const Image& image, double x, double y, double side, std::size_t frames = 1) {
  Sample sample = film(std::vector<Image>(frames, image), 1);
  FaceTrack track;
  track.boxes.assign(frames, FaceTrack::Box{static_cast<float>(x - side / 2), static_cast<float>(y - side / 2),
                                            static_cast<float>(side), static_cast<float>(side), false});
  sample.faces = std::make_shared<const FaceTrack>(track);
  return sample;
}

TEST(OverExposureTest, MultipliesLightAndCutsOffAtWhite) {
  for (const double stops : ladder("video.over_exposure")) {
    const auto out = apply_to(film({greys()}), "video.over_exposure", {{"stops", std::to_string(stops)}});
    const Image& after = *out.after.clip->frames[0];
    for (int y = 0; y < after.height; ++y) {
      const double expected = light(static_cast<std::uint8_t>(5 * y)) * std::pow(2, stops);
      if (expected < 1) {
        EXPECT_NEAR(light(value(after, 3, y)), expected, 0.005) << stops << " code " << 5 * y;
      } else {
        EXPECT_EQ(value(after, 3, y), 255);
      }
    }
    EXPECT_NEAR(out.dose.realised, stops, 0.03);
  }
}

TEST(GammaTest, RaisesDisplayedValuesToThePower) {
  for (const double exponent : ladder("video.gamma")) {
    for (const bool up : {true, false}) {
      const auto out = apply_to(film({greys()}), "video.gamma",
                                {{"exponent", std::to_string(exponent)}, {"direction", up ? "up" : "down"}});
      const Image& after = *out.after.clip->frames[0];
      // Doubling what goes in multiplies what comes out by 2^exponent.
      const double ratio = static_cast<double>(value(after, 0, 48)) / value(after, 0, 24);
      EXPECT_NEAR(std::log2(ratio), up ? 1 / exponent : exponent, 0.06) << exponent;
      EXPECT_EQ(value(after, 0, 0), 0);
      EXPECT_EQ(value(after, 0, 50) > 250, up);
      EXPECT_NEAR(out.dose.realised, exponent, 0.05);
    }
  }
}

TEST(ContrastTest, ShrinksLightTowardsTheMeanOfTheClip) {
  const Image dark = picture(8, 8, 60), bright = picture(8, 8, 200);
  const double mean = (light(60) + light(200)) / 2;
  for (const double factor : ladder("video.contrast")) {
    const auto out = apply_to(film({dark, bright}), "video.contrast", {{"factor", std::to_string(factor)}});
    const double a = light(value(*out.after.clip->frames[0], 2, 2)), b = light(value(*out.after.clip->frames[1], 2, 2));
    EXPECT_NEAR((a + b) / 2, mean, 0.004);
    EXPECT_NEAR((b - a) / (light(200) - light(60)), factor, 0.02);
    EXPECT_NEAR(out.dose.realised, factor, 0.02);
  }
}

// Correlated colour temperature of a pixel by McCamy's formula (1992), in mired.
double mired_of(const Image& image) {
  const double b = light(value(image, 0, 0, 0)), g = light(value(image, 0, 0, 1)), r = light(value(image, 0, 0, 2));
  const double x = 0.4124564 * r + 0.3575761 * g + 0.1804375 * b, y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
               z = 0.0193339 * r + 0.1191920 * g + 0.9503041 * b;
  const double n = (x / (x + y + z) - 0.3320) / (0.1858 - y / (x + y + z));
  return 1e6 / (449 * n * n * n + 3525 * n * n + 6823.3 * n + 5520.33);
}

TEST(ColorCastTest, ShiftsTheColourTemperatureOfGrey) {
  const Image grey = picture(4, 4, 120);
  for (const double mired : ladder("video.color_cast")) {
    const auto warm =
        apply_to(film({grey}), "video.color_cast", {{"mired", std::to_string(mired)}, {"direction", "up"}});
    EXPECT_NEAR(mired_of(*warm.after.clip->frames[0]) - mired_of(grey), mired, 0.06 * mired + 2) << mired;
    EXPECT_NEAR(warm.dose.realised, mired, 4);
    const auto cold =
        apply_to(film({grey}), "video.color_cast", {{"mired", std::to_string(mired)}, {"direction", "down"}});
    EXPECT_NEAR(cold.dose.realised, mired, 4);
    // Cold undoes warm but for the brightness.
    const auto both =
        apply_to(warm.after, "video.color_cast", {{"mired", std::to_string(mired)}, {"direction", "down"}});
    const Image& back = *both.after.clip->frames[0];
    EXPECT_NEAR(value(back, 0, 0, 0), value(back, 0, 0, 2), 4);
    EXPECT_NEAR(value(back, 0, 0, 0), value(back, 0, 0, 1), 4);
  }
}

TEST(ColorCastTest, KeepsTheLuminance) {
  const Image grey = picture(4, 4, 90);
  for (const char* direction : {"up", "down"}) {
    const auto out = apply_to(film({grey}), "video.color_cast", {{"mired", "150"}, {"direction", direction}});
    const Image& after = *out.after.clip->frames[0];
    const double y = 0.0722 * light(value(after, 0, 0, 0)) + 0.7152 * light(value(after, 0, 0, 1)) +
                     0.2126 * light(value(after, 0, 0, 2));
    EXPECT_NEAR(y / light(90), 1, 0.02);
  }
}

TEST(SideLightTest, GivesTheRatioOfKeyAndFillAcrossTheFace) {
  const Sample sample = with_face(picture(240, 240, 220), 120, 120, 120);
  for (const double ratio : ladder("video.side_light")) {
    for (const bool right : {true, false}) {
      const auto out = apply_to(sample, "video.side_light",
                                {{"ratio", std::to_string(ratio)}, {"direction", right ? "up" : "down"}});
      const Image& after = *out.after.clip->frames[0];
      double brightest = 0, darkest = 1;
      double left_sum = 0, right_sum = 0;
      for (int y = 90; y < 150; ++y) {
        for (int x = 75; x < 165; ++x) {
          const double v = light(value(after, x, y));
          brightest = std::max(brightest, v), darkest = std::min(darkest, v);
          (x < 120 ? left_sum : right_sum) += v;
        }
      }
      EXPECT_NEAR(std::log2(brightest / darkest), std::log2(ratio), 0.12) << ratio;
      EXPECT_EQ(right_sum > left_sum, right);
      EXPECT_NEAR(std::log2(out.dose.realised), std::log2(ratio), 0.12);
    }
  }
}

TEST(SideLightTest, FollowsLambertsLaw) {
  // Along the horizontal through the centre of the head, light falls with the cosine to the lamp, until it is fill
  // only.
  const auto out = apply_to(with_face(picture(240, 240, 220), 120, 120, 120), "video.side_light",
                            {{"ratio", "8"}, {"direction", "up"}});
  const Image& after = *out.after.clip->frames[0];
  const double azimuth = 65 * std::numbers::pi / 180, elevation = 15 * std::numbers::pi / 180;
  for (const double u : {-.3, -.2, .2, .25, .35}) {  // beside the nose
    const double z = 0.54 * std::sqrt(1 - u * u / (0.44 * 0.44)), nx = u / (0.44 * 0.44), nz = z / (0.54 * 0.54);
    const double cosine = std::cos(elevation) * (nx * std::sin(azimuth) + nz * std::cos(azimuth)) / std::hypot(nx, nz);
    const double expected = 1.0 / 8 + 7.0 / 8 * std::max(0.0, cosine);
    const int x = static_cast<int>(120 + 120 * u), y = 120 - 12;
    EXPECT_NEAR(light(value(after, x, y)) / light(220), expected, 0.03) << u;
  }
}

TEST(ShadowTest, CoversTheShareOfEveryFrame) {
  const Sample sample = film(std::vector<Image>(10, picture(90, 70, 200)));
  for (const double coverage : ladder("video.shadow")) {
    const auto out = apply_to(sample, "video.shadow", {{"coverage", std::to_string(coverage)}});
    for (const auto& frame : out.after.clip->frames) {
      double dark = 0;
      for (int y = 0; y < 70; ++y)
        for (int x = 0; x < 90; ++x) dark += light(value(*frame, x, y)) / light(200) < 0.625 ? 1 : 0;
      EXPECT_NEAR(dark / (90 * 70), coverage, 0.03);
    }
    EXPECT_NEAR(out.dose.realised, coverage, 0.03);
  }
}

TEST(ShadowTest, IsFourTimesDarkerAndMovesSmoothly) {
  const Sample sample = film(std::vector<Image>(10, picture(90, 70, 200)));
  const auto out = apply_to(sample, "video.shadow", {{"coverage", "0.5"}});
  const auto& frames = out.after.clip->frames;
  const auto& p = frames[0]->pixels;
  EXPECT_NEAR(light(*std::min_element(p.begin(), p.end())) / light(200), 0.25, 0.02);
  const auto change = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) sum += std::abs(frames[a]->pixels[i] - frames[b]->pixels[i]);
    return sum / static_cast<double>(p.size());
  };
  EXPECT_GT(change(0, 9), 2);
  EXPECT_LT(change(0, 1), 0.4 * change(0, 9)) << "one drawing a clip";
}

TEST(FlickerTest, ModulatesRowsByTheDepth) {
  Sample sample = film(std::vector<Image>(40, picture(8, 200, 150)));
  Clip clip = *sample.clip;
  clip.fps = 29.97;
  sample.clip = std::make_shared<const Clip>(clip);
  for (const double depth : ladder("video.flicker")) {
    const auto out = apply_to(sample, "video.flicker", {{"depth", std::to_string(depth)}, {"shutter_s", "0"}});
    double most = 0, least = 1;
    for (const auto& frame : out.after.clip->frames) {
      for (int y = 0; y < 200; ++y) {
        most = std::max(most, light(value(*frame, 4, y)));
        least = std::min(least, light(value(*frame, 4, y)));
      }
    }
    EXPECT_NEAR((most - least) / (most + least), depth, 0.02);
    EXPECT_NEAR(out.dose.realised, depth, 0.01);
  }
}

TEST(FlickerTest, ShowsAsManyBandsAsTheReadOutHasCycles) {
  const Sample sample = film({picture(4, 400, 150)});
  for (const double hz : {100.0, 120.0}) {
    const auto out =
        apply_to(sample, "video.flicker", {{"depth", "0.5"}, {"hz", std::to_string(hz)}, {"readout_s", "0.05"}});
    int crossings = 0;
    for (int y = 1; y < 400; ++y) {
      const auto above = [&](int row) { return value(*out.after.clip->frames[0], 1, row) > 150; };
      crossings += above(y) != above(y - 1) ? 1 : 0;
    }
    EXPECT_NEAR(crossings / 2.0, hz * 0.05, 0.6);
  }
}

TEST(FlickerTest, IsAveragedAwayByAShutterOfOneCycle) {
  const auto out = apply_to(film({picture(4, 40, 150)}), "video.flicker", {{"depth", "0.8"}, {"shutter_s", "0.01"}});
  EXPECT_EQ(out.effect.state, State::kUnchanged);
}

}  // namespace
}  // namespace shakedown::perturb::testing
