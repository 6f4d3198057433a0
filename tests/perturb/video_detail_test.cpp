// Detail lost in optics, sensor, resolution and codec, and sound out of step; each dose at every step.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "media_support.h"

namespace shakedown::perturb::testing {
namespace {

std::vector<double> ladder(const std::string& name, const ParamMap& variant = {}) {
  return builtins().find(name).dose_at(variant).ladder;
}

TEST(DefocusTest, TurnsAPointIntoADiscOfTheRadius) {
  constexpr double kFace = 150;
  Image dot = picture(121, 121);
  for (int y = 56; y <= 64; ++y)
    for (int x = 56; x <= 64; ++x) set(dot, x, y, 255);
  for (const double radius : ladder("video.defocus")) {
    const auto out = apply_to(film({dot}, kFace), "video.defocus", {{"radius", std::to_string(radius)}});
    const Image& after = *out.after.clip->frames[0];
    double sum = 0, moment = 0;
    for (int y = 0; y < 121; ++y) {
      for (int x = 0; x < 121; ++x) {
        const double v = light(value(after, x, y));
        sum += v, moment += v * ((x - 60.0) * (x - 60) + (y - 60.0) * (y - 60));
      }
    }
    // A disc's second moment is r^2 / 2; the dot itself has 40/3.
    const double r = radius * kFace;
    EXPECT_NEAR(sum / total_light(dot) * 3, 1, 0.04) << "light is neither lost nor won";
    EXPECT_NEAR(std::sqrt(2 * (moment / sum - 40.0 / 3)), r, 0.03 * r + 0.1);
    EXPECT_EQ(value(after, 60 + static_cast<int>(r) + 7, 60), 0) << "nothing beyond the disc";
  }
}

TEST(DefocusTest, MeasuresTheRadiusAndLeavesAnEvenPictureAlone) {
  for (const double radius : ladder("video.defocus")) {
    const auto out = apply_to(film({texture(160, 130)}, 80), "video.defocus", {{"radius", std::to_string(radius)}});
    EXPECT_NEAR(out.dose.realised, radius, 0.005);
  }
  EXPECT_EQ(apply_to(film({picture(30, 20, 99)}, 20), "video.defocus", {}).effect.state, State::kUnchanged);
}

struct Moments {
  double mean = 0, deviation = 0;
};
Moments moments(const Image& image, bool linear) {
  double sum = 0, squares = 0;
  for (const std::uint8_t code : image.pixels) {
    const double v = linear ? light(code) : code / 255.0;
    sum += v, squares += v * v;
  }
  const auto n = static_cast<double>(image.pixels.size());
  return {sum / n, std::sqrt(squares / n - sum / n * (sum / n))};
}

TEST(NoiseTest, HasTheStandardDeviation) {
  const Image grey = picture(200, 150, 128);
  for (const double sigma : ladder("video.noise")) {
    const std::string amount = std::to_string(sigma);
    const auto display = apply_to(film({grey}), "video.noise", {{"amount", amount}});
    // At mid-grey the tails beyond black and white are cut off from .2 on: 2 % less.
    EXPECT_NEAR(moments(*display.after.clip->frames[0], false).deviation, sigma, 0.03 * sigma);
    EXPECT_NEAR(display.dose.realised, sigma, 0.02 * sigma);
    const Image half = picture(200, 150, 188);  // half of the light
    const auto linear = apply_to(film({half}), "video.noise", {{"amount", amount}, {"light", "linear"}});
    EXPECT_NEAR(moments(*linear.after.clip->frames[0], true).deviation, sigma, 0.03 * sigma);
    const auto shot = apply_to(film({half}), "video.noise", {{"amount", amount}, {"kind", "shot"}});
    EXPECT_NEAR(moments(*shot.after.clip->frames[0], true).deviation, sigma * std::sqrt(light(188)), 0.04 * sigma);
    EXPECT_NEAR(moments(*shot.after.clip->frames[0], true).mean, light(188), 0.01);
    EXPECT_NEAR(shot.dose.realised, sigma, 0.03 * sigma);
  }
}

TEST(NoiseTest, ImpulsesAreHalfBlackHalfWhite) {
  const Image grey = picture(200, 150, 128);
  for (const double share : ladder("video.noise", {{"kind", "impulse"}})) {
    const auto out = apply_to(film({grey}), "video.noise", {{"amount", std::to_string(share)}, {"kind", "impulse"}});
    double black = 0, white = 0;
    for (const std::uint8_t code : out.after.clip->frames[0]->pixels) black += code == 0, white += code == 255;
    const double n = 200 * 150 * 3, error = 4 * std::sqrt(share / n);
    EXPECT_NEAR((black + white) / n, share, error);
    EXPECT_NEAR(black / n, white / n, error);
    EXPECT_NEAR(out.dose.realised, share, error);
  }
}

TEST(NoiseTest, IsDrawnForEachValueAndFrame) {
  const auto out = apply_to(film({picture(60, 50, 128), picture(60, 50, 128)}), "video.noise", {});
  const auto &a = out.after.clip->frames[0]->pixels, &b = out.after.clip->frames[1]->pixels;
  double same = 0, next = 0, squares = 0;
  for (std::size_t i = 0; i + 1 < a.size(); ++i) {
    same += (a[i] - 128.0) * (b[i] - 128.0);
    next += (a[i] - 128.0) * (a[i + 1] - 128.0);
    squares += (a[i] - 128.0) * (a[i] - 128.0);
  }
  EXPECT_LT(std::abs(same / squares), 0.05);
  EXPECT_LT(std::abs(next / squares), 0.05);
}

// Stripes finer than what the scale leaves vanish, coarser ones stay.
TEST(LowResolutionTest, KeepsDetailUpToTheScale) {
  const auto contrast_left = [](double period, double scale) {
    Image image = picture(400, 20);
    for (int x = 0; x < 400; ++x)
      for (int y = 0; y < 20; ++y)
        set(image, x, y,
            static_cast<std::uint8_t>(std::lround(128 + 100 * std::sin(2 * std::numbers::pi * x / period))));
    const auto out = apply_to(film({image}), "video.low_resolution", {{"scale", std::to_string(scale)}});
    return moments(*out.after.clip->frames[0], false).deviation / moments(image, false).deviation;
  };
  for (const double scale : ladder("video.low_resolution")) {
    EXPECT_LT(contrast_left(0.95 / scale, scale), 0.25) << scale;
    EXPECT_GT(contrast_left(6 / scale, scale), 0.75) << scale;
    const auto out =
        apply_to(film({texture(200, 160)}, 80), "video.low_resolution", {{"scale", std::to_string(scale)}});
    EXPECT_NEAR(out.dose.realised, scale, 0.02);
    EXPECT_NEAR(out.effect.measures.at("face_width_left_px"), 80 * scale, 1e-9);
  }
}

double psnr(const Clip& a, const Clip& b) {
  double squares = 0, count = 0;
  for (std::size_t i = 0; i < a.frames.size(); ++i) {
    for (std::size_t k = 0; k < a.frames[i]->pixels.size(); ++k) {
      const double difference = a.frames[i]->pixels[k] - b.frames[i]->pixels[k];
      squares += difference * difference, ++count;
    }
  }
  return 10 * std::log10(255 * 255 * count / squares);
}

TEST(CompressionTest, LosesMoreAtEveryStep) {
  std::vector<Image> frames;
  for (int i = 0; i < 4; ++i) frames.push_back(texture(97, 75, 1.5 * i));  // odd sizes on purpose
  const Sample sample = film(frames);
  double before = 60, bits = 1e9;
  for (const double quality : ladder("video.compression")) {
    const auto out = apply_to(sample, "video.compression", {{"quality", std::to_string(static_cast<int>(quality))}});
    EXPECT_EQ(out.after.clip->frames[3]->width, 97);
    const double now = psnr(*sample.clip, *out.after.clip);
    EXPECT_LT(now, before) << quality;
    EXPECT_GT(now, 10) << quality << ": still the same picture";
    EXPECT_LT(out.effect.measures.at("kbit_s"), bits);
    EXPECT_EQ(out.dose.realised, quality);
    before = now, bits = out.effect.measures.at("kbit_s");
  }
}

std::string text_of(double whole) {
  return std::to_string(static_cast<int>(whole));
}

TEST(CompressionTest, OfAVideoLosesMoreAtEveryStepAndIsTheSameTwice) {
  std::vector<Image> frames;
  for (int i = 0; i < 6; ++i) frames.push_back(texture(97, 75, 1.5 * i));
  const Sample sample = film(frames);
  double before = 60, bits = 1e9;
  for (const double crf : ladder("video.compression", {{"codec", "h264"}})) {
    const ParamMap params = {{"codec", "h264"}, {"crf", text_of(crf)}};
    const auto out = apply_to(sample, "video.compression", params);
    EXPECT_EQ(out.after.clip->frames[5]->width, 97);
    const double now = psnr(*sample.clip, *out.after.clip);
    EXPECT_LT(now, before) << crf;
    EXPECT_GT(now, 10) << crf << ": still the same picture";
    EXPECT_NEAR(out.effect.measures.at("psnr_db"), now, 1e-9);
    EXPECT_LT(out.effect.measures.at("kbit_s"), bits);
    EXPECT_EQ(out.dose.realised, crf);
    const auto again = apply_to(sample, "video.compression", params);
    for (std::size_t i = 0; i < frames.size(); ++i)
      EXPECT_EQ(out.after.clip->frames[i]->pixels, again.after.clip->frames[i]->pixels);
    before = now, bits = out.effect.measures.at("kbit_s");
  }
}

// What makes it a video codec: a picture that repeats the one before costs nearly nothing, a new one all of its bits.
TEST(CompressionTest, OfAVideoPredictsFramesFromTheLast) {
  std::vector<Image> still, moving;
  for (int i = 0; i < 10; ++i) {
    still.push_back(texture(160, 128));
    moving.push_back(texture(160, 128, 37.0 * i));
  }
  const auto bytes = [](const std::vector<Image>& frames, const ParamMap& params) {
    const Sample sample = film(frames);
    const double kbit_s = apply_to(sample, "video.compression", params).effect.measures.at("kbit_s");
    return kbit_s * 125 * static_cast<double>(frames.size()) / sample.clip->fps;
  };
  const ParamMap h264 = {{"codec", "h264"}, {"crf", "28"}}, jpeg = {{"quality", "25"}};
  EXPECT_LT(bytes(still, h264), 3 * bytes({still.front()}, h264)) << "ten pictures for less than three";
  EXPECT_GT(bytes(moving, h264), 2 * bytes(still, h264));
  EXPECT_NEAR(bytes(still, jpeg), 10 * bytes({still.front()}, jpeg), 1) << "JPEG takes each by itself";
}

TEST(CompressionTest, OfAVideoCountsNoSignature) {
  const Sample sample = film({texture(32, 32)});
  const auto out = apply_to(sample, "video.compression", {{"codec", "h264"}, {"crf", "51"}});
  const double bytes = out.effect.measures.at("kbit_s") * 125 / sample.clip->fps;
  EXPECT_GT(bytes, 20) << "a picture and its parameters";
  EXPECT_LT(bytes, 400) << "x264's signature alone has more than 600";
}

TEST(CompressionTest, SaysWhatItCannotDo) {
  EXPECT_THROW(static_cast<void>(builtins().create("video.compression", {{"codec", "h264"}, {"ladder", "imagenet-c"}})),
               Error);
  const Sample mixed = film({texture(64, 48), texture(48, 64)});
  const auto out = apply_to(mixed, "video.compression", {{"codec", "h264"}});
  EXPECT_EQ(out.effect.state, State::kSkipped);
  EXPECT_EQ(out.effect.reason, "frames of several sizes");
  EXPECT_EQ(apply_to(mixed, "video.compression", {}).effect.state, State::kApplied);
}

// The quality whose quantisation steps (ITU-T T.81, table K.1, scaled as libjpeg scales it) the DCT coefficients of a
// grey JPEG are nearest to multiples of.
int quality_from_coefficients(const Image& image) {
  struct Coefficient {
    int u, v, step;
  };
  const std::vector<Coefficient> table = {{0, 0, 16}, {1, 0, 11}, {2, 0, 10}, {0, 1, 12}, {1, 1, 12}, {0, 2, 14}};
  std::vector<std::pair<int, double>> found;  // the unscaled step, the coefficient
  for (int top = 0; top + 8 <= image.height; top += 8) {
    for (int left = 0; left + 8 <= image.width; left += 8) {
      for (const auto& [u, v, step] : table) {
        double sum = 0;
        for (int y = 0; y < 8; ++y) {
          for (int x = 0; x < 8; ++x) {
            sum += (value(image, left + x, top + y) - 128.0) * std::cos((2 * x + 1) * u * std::numbers::pi / 16) *
                   std::cos((2 * y + 1) * v * std::numbers::pi / 16);
          }
        }
        const double norm = 0.25 * (u == 0 ? std::sqrt(0.5) : 1) * (v == 0 ? std::sqrt(0.5) : 1);
        if (std::abs(norm * sum) > 2) found.emplace_back(step, norm * sum);
      }
    }
  }
  int best = 0;
  double least = 1e9;
  for (int quality = 1; quality < 100; ++quality) {
    const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    double distance = 0;
    for (const auto& [base, coefficient] : found) {
      const double step = std::clamp((base * scale + 50) / 100, 1, 255);
      distance += std::pow(coefficient / step - std::round(coefficient / step), 2);
    }
    if (distance < least) least = distance, best = quality;
  }
  return best;
}

TEST(CompressionTest, HasTheQuantisationOfTheQuality) {
  Image grey = picture(160, 128);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 160; ++x) {
      const double wave = 60 * std::sin(x / 13.0) * std::cos(y / 17.0) + 30 * std::sin(x / 3.1 + y / 4.7);
      set(grey, x, y, static_cast<std::uint8_t>(std::lround(128 + wave)));
    }
  }
  for (const double quality : ladder("video.compression")) {
    const auto out =
        apply_to(film({grey}), "video.compression", {{"quality", std::to_string(static_cast<int>(quality))}});
    EXPECT_NEAR(quality_from_coefficients(*out.after.clip->frames[0]), quality, 1);
  }
}

TEST(DesyncTest, ShiftsTheSoundByTheTime) {
  constexpr int kRate = 8000;
  std::vector<float> pcm(2 * kRate, 0.0F);
  pcm[kRate] = 1;  // one click
  for (const double ms : ladder("cross.desync")) {
    for (const bool late : {true, false}) {
      const auto out = apply_to(sound(pcm, kRate), "cross.desync",
                                {{"ms", std::to_string(ms)}, {"direction", late ? "up" : "down"}});
      const auto& after = out.after.waveform->pcm;
      ASSERT_EQ(after.size(), pcm.size());
      const auto click = std::max_element(after.begin(), after.end()) - after.begin();
      EXPECT_NEAR(static_cast<double>(click - kRate) / kRate * 1e3, late ? ms : -ms, 0.07);
      EXPECT_NEAR(out.dose.realised, ms, 0.07);
    }
  }
}

}  // namespace
}  // namespace shakedown::perturb::testing
