// Speech in a room: the sound that goes from the speaker to the microphone straight, and after it what the walls throw
// back. The room is a shoebox (see room.h), or the response is one of a folder of measured ones: the dose then chooses
// among them, by their own reverberation times. The direct sound stays where and as loud as it was; the clip keeps its
// length, so that words and pictures stay in time, and what would ring on after its end is cut.
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include "channels.h"
#include "decay.h"
#include "level.h"
#include "room.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "sound_folder.h"

namespace shakedown::perturb {
namespace {

// A response as it is applied: `direct` is the sample at which the direct sound, of amplitude 1, arrives.
struct Heard {
  std::vector<float> response;
  std::size_t direct = 0;
  std::vector<std::int64_t> decisions;
  std::map<std::string, double> measures;
};

// Responses of a folder and their reverberation times.
class Responses {
 public:
  explicit Responses(const std::string& folder) : folder_(folder, SoundFolder::Channels::kFirst) {
    for (const auto& sound : folder_.sounds()) {
      const auto from_direct = std::span(sound.mono).subspan(direct_of(sound.mono));
      rt60_s_.push_back(rt60_of(from_direct, sound.sample_rate_hz).value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    if (std::all_of(rt60_s_.begin(), rt60_s_.end(), [](double t) { return std::isnan(t); })) {
      throw Error(ErrorKind::kUsage, "folder: no sound in " + folder + " decays as an impulse response does");
    }
  }

  // One of those within a tenth of the time asked for; failing that the nearest.
  [[nodiscard]] Heard choose(double rt60_s, int sample_rate_hz, const Stream& stream) const {
    std::vector<std::size_t> near;
    std::size_t nearest = 0;
    double distance = std::numeric_limits<double>::infinity();
    double without_decay = 0;
    for (std::size_t i = 0; i < rt60_s_.size(); ++i) {
      const double off = std::abs(std::log(rt60_s_[i] / rt60_s));
      if (std::isnan(off)) ++without_decay;
      if (off < std::log(1.1)) near.push_back(i);
      if (off < distance) distance = off, nearest = i;
    }
    const std::size_t index = near.empty() ? nearest : near[stream.below(near.size(), 0)];
    const auto& sound = folder_.sounds()[index];
    Heard heard{media::resample(sound.mono, sound.sample_rate_hz, sample_rate_hz),
                0,
                {static_cast<std::int64_t>(index)},
                folder_.counts()};
    heard.direct = direct_of(heard.response);
    heard.measures["files_without_decay"] = without_decay;
    if (!heard.response.empty()) {
      const float amplitude = heard.response[heard.direct];
      for (float& value : heard.response) value /= amplitude;
    }
    return heard;
  }

 private:
  static std::size_t direct_of(const std::vector<float>& response) {
    return static_cast<std::size_t>(
        std::max_element(response.begin(), response.end(), [](float a, float b) { return std::abs(a) < std::abs(b); }) -
        response.begin());
  }

  SoundFolder folder_;
  std::vector<double> rt60_s_;
};

class Reverb final : public Perturbation {
 public:
  struct Config {
    double rt60 = 0.7;
    double distance_m = 1.5;
    double length_m = 6, width_m = 5, height_m = 2.8;
    std::string folder;
    bool clip = false;
  };

  explicit Reverb(const Config& config)
      : rt60_s_(config.rt60),
        clip_(config.clip),
        room_{config.length_m, config.width_m, config.height_m, config.distance_m} {
    if (!config.folder.empty()) responses_ = std::make_shared<const Responses>(config.folder);
    const double longest = std::max(room_.length_m, room_.width_m) - 2 * kWallClearanceM;
    if (!responses_ && room_.distance_m > longest) {
      throw Error(ErrorKind::kUsage,
                  "distance_m: speaker and listener do not fit into the room, half a metre from its walls");
    }
  }

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Waveform& before = *sample.waveform;
    if (rt60_s_ == 0) return Effect::unchanged("no reverberation");
    if (before.frames() == 0) return Effect::ineligible("no sound");
    Heard room = response(before.sample_rate_hz, rng.stream("audio"));
    const auto heard = std::span(room.response).subspan(room.direct);
    const auto rt60 = rt60_of(heard, before.sample_rate_hz);
    if (!rt60) return Effect::skipped("the response is too short at this sample rate to have a decay");

    auto after = std::make_shared<Waveform>(each_channel(before, [&](const std::vector<float>& mono) {
      auto wet = media::convolve(mono, room.response, mono.size() + room.direct);
      wet.erase(wet.begin(), wet.begin() + static_cast<std::ptrdiff_t>(room.direct));
      return wet;
    }));
    if (after->pcm == before.pcm) return Effect::unchanged("nothing rings before the clip ends");
    Effect effect;
    effect.touched = {{0, before.seconds()}};
    effect.decisions = std::move(room.decisions);
    effect.measures = std::move(room.measures);
    effect.measures["rt60_s"] = *rt60;
    effect.measures["drr_db"] = early_to_late_db(heard, before.sample_rate_hz, 0.0025);
    effect.measures["c50_db"] = early_to_late_db(heard, before.sample_rate_hz, 0.05);
    effect.measures["over_full_scale"] = over_full_scale(after->pcm, clip_);
    sample.waveform = std::move(after);
    return effect;
  }

  // A room cannot be read off a few seconds of speech: fitted to the response with which the sound was convolved.
  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect& effect) const override {
    Dose dose;
    if (effect.state == State::kApplied) dose.realised = dose.effective = effect.measures.at("rt60_s");
    return dose;
  }

 private:
  [[nodiscard]] Heard response(int sample_rate_hz, const Stream& stream) const {
    if (responses_) return responses_->choose(rt60_s_, sample_rate_hz, stream);
    RoomResponse made = room_response(room_, rt60_s_, sample_rate_hz, stream);
    return {std::move(made.response), 0, std::move(made.decisions), {}};
  }

  double rt60_s_;
  bool clip_;
  Room room_;
  std::shared_ptr<const Responses> responses_;
};

PerturbationSpec spec() {
  using Config = Reverb::Config;
  return Schema<Reverb>("audio.reverb", Modality::kAudio,
                        "Speech in a room, so far from the microphone. The direct sound stays as it was.")
      .source(
          "Image-source method: Allen and Berkley, JASA 65(4), 1979. Diffuse field: Kuttruff, Room Acoustics. "
          "Reverberation time: Schroeder, JASA 37, 1965, and ISO 3382-1 (T30).")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("rt60", &Config::rt60, "s", {.min = 0.01, .max = 5}, "Time in which the reverberation falls by 60 dB.")
      .number("distance_m", &Config::distance_m, "m", {.min = 0.1, .max = 20},
              "From the speaker to the microphone: sets the direct-to-reverberant ratio.")
      .number("length_m", &Config::length_m, "m", {.min = 2, .max = 50}, "Of the room.")
      .number("width_m", &Config::width_m, "m", {.min = 2, .max = 50}, "Of the room.")
      .number("height_m", &Config::height_m, "m", {.min = 2, .max = 20}, "Of the room.")
      .text("folder", &Config::folder, "Path of a folder of impulse responses, used instead of a synthetic room.")
      .flag("clip", &Config::clip, "Cut values off at full scale, as a recorder would.")
      .dose({.parameter = "rt60", .unit = "s", .identity = 0, .ladder = {.2, .4, .7, 1.1, 1.6}, .tolerance = 0.01})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_reverb, shakedown::perturb::spec);
