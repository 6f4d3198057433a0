#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "video.low_light";
constexpr double kFullWhite = 10000, kReadNoise = 5;

struct Moments {
  double mean = 0, variance = 0;
};

Moments moments_of_light(const Image& image) {
  double sum = 0, squares = 0;
  for (const std::uint8_t code : image.pixels) {
    sum += light(code);
    squares += light(code) * light(code);
  }
  const auto n = static_cast<double>(image.pixels.size());
  return {sum / n, squares / n - sum / n * (sum / n)};
}

TEST(LowLightTest, HalvesTheLightWithEveryStop) {
  for (const int stops : {-1, -2, -3, -4, -5}) {
    for (const std::uint8_t code : {std::uint8_t{120}, std::uint8_t{188}, std::uint8_t{255}}) {
      const auto out = apply_to(film({picture(120, 100, code)}), kName, {{"stops", std::to_string(stops)}});
      const double ratio = total_light(*out.after.clip->frames[0]) / total_light(*out.before.clip->frames[0]);
      EXPECT_NEAR(ratio / std::exp2(stops), 1, 0.015) << stops << " stops at code " << int{code};
      EXPECT_NEAR(out.dose.realised, stops, 0.03);
    }
  }
}

// Photon noise has the variance of the count; the read noise adds its own, and rounding to codes a little.
TEST(LowLightTest, HasTheNoiseOfPhotonsAndElectronics) {
  const std::uint8_t code = 188;
  for (const int stops : {-1, -3, -5}) {
    const auto out = apply_to(film({picture(200, 150, code)}), kName, {{"stops", std::to_string(stops)}});
    const auto noise = moments_of_light(*out.after.clip->frames[0]);
    const double mean = light(code) * std::exp2(stops);
    const auto near = static_cast<std::uint8_t>(std::lround(255 * (1.055 * std::pow(mean, 1 / 2.4) - 0.055)));
    const double step = light(static_cast<std::uint8_t>(near + 1)) - light(near);
    const double expected = mean / kFullWhite + std::pow(kReadNoise / kFullWhite, 2) + step * step / 12;
    EXPECT_NEAR(noise.variance / expected, 1, 0.05) << stops;
  }
}

TEST(LowLightTest, GainRestoresTheBrightnessButNotTheLight) {
  const std::uint8_t code = 160;
  for (const int stops : {-1, -3, -5}) {
    const auto out =
        apply_to(film({picture(200, 150, code)}), kName, {{"stops", std::to_string(stops)}, {"auto_gain", "true"}});
    const auto noise = moments_of_light(*out.after.clip->frames[0]);
    const double white = kFullWhite * std::exp2(stops);
    const double expected = light(code) / white + std::pow(kReadNoise / white, 2);
    EXPECT_NEAR(noise.mean / light(code), 1, 0.01) << stops;
    EXPECT_NEAR(noise.variance / expected, 1, 0.06) << stops;
    EXPECT_NEAR(out.dose.realised, stops, 0.1) << "told from the noise";
  }
}

// Where a handful of electrons is all there is, against a simulation by the standard library.
TEST(LowLightTest, MatchesASimulationOfFewElectrons) {
  std::mt19937_64 engine(7);
  for (const std::uint8_t code :
       {std::uint8_t{0}, std::uint8_t{20}, std::uint8_t{60}, std::uint8_t{100}, std::uint8_t{140}}) {
    const auto out = apply_to(film({picture(200, 200, code)}), kName, {{"stops", "-5"}});
    std::vector<double> ours(256, 0.0), simulated(256, 0.0);
    for (const std::uint8_t result : out.after.clip->frames[0]->pixels) ours[result] += 1;
    std::poisson_distribution<int> photons(std::max(1e-12, kFullWhite * light(code) / 32));
    std::normal_distribution<double> electronics(0, kReadNoise);
    const std::size_t draws = out.after.clip->frames[0]->pixels.size();
    for (std::size_t i = 0; i < draws; ++i) {
      const double linear = std::clamp((photons(engine) + electronics(engine)) / kFullWhite, 0.0, 1.0);
      const double value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
      simulated[static_cast<std::size_t>(std::lround(255 * value))] += 1;
    }
    double cumulative = 0, largest = 0;  // two-sample Kolmogorov-Smirnov
    for (std::size_t result = 0; result < 256; ++result) {
      cumulative += (ours[result] - simulated[result]) / static_cast<double>(draws);
      largest = std::max(largest, std::abs(cumulative));
    }
    EXPECT_LT(largest, 1.95 * std::sqrt(2.0 / static_cast<double>(draws))) << "code " << int{code};
  }
}

