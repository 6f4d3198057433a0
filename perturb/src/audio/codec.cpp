// The sound has been sent or stored in a compressed form: a telephone line, a call over the net, a downloaded clip.
// Encoded and decoded for real by the codec's own library, each channel by itself, at the nearest sample rate that the
// codec is defined for, and brought back to the clip's rate, length and time. The dose is the rate that the encoder
// really produced, without container. mu-law, A-law, GSM and IMA ADPCM have a single rate (64, 64, 13.2, 4 bits a
// sample) and take no other: what they realise stands beside what was asked.
#include "shakedown/media/codec.h"

#include <algorithm>
#include <memory>

#include "channels.h"
#include "shakedown/media/audio.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class Transmission final : public Perturbation {
 public:
  struct Config {
    double kbps = 16;
    std::string codec = "opus";
  };

  explicit Transmission(const Config& config) : kbps_(config.kbps), codec_(media::codec_of(config.codec)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    const Waveform& before = *sample.waveform;
    if (kbps_ >= kUncompressed) return Effect::unchanged("256 kbit/s are 16 bits a sample at 16 kHz: not compressed");
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const int rate = media::nearest_rate(codec_, before.sample_rate_hz);
    double kbps = 0, delay = 0, encodings = 0;
    auto after = std::make_shared<Waveform>(each_channel(before, [&](const std::vector<float>& mono) {
      auto at_rate = media::resample(mono, before.sample_rate_hz, rate);
      at_rate.resize(std::max<std::size_t>(1, at_rate.size()));
      media::Coded coded = media::code(at_rate, rate, codec_, kbps_);
      kbps += coded.kbps / before.channels;
      delay = coded.delay;
      encodings += coded.encodings;
      auto back = media::resample(coded.mono, rate, before.sample_rate_hz);
      back.resize(mono.size(), 0.0F);
      return back;
    }));
    if (after->pcm == before.pcm) return Effect::unchanged("the codec returned the sound bit for bit");
    Effect effect;
    effect.touched = {{0, before.seconds()}};
    effect.measures = {{"kbps", kbps},
                       {"codec_rate_hz", rate},
                       {"resampled", rate == before.sample_rate_hz ? 0.0 : 1.0},
                       {"delay_samples", delay},
                       {"encodings", encodings}};
    sample.waveform = std::move(after);
    return effect;
  }

  // The size of the coded stream is no property of the decoded sound: counted when it was there.
  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect& effect) const override {
    Dose dose;
    if (effect.state == State::kApplied) dose.realised = dose.effective = effect.measures.at("kbps");
    return dose;
  }

 private:
  static constexpr double kUncompressed = 256;

  double kbps_;
  media::Codec codec_;
};

PerturbationSpec spec() {
  return Schema<Transmission>("audio.codec", Modality::kAudio,
                              "The sound was sent or stored in a compressed form, at so many kbit/s a channel.")
      .source(
          "Opus: RFC 6716; MP3: ISO/IEC 11172-3 (LAME); Vorbis I; mu-law and A-law: ITU-T G.711; GSM 06.10 full "
          "rate; IMA ADPCM. All through libsndfile.")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("kbps", &Transmission::Config::kbps, "kbit/s", {.min = 4, .max = 256},
              "Rate asked of Opus, Vorbis and MP3; the nearest that the encoder reaches is taken.")
      .choice("codec", &Transmission::Config::codec, media::codec_names(), "What it is encoded and decoded by.")
      .dose({.parameter = "kbps",
             .unit = "kbit/s",
             .scale = DoseSpec::Scale::kLog,
             .identity = 256,
             .ladder = {32, 24, 16, 12, 6},
             .lower_is_harsher = true,
             .tolerance = 1})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_codec, shakedown::perturb::spec);
