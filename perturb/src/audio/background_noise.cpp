// Background noise under the whole utterance at a given signal-to-noise ratio.
//
// The noise is drawn at any level, measured over the span that it will fill, and scaled to the level asked for: the
// ratio is met by each clip, not on average. The speech itself is never turned down. Sums beyond full scale
// stay as they are, in float, and their share is counted (`over_full_scale`); `clip: true` cuts them off.
// The level is set on the mean of all channels and the same noise is added to each, as a distant source would.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "channels.h"
#include "level.h"
#include "noise_source.h"
#include "shakedown/core/clones.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

const std::map<std::string, double>& colours() {
  static const std::map<std::string, double> kExponents = {
      {"white", 0}, {"pink", -1}, {"brown", -2}, {"blue", 1}, {"violet", 2}};
  return kExponents;
}

SHAKEDOWN_CLONES void mix(float* out, const float* sound, const float* noise, std::size_t n, double gain) {
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = static_cast<float>(static_cast<double>(sound[i]) + gain * static_cast<double>(noise[i]));
  }
}

SHAKEDOWN_CLONES void subtract(float* from, const float* what, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) from[i] -= what[i];
}

class BackgroundNoise final : public Perturbation {
 public:
  struct Config {
    std::string noise = "white";
    double snr_db = 10;
    std::string reference = "p56";
    int voices = 6;
    std::string folder;
    double offset_s = -1;
    std::string mains = "50";
    std::string spectrum = "standard";
    bool clip = false;
  };

  explicit BackgroundNoise(const Config& config)
      : snr_db_(config.snr_db), clip_(config.clip), reference_(level_reference(config.reference)) {
    if (config.noise != "folder" && !config.folder.empty()) {
      throw Error(ErrorKind::kUsage, "folder: only used by 'noise: folder', not by 'noise: " + config.noise + "'");
    }
    if (config.noise == "babble") {
      source_ = babble_noise(config.voices);
    } else if (config.noise == "folder") {
      source_ = folder_noise(config.folder, config.offset_s);
    } else if (config.noise == "hum") {
      source_ = hum_noise(config.mains == "50" ? 50 : 60);
    } else if (config.noise == "speech-shaped") {
      source_ = speech_shaped_noise(config.spectrum == "corpus");
    } else {
      source_ = coloured_noise(colours().at(config.noise));
    }
  }

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    const Waveform& before = *sample.waveform;
    if (std::isinf(snr_db_)) return Effect::unchanged("no noise at snr_db inf");
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const Mono speech(before);
    const auto signal = signal_power(speech.values(), before.sample_rate_hz, reference_);
    if (!signal) return Effect::skipped(no_level(speech.values(), before.sample_rate_hz));

    auto noise = source_->draw(sample, corpus, rng, before.frames(), before.sample_rate_hz);
    if (noise.mono.empty()) return with(Effect::skipped(noise.reason), std::move(noise.measures));
    const double drawn = noise_power(noise.mono, before.sample_rate_hz, reference_);
    if (!(drawn > 0)) return with(Effect::skipped("the noise drawn has no power"), std::move(noise.measures));

