#include "shakedown/media/audio.h"
#include "sound_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr char kName[] = "audio.reverb";

// The response itself: what a click becomes.
std::vector<float> response(const ParamMap& params, double seconds, int rate, const std::string& id = "a") {
  std::vector<float> click(static_cast<std::size_t>(seconds * rate), 0.0F);
  click[0] = 1;
  return apply_to(sound(click, rate, 1, id), kName, params).after.waveform->pcm;
}

// Slope of the backward-integrated energy from -5 to -25 dB through its end points, another fit than the one in use.
double schroeder(const std::vector<float>& h, int rate) {
  std::vector<double> left(h.size() + 1, 0.0);
  for (std::size_t i = h.size(); i-- > 0;)
    left[i] = left[i + 1] + static_cast<double>(h[i]) * static_cast<double>(h[i]);
  const auto time_at = [&](double level) {
    std::size_t i = 0;
    while (db(left[i] / left[0]) > level) ++i;
    return static_cast<double>(i) / rate;
  };
  double sum = 0;
  for (const double top : {-5.0, -7.0, -9.0}) sum += 60.0 / 22 * (time_at(top - 22) - time_at(top));
  return sum / 3;
}

TEST(ReverbTest, ReverberationTimeAtEveryStepAndRate) {
  for (const int rate : {8000, 16000, 44100}) {
    for (const double rt60 : {0.2, 0.4, 0.7, 1.1, 1.6}) {
      const auto h = response({{"rt60", std::to_string(rt60)}}, 1.3 * rt60 + 0.1, rate);
      EXPECT_NEAR(schroeder(h, rate), rt60, 0.05 * rt60) << rate;
    }
  }
}

TEST(ReverbTest, DirectSoundStaysAndNothingComesBefore) {
  std::vector<float> click(8000, 0.0F);
  click[1000] = 0.5F;
  const auto out = apply_to(sound(click, 16000), kName, {});
  for (std::size_t i = 0; i < 1000; ++i) ASSERT_NEAR(out.after.waveform->pcm[i], 0, 1e-6);
  EXPECT_NEAR(out.after.waveform->pcm[1000], 0.5, 0.01);
  EXPECT_EQ(out.after.waveform->pcm.size(), click.size());
}

// Theory of diffuse fields: direct over reverberant is (critical distance / distance)^2, critical distance
// 0.057 sqrt(V / T). A single place in a room scatters by some dB.
TEST(ReverbTest, DirectToReverberantRatioFollowsDistanceAndTime) {
  for (const double distance : {0.5, 1.0, 2.0}) {
    for (const double rt60 : {0.4, 1.1}) {
      double sum = 0;
      constexpr int kPlaces = 12;
      for (int i = 0; i < kPlaces; ++i) {
        const auto h = response({{"rt60", std::to_string(rt60)}, {"distance_m", std::to_string(distance)}}, 1.2 * rt60,
                                16000, "room" + std::to_string(i));
        double rest = 0;
        for (std::size_t n = 40; n < h.size(); ++n) rest += static_cast<double>(h[n]) * static_cast<double>(h[n]);
        sum += rest;
      }
      const double critical = 0.057 * std::sqrt(6 * 5 * 2.8 / rt60);
      EXPECT_NEAR(db(kPlaces / sum), 20 * std::log10(critical / distance), 1.5) << distance << " " << rt60;
    }
  }
}

TEST(ReverbTest, ReportsWhatAResponseIsDescribedBy) {
  const auto out = apply_to(sound(syllables(2, 16000), 16000), kName, {{"rt60", "0.7"}});
  const auto h = response({{"rt60", "0.7"}}, 1, 16000);
  double early = 0, late = 0;
  for (std::size_t i = 0; i < h.size(); ++i)
    (i < 800 ? early : late) += static_cast<double>(h[i]) * static_cast<double>(h[i]);
  EXPECT_NEAR(out.effect.measures.at("c50_db"), db(early / late), 0.1);
  EXPECT_TRUE(std::isfinite(out.effect.measures.at("drr_db")));
}

TEST(ReverbTest, IsTheConvolutionWithItsResponse) {
  const auto x = syllables(1, 8000);
  const auto out = apply_to(sound(x, 8000), kName, {{"rt60", "0.4"}});
  const auto h = response({{"rt60", "0.4"}}, 1, 8000);
  for (std::size_t n = 3000; n < 3200; ++n) {
    double sum = 0;
    for (std::size_t k = 0; k <= n; ++k) sum += static_cast<double>(h[k]) * static_cast<double>(x[n - k]);
    ASSERT_NEAR(out.after.waveform->pcm[n], sum, 1e-4);
  }
}

TEST(ReverbTest, ChoosesTheResponseOfAFolderByItsTime) {
  const TemporaryFolder folder;
  for (const double rt60 : {0.3, 0.9}) {
    std::vector<float> h(16000, 0.0F);
    Stream(7, 8).normals(0, h);
    for (std::size_t i = 0; i < h.size(); ++i) {
      h[i] = i < 200
                 ? 0.0F
                 : 0.05F * h[i] * static_cast<float>(std::pow(10, -3 * static_cast<double>(i - 200) / (16000 * rt60)));
    }
    h[200] = 0.8F;  // the direct sound, 12.5 ms into the file
    folder.write(std::to_string(rt60) + ".wav", h, 16000);
  }
  std::vector<float> click(16000, 0.0F);
  click[100] = 0.25F;
  for (const double rt60 : {0.3, 0.9}) {
    const auto out =
        apply_to(sound(click, 16000), kName, {{"folder", folder.path.string()}, {"rt60", std::to_string(rt60)}});
    EXPECT_NEAR(out.dose.realised, rt60, 0.05 * rt60);
    EXPECT_NEAR(out.after.waveform->pcm[100], 0.25, 1e-3);
    EXPECT_NEAR(out.after.waveform->pcm[50], 0, 1e-3);
  }
}

TEST(ReverbTest, RefusesRoomsThatAreTooSmallAndFoldersWithoutDecay) {
  EXPECT_THROW((void)builtins().create(kName, {{"distance_m", "8"}}), Error);
  const TemporaryFolder folder;
  folder.write("tone.wav", tone(400, 0.5, 1, 16000), 16000);
  EXPECT_THROW((void)builtins().create(kName, {{"folder", folder.path.string()}}), Error);
}

// Parts of one block and of many, against the sum written out.
TEST(ConvolveTest, EqualsTheSum) {
  std::vector<float> x(2000), h(20000);
  Stream(1, 1).normals(0, x);
  Stream(1, 2).normals(0, h);
  for (const std::size_t taps : {std::size_t{1}, std::size_t{300}, std::size_t{20000}}) {
    const auto y = media::convolve(x, std::span(h).first(taps), 24000);
    for (std::size_t n = 0; n < y.size(); n += 531) {
      double sum = 0;
      for (std::size_t k = 0; k < taps && k <= n; ++k) {
        if (n - k < x.size()) sum += static_cast<double>(h[k]) * static_cast<double>(x[n - k]);
      }
      ASSERT_NEAR(y[n], sum, 1e-3) << taps << " " << n;
    }
  }
}

}  // namespace
}  // namespace shakedown::perturb::testing
