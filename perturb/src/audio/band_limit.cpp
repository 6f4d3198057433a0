// The channel passes low frequencies only: a cheap microphone, a narrow-band line, a mask before the mouth. A
// Butterworth low-pass of 36 dB an octave (order 6), causal as real channels are. `preset: telephone` is the analogue
// telephone: a high-pass at 300 Hz beside it and mu-law coding of the result; its cut-off is 3400 Hz unless another is
// given.
//
// `cutoff: relative` follows the clip's rate: `cutoff_hz` is then meant for 16 kHz, so that 4000 is half the band at
// any rate. A cut-off at or above half the sample rate has no effect and is skipped.
#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "butterworth.h"
#include "channels.h"
#include "shakedown/core/text.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/codec.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class BandLimit final : public Perturbation {
 public:
  struct Config {
    double cutoff_hz = 3400;
    std::string cutoff = "absolute";
    std::string preset = "low_pass";
    int order = 6;
  };

  explicit BandLimit(Config config) : config_(std::move(config)) { config_.order += config_.order % 2; }

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    const Waveform& before = *sample.waveform;
    if (config_.cutoff_hz >= kFullBand) return Effect::unchanged("24 kHz is the full band");
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const int rate = before.sample_rate_hz;
    const double cutoff = config_.cutoff_hz * scale(rate);
    if (2 * cutoff >= rate) return Effect::skipped(fmt::format("no effect at {} kHz", format_number(rate / 1000.0)));

    const Butterworth low_pass(Butterworth::Kind::kLowPass, config_.order, cutoff, rate);
    auto after = std::make_shared<Waveform>(each_channel(before, [&](std::vector<float> mono) {
      low_pass.run(mono);
      if (config_.preset == "telephone") {
        Butterworth(Butterworth::Kind::kHighPass, config_.order, std::min(kTelephoneLowHz, 0.45 * rate), rate)
            .run(mono);
        mono = media::code(mono, rate, media::Codec::kMuLaw, 0).mono;
      }
      return mono;
    }));
    Effect effect;
    effect.touched = {{0, before.seconds()}};
    effect.measures["cutoff_hz"] = cutoff;
    sample.waveform = std::move(after);
    return effect;
  }

  // Where the gain from the sound before to the sound after, by Welch's method, falls through -3.01 dB.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const int rate = before.waveform->sample_rate_hz;
    const auto x = media::to_mono(*before.waveform), y = media::to_mono(*after.waveform);
    const std::size_t size = std::min<std::size_t>(kWindow, std::bit_floor(x.size()));
    if (size < kShortestWindow) return dose;
    const auto spectra = media::welch(x, y, size);
    // Where the clip itself has nothing (above the band of a coded or resampled sound) the ratio is rounding noise.
    const double least = kNothing * *std::max_element(spectra.xx.begin(), spectra.xx.end());
    double previous = 0;
    for (std::size_t bin = size / 2; bin > 0; --bin) {
      if (!(spectra.xx[bin] > least)) continue;
      const double gain_db = 20 * std::log10(std::abs(spectra.xy[bin]) / spectra.xx[bin]);
      if (gain_db >= kHalfPowerDb) {
        const double above = previous < kHalfPowerDb ? (gain_db - kHalfPowerDb) / (gain_db - previous) : 0;
        const double hz = (static_cast<double>(bin) + above) * rate / static_cast<double>(size);
        dose.realised = dose.effective = hz / scale(rate);
        break;
      }
      previous = gain_db;
    }
    return dose;
  }

 private:
  static constexpr double kFullBand = 24000, kTelephoneLowHz = 300, kReferenceRate = 16000;
  static constexpr double kHalfPowerDb = -3.0103, kNothing = 1e-9;  // 90 dB below the strongest bin
  static constexpr std::size_t kWindow = 1024, kShortestWindow = 64;

  [[nodiscard]] double scale(int sample_rate_hz) const {
    return config_.cutoff == "relative" ? sample_rate_hz / kReferenceRate : 1;
  }

  Config config_;
};

PerturbationSpec spec() {
  using Config = BandLimit::Config;
  return Schema<BandLimit>("audio.band_limit", Modality::kAudio, "The channel passes low frequencies only.")
      .source(
          "Butterworth, Wireless Engineer 7, 1930; telephone band: ITU-T G.712, 300 to 3400 Hz; mu-law: ITU-T G.711.")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("cutoff_hz", &Config::cutoff_hz, "Hz", {.min = 50, .max = 24000}, "Where half of the power is left.")
      .choice("cutoff", &Config::cutoff, {"absolute", "relative"},
              "absolute: in Hz whatever the clip's rate; relative: as meant for 16 kHz, scaled to the clip's rate.")
      .choice("preset", &Config::preset, {"low_pass", "telephone"},
              "telephone: a high-pass at 300 Hz and mu-law coding beside the low-pass.")
      .number("order", &Config::order, "", {.min = 2, .max = 24},
              "Order of the filter, 6 dB an octave each; odd ones are raised by one.")
      .dose({.parameter = "cutoff_hz",
             .unit = "Hz",
             .scale = DoseSpec::Scale::kLog,
             .identity = 24000,
             .ladder = {7000, 5000, 3400, 2000, 1000},
             .lower_is_harsher = true,
             .tolerance = 100})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_band_limit, shakedown::perturb::spec);
