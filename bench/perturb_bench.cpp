// How many seconds of media a perturbation corrupts in one second, on one thread. `media_s/s` counts clips of
// 3 s at 25 frames a second and 5 s of 16 kHz mono; `measure` is the cost of measuring the dose beside it.
#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <functional>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <fftw3.h>
#include <rubberband/RubberBandStretcher.h>

#include "shakedown/core/error.h"
#include "shakedown/core/rng.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/encode.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

constexpr int kRate = 16000;
constexpr double kSoundSeconds = 5, kClipSeconds = 3, kFps = 25;

// Speakers that all have the same voice and the same film: donors.
class Crowd final : public Corpus {
 public:
  Crowd(Shared<Waveform> voice, Sample film) : voice_(std::move(voice)), film_(std::move(film)) {
    for (std::size_t i = 0; i < 50; ++i) {
      const std::string id = "clip" + std::to_string(i);
      infos_.push_back({id, id, id, {}, {}});
      by_id_.push_back(i);
    }
  }
  std::size_t size() const override { return infos_.size(); }
  const SampleInfo& info(std::size_t index) const override { return infos_.at(index); }
  const std::vector<std::size_t>& by_id() const override { return by_id_; }
  Sample load(std::size_t index) const override {
    Sample sample = film_;
    sample.id = sample.speaker = infos_.at(index).id;
    sample.waveform = voice_;
    return sample;
  }
  Shared<FeatureStatistics> statistics(Form) const override { return nullptr; }
  std::optional<Sample> external(const std::string&, const std::string&) const override { return std::nullopt; }

 private:
  Shared<Waveform> voice_;
  Sample film_;
  std::vector<SampleInfo> infos_;
  std::vector<std::size_t> by_id_;
};

// Harmonics up to half the rate through the resonances of a vowel, in three syllables a second, over breath: something
// in every band, so that a filter's cut-off can be read.
Shared<Waveform> make_voice() {
  Waveform wave{std::vector<float>(static_cast<std::size_t>(kSoundSeconds * kRate)), 1, kRate};
  Stream(1, 2).normals(0, wave.pcm);
  constexpr double kPitchHz = 160;
  std::vector<double> amplitudes;
  for (double hz = kPitchHz; hz < kRate / 2.0; hz += kPitchHz) {
    double gain = kPitchHz / hz;
    for (const double centre : {500.0, 1500.0, 2500.0, 3500.0}) {
      gain *= centre * centre / std::hypot(centre * centre - hz * hz, 90 * hz);
    }
    amplitudes.push_back(std::max(gain, 3e-3));
  }
  for (std::size_t i = 0; i < wave.pcm.size(); ++i) {
    const double t = static_cast<double>(i) / kRate;
    double tone = 0;
    for (std::size_t k = 1; k <= amplitudes.size(); ++k) {
      const auto number = static_cast<double>(k);
      tone += amplitudes[k - 1] * std::sin(2 * std::numbers::pi * kPitchHz * number * t + number * number);
    }
    const double syllable = std::max(0.0, std::sin(2 * std::numbers::pi * 3 * t));
    wave.pcm[i] = 0.002F * wave.pcm[i] + static_cast<float>(0.05 * syllable * tone);
  }
  return std::make_shared<const Waveform>(std::move(wave));
}

const Shared<Waveform>& voice() {
  static const Shared<Waveform> kVoice = make_voice();
  return kVoice;
}

// A moving pattern with the spread of tones that a picture of a room has; the face is a third of the width.
Sample film(int width, int height) {
  Clip clip;
  clip.fps = kFps;
  FaceTrack track;
  for (int frame = 0; frame < kClipSeconds * kFps; ++frame) {
    Image image{width, height, {}};
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < 3 * width; ++x) {
        const double wave = std::sin((x + 3 * frame) / 17.0) * std::cos(y / 11.0) + std::sin(x * y / 2000.0);
        image.pixels.push_back(static_cast<std::uint8_t>(std::lround(110 + 60 * wave)));
      }
    }
    clip.frames.push_back(std::make_shared<const Image>(std::move(image)));
    const auto face = static_cast<float>(width / 3);
    track.boxes.push_back(FaceTrack::Box{face, 10, face, face, false});
  }
  Sample sample;
  sample.id = "film";
  sample.clip = std::make_shared<const Clip>(std::move(clip));
  sample.faces = std::make_shared<const FaceTrack>(std::move(track));
  return sample;
}

