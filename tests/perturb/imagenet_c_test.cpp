// The ladders that stand for ImageNet-C, against pictures made by its definitions
// (tests/data/perturb/make_imagenet_c.py).
#include <gtest/gtest.h>

#include "media_support.h"
#include "shakedown/core/text.h"
#include "shakedown/media/decode.h"

namespace shakedown::perturb::testing {
namespace {

constexpr int kWidth = 64, kHeight = 48;

// The picture at a place of the sheet: 0 the original, then five severities each of contrast, pixelation, JPEG.
Image golden(int place) {
  static const Image kSheet = media::decode_image(std::string(SHAKEDOWN_TEST_DATA) + "/perturb/imagenet_c.png");
  const auto size = static_cast<std::ptrdiff_t>(kWidth) * kHeight * 3;
  return {kWidth, kHeight, {kSheet.pixels.begin() + place * size, kSheet.pixels.begin() + (place + 1) * size}};
}

double psnr(const Image& a, const Image& b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) squares += std::pow(a.pixels.at(i) - b.pixels.at(i), 2);
  return 10 * std::log10(255.0 * 255 * static_cast<double>(a.pixels.size()) / squares);
}

TEST(ImageNetCTest, DeterministicOnesComeWithin40Decibels) {
  int place = 1;
  for (const char* name : {"video.contrast", "video.low_resolution", "video.compression"}) {
    const PerturbationSpec& spec = builtins().find(name);
    const DoseSpec& dose = spec.dose_at({{"ladder", "imagenet-c"}});
    for (int severity = 1; severity <= 5; ++severity, ++place) {
      const auto out = apply_to(
          film({golden(0)}), name,
          spec.complete({{"ladder", "imagenet-c"}, {dose.parameter, format_number(dose.at_severity(severity))}}));
      EXPECT_GE(psnr(*out.after.clip->frames[0], golden(place)), 40) << name << " severity " << severity;
      EXPECT_LT(psnr(*out.before.clip->frames[0], golden(place)), 35) << "the input itself would not pass";
      EXPECT_NEAR(out.dose.realised, dose.at_severity(severity), dose.tolerance) << name;
    }
  }
}

TEST(ImageNetCTest, GaussianNoiseHasItsDeviations) {
  const DoseSpec& dose = builtins().find("video.noise").dose_at({{"ladder", "imagenet-c"}});
  EXPECT_EQ(dose.ladder, (std::vector<double>{.08, .12, .18, .26, .38}));
  EXPECT_THROW((void)builtins().create("video.noise", {{"ladder", "imagenet-c"}, {"kind", "shot"}}), Error);
}

}  // namespace
}  // namespace shakedown::perturb::testing