// A Poisson number of mean m is skewed by m / sigma^3, the more so the fewer there are.
TEST(LowLightTest, IsSkewedAsCountsAre) {
  const std::uint8_t code = 112;  // 50 electrons at -5 stops
  const auto out = apply_to(film({picture(400, 300, code)}), kName, {{"stops", "-5"}});
  const Image& frame = *out.after.clip->frames[0];
  const auto [mean, variance] = moments_of_light(frame);
  double third = 0;
  for (const std::uint8_t result : frame.pixels) third += std::pow(light(result) - mean, 3);
  const double skewness = third / static_cast<double>(frame.pixels.size()) / std::pow(variance, 1.5);
  const double electrons = kFullWhite * light(code) / 32;
  const double expected = electrons / std::pow(electrons + kReadNoise * kReadNoise, 1.5);
  EXPECT_NEAR(skewness, expected, 5 * std::sqrt(6.0 / static_cast<double>(frame.pixels.size())));
}

TEST(LowLightTest, DrawsNoiseAnewForEveryFrameAndValue) {
  const auto flat = picture(150, 100, 150);
  const auto out = apply_to(film({flat, flat}), kName, {{"stops", "-3"}, {"auto_gain", "true"}});
  const auto& a = out.after.clip->frames[0]->pixels;
  const auto& b = out.after.clip->frames[1]->pixels;
  const auto correlation = [](const std::vector<std::uint8_t>& x, const std::vector<std::uint8_t>& y, std::size_t lag) {
    const std::size_t n = x.size() - lag;
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double u = x[i], v = y[i + lag];
      sx += u, sy += v, sxx += u * u, syy += v * v, sxy += u * v;
    }
    const auto count = static_cast<double>(n);
    return (count * sxy - sx * sy) / std::sqrt((count * sxx - sx * sx) * (count * syy - sy * sy));
  };
  const double bound = 4 / std::sqrt(static_cast<double>(a.size()));
  EXPECT_LT(std::abs(correlation(a, b, 0)), bound);
  for (const std::size_t lag : {1U, 2U, 3U, 450U}) EXPECT_LT(std::abs(correlation(a, a, lag)), bound) << lag;
}

TEST(LowLightTest, NoValueIsBrighterWithLessLight) {
  const Sample sample = film({texture(90, 70)});
  std::vector<std::uint8_t> brighter = sample.clip->frames[0]->pixels;
  for (const char* stops : {"-1", "-2", "-3.5", "-5"}) {
    const auto darker = apply_to(sample, kName, {{"stops", stops}}).after.clip->frames[0]->pixels;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < darker.size(); ++i) wrong += darker[i] > brighter[i] ? 1 : 0;
    EXPECT_EQ(wrong, 0U) << stops;
    brighter = darker;
  }
}

TEST(LowLightTest, LeavesTheInputAtZeroStops) {
  const auto out = apply_to(film({texture(20, 20)}), kName, {{"stops", "0"}});
  EXPECT_EQ(out.effect.state, State::kUnchanged);
  EXPECT_EQ(out.after.clip, out.before.clip);
}

TEST(LowLightTest, ServesDegenerateClips) {
  EXPECT_EQ(apply_to(film({}), kName, {}).effect.state, State::kIneligible);
  for (const auto& frame : {picture(1, 1, 255), picture(3, 5, 0), picture(7, 1, 128), Image{}}) {
    const auto out = apply_to(film({frame}), kName, {{"stops", "-5"}});
    EXPECT_EQ(out.effect.state, State::kApplied);
    EXPECT_EQ(out.after.clip->frames[0]->pixels.size(), frame.pixels.size());
  }
}

}  // namespace
}  // namespace shakedown::perturb::testing