Sample speech() {
  Sample sample;
  sample.id = sample.speaker = "speech";
  sample.waveform = voice();
  return sample;
}

Sample transcript() {
  Transcript text{
      "so we went down to the station at noon and bought the tickets there, which was not hard at all", {}, "en"};
  Sample sample;
  sample.id = "text";
  sample.transcript = std::make_shared<const Transcript>(std::move(text));
  return sample;
}

struct Case {
  std::string name;
  ParamMap params;
  std::function<Sample()> sample;
  double units;
  std::string counter;
};

void run(benchmark::State& state, const Case& which, bool measured) {
  Registry registry;
  register_builtins(registry);
  const auto perturbation = registry.create(which.name, which.params);
  const Sample before = which.sample();
  static const Sample kFilm = film(224, 224);
  const Crowd corpus(voice(), kFilm);
  const Rng rng({.suite_seed = 1,
                 .perturbation = which.name,
                 .version = 1,
                 .compose_index = 0,
                 .sample_id = before.id,
                 .replicate = 0});
  for (auto _ : state) {
    Sample after = before;
    const Effect effect = perturbation->apply(after, corpus, rng);
    if (effect.state != State::kApplied) state.SkipWithError(effect.reason.c_str());
    if (measured) benchmark::DoNotOptimize(perturbation->measure(before, after, effect));
  }
  Sample after = before;
  const Effect effect = perturbation->apply(after, corpus, rng);
  state.counters["realised"] = perturbation->measure(before, after, effect).realised;
  state.counters[which.counter] =
      benchmark::Counter(which.units * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

std::string describe(const Case& which) {
  std::string name = which.name;
  for (const auto& [param, value] : which.params) name += "/" + param + ":" + value;
  return name;
}

void add(const Case& which) {
  for (const bool measured : {false, true}) {
    const std::string name = describe(which) + (measured ? "/measured" : "");
    benchmark::RegisterBenchmark(name.c_str(), run, which, measured)->Unit(benchmark::kMillisecond);
  }
}

constexpr char kSpeed[] = "media_s/s";

void count_sound(benchmark::State& state) {
  state.counters[kSpeed] =
      benchmark::Counter(kSoundSeconds * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

// What audio.pitch, tempo and formant cost without shakedown: the library's calls that they make.
void run_rubber_band(benchmark::State& state, int options, double duration, double pitch, double formants) {
  using Engine = RubberBand::RubberBandStretcher;
  const auto wave = voice();
  const std::size_t frames = wave->frames();
  std::vector<float> out;
  Engine::setDefaultDebugLevel(-1);
  for (auto _ : state) {
    Engine engine(kRate, 1, Engine::OptionProcessOffline | Engine::OptionThreadingNever | options, duration, pitch);
    if (formants > 0) engine.setFormantScale(formants);
    engine.setExpectedInputDuration(frames);
    const float* all = wave->pcm.data();
    engine.study(&all, frames, true);
    for (std::size_t at = 0; at < frames; at += 4096) {
      const float* in = wave->pcm.data() + at;
      const std::size_t size = std::min<std::size_t>(4096, frames - at);
      engine.process(&in, size, at + size == frames);
      for (int ready = engine.available(); ready > 0; ready = engine.available()) {
        out.resize(static_cast<std::size_t>(ready));
        float* to = out.data();
        engine.retrieve(&to, out.size());
      }
    }
  }
  count_sound(state);
}

void add_rubber_band() {
  using Engine = RubberBand::RubberBandStretcher;
  const double up = std::exp2(2 / 12.0);
  for (const auto& [engine, options] : {std::pair{"r3", static_cast<int>(Engine::OptionEngineFiner)},
                                        std::pair{"r2", Engine::OptionEngineFaster | Engine::OptionTransientsSmooth}}) {
    const std::string name = std::string("audio_bare/rubber_band/engine:") + engine;
    benchmark::RegisterBenchmark((name + "/pitch").c_str(), run_rubber_band, options | Engine::OptionFormantPreserved,
                                 1.0, up, 0.0);
    benchmark::RegisterBenchmark((name + "/tempo").c_str(), run_rubber_band, options, 1 / 1.25, 1.0, 0.0);
  }
  benchmark::RegisterBenchmark("audio_bare/rubber_band/engine:r3/formant", run_rubber_band,
                               Engine::OptionEngineFiner | Engine::OptionFormantPreserved, 1.0, 1.0, up);
}

// Convolution with a response of `taps`, and the transforms alone that it takes: blocks as media::convolve() cuts them.
void run_convolve(benchmark::State& state, std::size_t taps) {
  const auto wave = voice();
  std::vector<float> response(taps);
  Stream(3, 4).normals(0, response);
  for (auto _ : state) benchmark::DoNotOptimize(media::convolve(wave->pcm, response, wave->frames()));
  count_sound(state);
}

void run_transforms(benchmark::State& state, std::size_t taps) {
  const std::size_t frames = voice()->frames();
  const std::size_t block = std::clamp<std::size_t>(std::bit_ceil(taps), 256, 8192), size = 2 * block;
  const std::size_t blocks = (frames + block - 1) / block, parts = (taps + block - 1) / block;
  const std::unique_ptr<float, void (*)(void*)> signal(fftwf_alloc_real(size), fftwf_free),
      bins(fftwf_alloc_real(size + 2), fftwf_free);
  std::fill_n(signal.get(), size, 1.0F);
  auto* pairs = reinterpret_cast<fftwf_complex*>(bins.get());
  const auto forward = fftwf_plan_dft_r2c_1d(static_cast<int>(size), signal.get(), pairs, FFTW_ESTIMATE);
  const auto inverse = fftwf_plan_dft_c2r_1d(static_cast<int>(size), pairs, signal.get(), FFTW_ESTIMATE);
  for (auto _ : state) {
    for (std::size_t i = 0; i < blocks + parts; ++i) fftwf_execute(forward);
    for (std::size_t i = 0; i < blocks; ++i) {
      std::fill_n(bins.get(), size + 2, 1.0F);
      fftwf_execute(inverse);
    }
  }
  fftwf_destroy_plan(forward);
  fftwf_destroy_plan(inverse);
  count_sound(state);
}

void add_convolution() {
  for (const std::size_t taps : {std::size_t{512}, std::size_t{7360}, std::size_t{20240}}) {
    const std::string at = "taps:" + std::to_string(taps);
    benchmark::RegisterBenchmark(("audio_convolve/" + at).c_str(), run_convolve, taps);
    benchmark::RegisterBenchmark(("audio_bare/fftw/" + at).c_str(), run_transforms, taps);
  }
}

void add_all() {
  add_rubber_band();
  add_convolution();
  constexpr double kWords = 20;
  add({"text.word_drop", {{"fraction", "0.3"}}, transcript, kWords, "words/s"});
  add({"text.sentiment_replace", {{"fraction", "1"}}, transcript, kWords, "words/s"});
  add({"text.asr_error", {{"rate", "0.3"}}, transcript, kWords, "words/s"});
  for (const char* noise : {"white", "pink", "brown", "babble"}) {
    for (const char* reference : {"rms", "p56"}) {
      add({"audio.background_noise", {{"noise", noise}, {"reference", reference}}, speech, kSoundSeconds, kSpeed});
    }
  }
  const auto audio = [](const std::string& name, const ParamMap& params) {
    add({"audio." + name, params, speech, kSoundSeconds, kSpeed});
  };
  for (const char* noise : {"blue", "violet", "hum", "speech-shaped"}) {
    audio("background_noise", {{"noise", noise}, {"reference", "rms"}});
  }
  audio("gain", {});
  for (const char* mode : {"contiguous", "random"}) audio("mute", {{"mode", mode}});
  for (const char* fraction : {"0.05", "0.2"}) audio("clipping", {{"fraction", fraction}});
  for (const char* preset : {"low_pass", "telephone"}) audio("band_limit", {{"preset", preset}});
  for (const char* conceal : {"zero", "repeat", "fade"}) audio("packet_loss", {{"rate", "0.2"}, {"conceal", conceal}});
  for (const char* rt60 : {"0.4", "1.1"}) audio("reverb", {{"rt60", rt60}});
  audio("sudden_noise", {});
  for (const char* codec : {"mu-law", "a-law", "gsm", "ima-adpcm", "vorbis", "opus", "mp3"}) {
    audio("codec", {{"codec", codec}, {"kbps", "32"}});
  }
  for (const char* engine : {"r3", "r2"}) {
    for (const char* name : {"pitch", "tempo", "formant"}) audio(name, {{"engine", engine}, {"direction", "up"}});
  }
  audio("formant", {{"direction", "up"}});
  const auto at_224 = [] { return film(224, 224); };
  const auto at_360 = [] { return film(360, 288); };
  for (const char* length : {"0.05", "0.2", "0.5"}) {
    add({"video.motion_blur", {{"length", length}}, at_224, kClipSeconds * kFps, "frames/s"});
  }
  for (const char* kind : {"linear", "shake", "temporal"}) {
    add({"video.motion_blur", {{"kind", kind}, {"length", "0.2"}}, at_360, kClipSeconds * kFps, "frames/s"});
  }
  for (const char* stops : {"-1", "-3", "-5"}) {
    add({"video.low_light", {{"stops", stops}}, at_224, kClipSeconds * kFps, "frames/s"});
  }
  add({"video.low_light", {{"stops", "-3"}}, at_360, kClipSeconds * kFps, "frames/s"});
  const std::vector<std::pair<std::string, ParamMap>> others = {
      {"video.color_cast", {}},
      {"video.compression", {}},
      {"video.contrast", {}},
      {"video.defocus", {{"radius", "0.02"}}},
      {"video.defocus", {{"radius", "0.07"}}},
      {"video.defocus", {{"radius", "0.2"}}},
      {"video.face_dropout", {{"fill", "blank"}}},
      {"video.face_dropout", {{"fill", "blur"}}},
      {"video.face_occlusion", {{"kind", "box"}}},
      {"video.face_occlusion", {{"kind", "hand"}}},
      {"video.flicker", {}},
      {"video.frame_drop", {}},
      {"video.freeze", {}},
      {"video.gamma", {}},
      {"video.head_pose", {{"axis", "yaw"}}},
      {"video.head_pose", {{"axis", "yaw"}, {"motion", "turning"}}},
      {"video.head_pose", {{"axis", "roll"}}},
      {"video.low_resolution", {}},
      {"video.noise", {{"kind", "gaussian"}}},
      {"video.noise", {{"kind", "impulse"}}},
      {"video.over_exposure", {}},
      {"video.patch_mask", {}},
      {"video.shadow", {}},
      {"video.side_light", {}},
      {"video.wrong_face", {}},
  };
  for (const auto& [name, params] : others) add({name, params, at_224, kClipSeconds * kFps, "frames/s"});
  add({"cross.desync", {}, speech, kSoundSeconds, kSpeed});
}

}  // namespace
}  // namespace shakedown::perturb

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--write-voice") {  // for bench/audio_peers.py: the same sound on both sides
    const auto bytes = shakedown::media::encode_wav(*shakedown::perturb::voice());
    std::ofstream(argv[2], std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return 0;
  }
  shakedown::perturb::add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
