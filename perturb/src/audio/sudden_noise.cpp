// Something happens in the room while somebody speaks: a door, breaking glass, a beep, hands, a cough, or a file of the
// user's folder, at a moment that is drawn. The dose is the peak of what is added over the peak of the clip's own
// sound; peaks, not powers, because such sounds are short. The same sound goes to every channel; levels are those of
// the mean of all channels.
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "events.h"
#include "level.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "sound_folder.h"

namespace shakedown::perturb {
namespace {

double peak_of(const std::vector<float>& x) {
  float peak = 0;
  for (const float value : x) peak = std::max(peak, std::abs(value));
  return peak;
}

class SuddenNoise final : public Perturbation {
 public:
  struct Config {
    double peak_db = 0;
    std::string event = "random";
    int count = 1;
    std::string folder;
    bool clip = false;
  };

  explicit SuddenNoise(const Config& config) : config_(config) {
    const bool from_folder = config.event == "folder";
    if (!from_folder && !config.folder.empty()) {
      throw Error(ErrorKind::kUsage, "folder: only used by 'event: folder', not by 'event: " + config.event + "'");
    }
    if (from_folder) folder_ = std::make_shared<const SoundFolder>(config.folder, SoundFolder::Channels::kMean);
  }

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Waveform& before = *sample.waveform;
    if (std::isinf(config_.peak_db)) return Effect::unchanged("no noise at peak_db -inf");
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const double speech = peak_of(media::to_mono(before));
    if (speech * speech < kSilence) return Effect::skipped("silence has no peak to set the noise against");

    Effect effect;
    const auto added = draw(before, rng.stream("audio"), effect);
    const double peak = peak_of(added);
    if (!(peak > 0)) return Effect::skipped("the noise drawn is silent");
    const double gain = speech * std::pow(10, config_.peak_db / 20) / peak;
    auto after = std::make_shared<Waveform>(before);
    const auto channels = static_cast<std::size_t>(before.channels);
    for (std::size_t i = 0; i < added.size(); ++i) {
      if (added[i] == 0) continue;
      for (std::size_t channel = 0; channel < channels; ++channel) {
        float& value = after->pcm[i * channels + channel];
        value = static_cast<float>(static_cast<double>(value) + gain * static_cast<double>(added[i]));
      }
    }
    effect.measures["over_full_scale"] = over_full_scale(after->pcm, config_.clip);
    effect.measures["speech_peak_db"] = 20 * std::log10(speech);
    sample.waveform = std::move(after);
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const auto clean = media::to_mono(*before.waveform);
    auto added = media::to_mono(*after.waveform);
    for (std::size_t i = 0; i < added.size(); ++i) added[i] -= clean[i];
    const double speech = peak_of(clean), noise = peak_of(added);
    if (speech > 0 && noise > 0) dose.realised = dose.effective = 20 * std::log10(noise / speech);
    return dose;
  }

 private:
  // All events at their moments; each lies inside the clip as far as it fits.
  std::vector<float> draw(const Waveform& clip, const Stream& stream, Effect& effect) const {
    std::vector<float> sum(clip.frames(), 0.0F);
    if (folder_) effect.measures = folder_->counts();
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(config_.count); ++i) {
      std::int64_t which = 0;
      const auto sound = event(i, clip.sample_rate_hz, stream, which);
      const std::size_t length = std::min(sound.size(), sum.size());
      const std::size_t start = stream.below(sum.size() - length + 1, i, 1);
      for (std::size_t k = 0; k < length; ++k) sum[start + k] += sound[k];
      effect.decisions.insert(effect.decisions.end(), {which, static_cast<std::int64_t>(start)});
      const double rate = clip.sample_rate_hz;
      effect.touched.push_back({static_cast<double>(start) / rate, static_cast<double>(start + length) / rate});
    }
    return sum;
  }

  std::vector<float> event(std::uint64_t index, int rate, const Stream& stream, std::int64_t& which) const {
    constexpr std::uint64_t kDraws = 1000000;
    if (folder_) {
      which = static_cast<std::int64_t>(stream.below(folder_->sounds().size(), index, 2));
      const auto& sound = folder_->sounds()[static_cast<std::size_t>(which)];
      return media::resample(sound.mono, sound.sample_rate_hz, rate);
    }
    const auto& names = event_names();
    const auto named = std::find(names.begin(), names.end(), config_.event);
    which =
        named == names.end() ? static_cast<std::int64_t>(stream.below(names.size(), index, 2)) : named - names.begin();
    return event_sound(static_cast<std::size_t>(which), rate, stream, (index + 1) * kDraws);
  }

  Config config_;
  std::shared_ptr<const SoundFolder> folder_;
};

PerturbationSpec spec() {
  using Config = SuddenNoise::Config;
  std::vector<std::string> events = {"random"};
  events.insert(events.end(), event_names().begin(), event_names().end());
  events.emplace_back("folder");
  return Schema<SuddenNoise>("audio.sudden_noise", Modality::kAudio,
                             "A short loud sound, a door, glass, a beep, a clap or a cough, while somebody speaks.")
      .source("Sudden noises at a given loudness: Yuan et al., OpenVNA, ACL 2024 demo; synthesis: this project.")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("peak_db", &Config::peak_db, "dB", {.min = -60, .max = 40},
              "Peak of the added sound over the peak of the clip.")
      .choice("event", &Config::event, events, "What happens; random: one of the five, drawn by clip.")
      .number("count", &Config::count, "", {.min = 1, .max = 100}, "How many times something happens.")
      .text("folder", &Config::folder, "folder: path of a folder of sound files.")
      .flag("clip", &Config::clip, "Cut values off at full scale, as a recorder would.")
      .dose({.parameter = "peak_db",
             .unit = "dB",
             .scale = DoseSpec::Scale::kAmplitude,
             .identity = -std::numeric_limits<double>::infinity(),
             .ladder = {-10, -5, 0, 5, 10},
             .tolerance = 0.05})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_sudden_noise, shakedown::perturb::spec);
