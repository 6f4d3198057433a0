#include <algorithm>
#include <complex>
#include <thread>

#include "media/support.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

double peak_error(std::span<const float> a, std::span<const float> b, std::size_t skip) {
  double worst = 0;
  for (std::size_t i = skip; i + skip < a.size(); ++i) worst = std::max<double>(worst, std::abs(a[i] - b[i]));
  return worst;
}

TEST(ToMonoTest, IsTheMeanOverChannels) {
  EXPECT_EQ(to_mono({{1, 0, -0.5F, 0.25F, 0, 0}, 2, 16000}), (std::vector<float>{0.5F, -0.125F, 0}));
  EXPECT_EQ(to_mono({{1, 0.5F}, 1, 16000}), (std::vector<float>{1, 0.5F}));
  EXPECT_TRUE(to_mono({{}, 2, 16000}).empty());
}

TEST(ResampleTest, KeepsATone) {
  for (const auto& [from, to] : {std::pair{44100, 16000}, std::pair{8000, 16000}, std::pair{48000, 44100}}) {
    const auto rate = static_cast<std::size_t>(from);
    const std::vector<float> out = resample(sine(rate, 997, from, 0.5), from, to);
    ASSERT_EQ(out.size(), static_cast<std::size_t>(to));
    EXPECT_LT(peak_error(out, sine(out.size(), 997, to, 0.5), 1000), 1e-4) << from << " to " << to;
  }
}

TEST(ResampleTest, RemovesWhatLiesAboveTheNewNyquist) {
  const std::vector<float> out = resample(sine(44100, 9500, 44100), 44100, 16000);
  EXPECT_LT(10 * std::log10(mean_square(std::span(out).subspan(1000, 14000))), -90);
}

TEST(ResampleTest, LengthIsRounded) {
  EXPECT_EQ(resample(std::vector<float>(1001), 44100, 16000).size(), 363U);  // 363.17
  EXPECT_EQ(resample(std::vector<float>(1000), 44100, 16000).size(), 363U);  // 362.81
  EXPECT_EQ(resample(std::vector<float>(1), 48000, 8000).size(), 0U);
  EXPECT_TRUE(resample({}, 48000, 8000).empty());
}

TEST(ResampleTest, EqualRatesReturnTheInput) {
  const std::vector<float> x = noise(100, 1);
  EXPECT_EQ(resample(x, 16000, 16000), x);
}

TEST(ResampleTest, RefusesRatesThatAreNotPositive) {
  EXPECT_NE(error_of([] { (void)resample(std::vector<float>(8), 0, 16000); }).find("positive rates"),
            std::string::npos);
}

TEST(MeanSquareTest, OfAFullScaleSineIsOneHalf) {
  EXPECT_NEAR(mean_square(sine(16000, 100, 16000)), 0.5, 1e-7);
  EXPECT_EQ(mean_square({}), 0);
}

TEST(RealFftTest, MatchesTheDefinition) {
  for (const std::size_t n : {1U, 2U, 7U, 16U}) {
    const std::vector<float> x = noise(n, 5), bins = real_fft(x);
    ASSERT_EQ(bins.size(), 2 * (n / 2 + 1));
    for (std::size_t k = 0; k <= n / 2; ++k) {
      std::complex<double> sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        sum += std::polar<double>(1, -2 * std::numbers::pi * static_cast<double>(k * i) / static_cast<double>(n)) *
               static_cast<double>(x[i]);
      }
      EXPECT_NEAR(bins[2 * k], sum.real(), 1e-5);
      EXPECT_NEAR(bins[2 * k + 1], sum.imag(), 1e-5);
    }
  }
}

TEST(RealFftTest, InverseUndoesForward) {
  for (const std::size_t n : {1U, 100U, 1009U, 4096U}) {
    const std::vector<float> x = noise(n, 6);
    EXPECT_LT(peak_error(inverse_real_fft(real_fft(x), n), x, 0), 1e-6) << n;
  }
  EXPECT_TRUE(real_fft({}).empty());
  EXPECT_TRUE(inverse_real_fft({}, 0).empty());
  EXPECT_NE(error_of([] { (void)inverse_real_fft(std::vector<float>(4), 9); }).find("10 are accepted"),
            std::string::npos);
}

TEST(RealFftTest, ThreadsGetTheSameBits) {
  const std::vector<float> x = noise(5000, 7), expected = real_fft(x);
  std::vector<int> equal(4);
  std::vector<std::jthread> threads;
  for (int& answer : equal) {
    threads.emplace_back([&] {
      answer = 1;
      for (int i = 0; i < 20; ++i) answer &= static_cast<int>(real_fft(x) == expected);
    });
  }
  threads.clear();
  EXPECT_EQ(equal, (std::vector<int>{1, 1, 1, 1}));
}

}  // namespace
}  // namespace shakedown::media