    Effect effect;
    effect.decisions = std::move(noise.decisions);
    effect.measures = std::move(noise.measures);
    effect.touched = {{0, before.seconds()}};
    const double gain = std::sqrt(*signal * std::pow(10, -snr_db_ / 10) / drawn);
    Waveform after = sum(before, std::move(noise.mono), gain);
    effect.measures["over_full_scale"] = over_full_scale(after.pcm, clip_);
    effect.measures["signal_level_db"] = decibels(*signal);
    sample.waveform = std::make_shared<const Waveform>(std::move(after));
    return effect;
  }

  // From the samples alone: what was added is the difference, whatever it was meant to be.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const int rate = before.waveform->sample_rate_hz;
    const Mono clean(*before.waveform), sum(*after.waveform);
    std::vector<float> added(sum.values().begin(), sum.values().end());
    subtract(added.data(), clean.values().data(), added.size());
    const auto signal = signal_power(clean.values(), rate, reference_);
    const double noise = noise_power(added, rate, reference_);
    if (!signal || !(noise > 0)) return dose;
    dose.realised = dose.effective = decibels(*signal / noise);
    return dose;
  }

 private:
  [[nodiscard]] std::string no_level(std::span<const float> speech, int sample_rate_hz) const {
    const bool silent = media::mean_square(speech) < kSilence || reference_ != LevelReference::kP56;
    const bool brief = 100 * speech.size() < static_cast<std::size_t>(sample_rate_hz);
    return !silent && brief ? "less than 10 ms has no active speech level" : "silence has no SNR";
  }

  static Effect with(Effect effect, std::map<std::string, double> measures) {
    effect.measures = std::move(measures);
    return effect;
  }

  // gain * noise beside every channel; for a single one in the memory of the noise.
  static Waveform sum(const Waveform& sound, std::vector<float> noise, double gain) {
    if (sound.channels == 1) {
      mix(noise.data(), sound.pcm.data(), noise.data(), noise.size(), gain);
      return {std::move(noise), 1, sound.sample_rate_hz};
    }
    Waveform after = sound;
    const auto channels = static_cast<std::size_t>(sound.channels);
    for (std::size_t i = 0; i < after.pcm.size(); ++i) {
      const double value = static_cast<double>(after.pcm[i]) + gain * static_cast<double>(noise[i / channels]);
      after.pcm[i] = static_cast<float>(value);
    }
    return after;
  }

  double snr_db_;
  bool clip_;
  LevelReference reference_;
  std::shared_ptr<const NoiseSource> source_;
};

PerturbationSpec spec() {
  using Config = BackgroundNoise::Config;
  std::vector<std::string> noises;
  for (const auto& [name, exponent] : colours()) noises.push_back(name);
  noises.insert(noises.end(), {"hum", "speech-shaped", "babble", "folder"});
  return Schema<BackgroundNoise>("audio.background_noise", Modality::kAudio,
                                 "Steady noise under the whole utterance at a signal-to-noise ratio that every clip "
                                 "meets. Speech is never turned down.")
      .source(
          "Speech level: ITU-T P.56 (2011), method B. A-weighting: IEC 61672-1. Babble: Krishnamurthy and Hansen, "
          "IEEE TASLP 17(7), 2009. Spectrum of speech: Byrne et al., JASA 96(4), 1994.")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .choice(
          "noise", &Config::noise, noises,
          "white, pink (-3 dB an octave), brown (-6), blue (+3), violet (+6): synthetic; hum: of the mains, with "
          "harmonics; speech-shaped: Gaussian, with the long-term spectrum of speech; babble: other speakers of the "
          "data set; folder: sound files.")
      .number("snr_db", &Config::snr_db, "dB", {.min = -30, .max = 100},
              "Power of the speech over power of the noise, by `reference`.")
      .choice(
          "reference", &Config::reference, {"p56", "rms", "a"},
          "p56: active speech level against mean square of the noise; rms: mean squares; a: A-weighted mean squares.")
      .needs([](const Config& config) {
        return Needs{.donors =
                         config.noise == "babble" || (config.noise == "speech-shaped" && config.spectrum == "corpus")};
      })
      .number("voices", &Config::voices, "", {.min = 3, .max = 20},
              "babble: number of other speakers; fewer where the data set has fewer.")
      .text("folder", &Config::folder, "folder: path of a folder of sound files.")
      .number("offset_s", &Config::offset_s, "s", {.min = -1, .max = 36000},
              "folder: where in the file the noise begins; negative: at a random point, drawn by clip.")
      .choice("mains", &Config::mains, {"50", "60"}, "hum: frequency of the mains in Hz.")
      .choice("spectrum", &Config::spectrum, {"standard", "corpus"},
              "speech-shaped: standard: the international spectrum of Byrne et al.; corpus: that of 12 clips of other "
              "speakers of the data set.")
      .flag("clip", &Config::clip, "Cut values off at full scale, as a recorder would.")
      .dose({.parameter = "snr_db",
             .unit = "dB",
             .scale = DoseSpec::Scale::kAmplitude,
             .identity = std::numeric_limits<double>::infinity(),
             .ladder = {20, 15, 10, 5, 0},
             .lower_is_harsher = true,
             .tolerance = 0.1})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_background_noise, shakedown::perturb::spec);
