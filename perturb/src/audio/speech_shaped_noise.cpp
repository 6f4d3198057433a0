#include <algorithm>
#include <array>
#include <cmath>

#include "donors.h"
#include "noise_source.h"
#include "shakedown/media/audio.h"

namespace shakedown::perturb {
namespace {

// Level in third-octave bands from 63 Hz to 16 kHz at 70 dB overall, both sexes (Byrne et al., 1994).
constexpr std::array<double, 25> kBandHz = {63,   80,   100,  125,  160,   200,   250,  315,  400,
                                            500,  630,  800,  1000, 1250,  1600,  2000, 2500, 3150,
                                            4000, 5000, 6300, 8000, 10000, 12500, 16000};
constexpr std::array<double, 25> kBandDb = {38.6, 43.5, 54.4, 57.7, 56.8, 60.2, 60.3, 59.0, 62.1,
                                            62.1, 60.5, 56.8, 53.7, 53.0, 52.0, 48.7, 48.1, 46.8,
                                            45.6, 44.5, 44.3, 43.7, 43.4, 41.3, 40.7};
constexpr double kThirdOctave = 1.2599210498948732;  // 2^(1/3)

// Amplitude density: a band is as wide as its centre is high, so that power a Hz falls by f.
double standard_gain(double hz) {
  if (hz < kBandHz.front() / kThirdOctave) return 0;
  const double at = std::clamp(hz, kBandHz.front(), kBandHz.back());
  const auto above = std::max<std::size_t>(
      1, static_cast<std::size_t>(std::lower_bound(kBandHz.begin(), kBandHz.end(), at) - kBandHz.begin()));
  const double share = std::log(at / kBandHz[above - 1]) / std::log(kBandHz[above] / kBandHz[above - 1]);
  return std::pow(10, std::lerp(kBandDb[above - 1], kBandDb[above], share) / 20) / std::sqrt(hz);
}

// The mean spectrum of other speakers' clips, each at one active level, smoothed over a third of an octave.
class CorpusSpectrum {
 public:
  CorpusSpectrum(const Sample& sample, const Corpus& corpus, const Stream& stream, int sample_rate_hz)
      : sum_(kWindow / 2 + 1, 0.0), hz_per_bin_(static_cast<double>(sample_rate_hz) / kWindow) {
    constexpr std::size_t kClips = 12, kMostAttempts = 36;
    const auto donors = ranked_donors(sample, corpus, stream);
    for (std::size_t i = 0; i < std::min(donors.size(), kMostAttempts) && clips_ < kClips; ++i) {
      const auto voice = load_voice(corpus, donors[i].index, sample_rate_hz);
      if (!voice || voice->size() < kWindow) continue;
      const auto level = media::active_speech_level(*voice, sample_rate_hz);
      if (!level) continue;
      const auto spectra = media::welch(*voice, {}, kWindow);
      const double windows = std::floor(2.0 * static_cast<double>(voice->size()) / kWindow) - 1;
      for (std::size_t bin = 0; bin < sum_.size(); ++bin) {
        sum_[bin] += spectra.xx[bin] / (windows * level->mean_square);
      }
      ++clips_;
      decisions_.push_back(static_cast<std::int64_t>(donors[i].index));
    }
  }

  [[nodiscard]] std::size_t clips() const { return clips_; }
  [[nodiscard]] const std::vector<std::int64_t>& decisions() const { return decisions_; }

  // Power a bin of the transform, averaged from a sixth of an octave below to a sixth above.
  [[nodiscard]] std::vector<double> smoothed() const {
    std::vector<double> result(sum_.size(), 0.0);
    const double half = std::sqrt(kThirdOctave);
    for (std::size_t bin = 1; bin < sum_.size(); ++bin) {
      const auto low = static_cast<std::size_t>(std::floor(static_cast<double>(bin) / half));
      const auto high = std::min(sum_.size() - 1, static_cast<std::size_t>(std::ceil(static_cast<double>(bin) * half)));
      for (std::size_t i = low; i <= high; ++i) result[bin] += sum_[i] / static_cast<double>(high - low + 1);
    }
    return result;
  }

  [[nodiscard]] double hz_per_bin() const { return hz_per_bin_; }

 private:
  static constexpr std::size_t kWindow = 1024;
  std::vector<double> sum_;
  double hz_per_bin_;
  std::size_t clips_ = 0;
  std::vector<std::int64_t> decisions_;
};

class SpeechShaped final : public NoiseSource {
 public:
  explicit SpeechShaped(bool of_corpus) : of_corpus_(of_corpus) {}

  [[nodiscard]] DrawnNoise draw(const Sample& sample, const Corpus& corpus, const Rng& rng, std::size_t frames,
                                int sample_rate_hz) const override {
    const Stream stream = rng.stream("audio");
    DrawnNoise noise;
    std::function<double(double)> gain_at = standard_gain;
    if (of_corpus_) {
      const CorpusSpectrum spectrum(sample, corpus, rng.stream("donors"), sample_rate_hz);
      noise.measures["spectrum_clips"] = static_cast<double>(spectrum.clips());
      noise.decisions = spectrum.decisions();
      if (spectrum.clips() == 0) {
        noise.reason =
            "the spectrum of the data set's speech needs audible clips of other speakers; the split has none";
        return noise;
      }
      gain_at = [power = spectrum.smoothed(), step = spectrum.hz_per_bin()](double hz) {
        const double at = hz / step;
        const auto bin = std::min(power.size() - 2, static_cast<std::size_t>(at));
        return std::sqrt(std::lerp(power[bin], power[bin + 1], std::min(1.0, at - static_cast<double>(bin))));
      };
    }
    noise.mono.resize(shaped_length(frames, sample_rate_hz));
    stream.normals(0, noise.mono);
    shape_noise(noise.mono, sample_rate_hz, gain_at);
    noise.mono.resize(frames);
    return noise;
  }

 private:
  bool of_corpus_;
};

}  // namespace

std::unique_ptr<NoiseSource> speech_shaped_noise(bool of_corpus) {
  return std::make_unique<SpeechShaped>(of_corpus);
}

}  // namespace shakedown::perturb
