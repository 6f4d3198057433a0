// How many seconds of media a perturbation corrupts in one second, on one thread. `media_s/s` counts clips of
// 3 s at 25 frames a second and 5 s of 16 kHz mono; `measure` is the cost of measuring the dose beside it.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "shakedown/core/error.h"
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

Shared<Waveform> voice() {
  Waveform wave{{}, 1, kRate};
  for (int i = 0; i < kSoundSeconds * kRate; ++i) {
    const double t = static_cast<double>(i) / kRate;
    const double syllable = std::max(0.0, std::sin(2 * std::numbers::pi * 3 * t));
    wave.pcm.push_back(static_cast<float>(0.2 * syllable * std::sin(2 * std::numbers::pi * 200 * t)));
  }
  return std::make_shared<const Waveform>(std::move(wave));
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
  const Crowd corpus(voice(), film(224, 224));
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

void add_all() {
  constexpr double kWords = 20;
  add({"text.word_drop", {{"fraction", "0.3"}}, transcript, kWords, "words/s"});
  add({"text.sentiment_replace", {{"fraction", "1"}}, transcript, kWords, "words/s"});
  add({"text.asr_error", {{"rate", "0.3"}}, transcript, kWords, "words/s"});
  for (const char* noise : {"white", "pink", "brown", "babble"}) {
    for (const char* reference : {"rms", "p56"}) {
      add({"audio.background_noise", {{"noise", noise}, {"reference", reference}}, speech, kSoundSeconds, "media_s/s"});
    }
  }
  const auto audio = [](const std::string& name, const ParamMap& params) {
    add({"audio." + name, params, speech, kSoundSeconds, "media_s/s"});
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
    for (const char* name : {"pitch", "tempo"}) audio(name, {{"engine", engine}, {"direction", "up"}});
  }
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
  add({"cross.desync", {}, speech, kSoundSeconds, "media_s/s"});
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
