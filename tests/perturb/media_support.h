#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb::testing {

/// A split held in memory. Clips whose id is in `unreadable` raise Error(kData) when loaded.
class MemoryCorpus final : public Corpus {
 public:
  explicit MemoryCorpus(std::vector<Sample> samples = {}) : samples_(std::move(samples)) {
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      samples_[i].index = i;
      infos_.push_back({samples_[i].id, samples_[i].group, samples_[i].speaker, samples_[i].labels, {}});
      by_id_.push_back(i);
    }
    std::sort(by_id_.begin(), by_id_.end(),
              [&](std::size_t a, std::size_t b) { return samples_[a].id < samples_[b].id; });
  }

  std::size_t size() const override { return samples_.size(); }
  const SampleInfo& info(std::size_t index) const override { return infos_.at(index); }
  const std::vector<std::size_t>& by_id() const override { return by_id_; }
  Sample load(std::size_t index) const override {
    if (samples_.at(index).id == unreadable) throw Error(ErrorKind::kData, "cannot be read");
    return samples_[index];
  }
  Shared<FeatureStatistics> statistics(Form) const override { return nullptr; }
  std::optional<Sample> external(const std::string&, const std::string&) const override { return std::nullopt; }

  std::string unreadable;

 private:
  std::vector<Sample> samples_;
  std::vector<SampleInfo> infos_;
  std::vector<std::size_t> by_id_;
};

inline const Registry& builtins() {
  static const Registry kRegistry = [] {
    Registry registry;
    register_builtins(registry);
    return registry;
  }();
  return kRegistry;
}

/// One application with the dose measured on what came out.
struct Outcome {
  Sample before, after;
  Effect effect;
  Dose dose;
};

inline Outcome apply_to(const Sample& sample, const std::string& name, const ParamMap& params,
                        const Corpus& corpus = MemoryCorpus(), std::uint64_t seed = 1) {
  const auto perturbation = builtins().create(name, params);
  Outcome out{sample, sample, {}, {}};
  const Rng rng({.suite_seed = seed,
                 .perturbation = name,
                 .version = 1,
                 .compose_index = 0,
                 .sample_id = sample.id,
                 .replicate = 0});
  out.effect = perturbation->apply(out.after, corpus, rng);
  out.dose = perturbation->measure(out.before, out.after, out.effect);
  return out;
}

// --- sound ---

inline std::vector<float> tone(double hz, double amplitude, double seconds, int rate) {
  std::vector<float> x(static_cast<std::size_t>(std::lround(seconds * rate)));
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate));
  }
  return x;
}

inline Sample sound(std::vector<float> pcm, int rate, int channels = 1, std::string id = "a") {
  Sample sample;
  sample.id = id;
  sample.group = sample.speaker = id;
  sample.waveform = std::make_shared<const Waveform>(Waveform{std::move(pcm), channels, rate});
  return sample;
}

inline double power(const std::vector<float>& x) {
  double sum = 0;
  for (const float value : x) sum += static_cast<double>(value) * static_cast<double>(value);
  return x.empty() ? 0 : sum / static_cast<double>(x.size());
}

inline double db(double ratio) {
  return 10 * std::log10(ratio);
}

/// What was added to the sound.
inline std::vector<float> added(const Outcome& out) {
  std::vector<float> difference = out.after.waveform->pcm;
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= out.before.waveform->pcm[i];
  return difference;
}

// --- pictures ---

inline Image picture(int width, int height, std::uint8_t code = 0) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height) * 3, code)};
}

inline std::uint8_t& value(Image& image, int x, int y, int channel) {
  return image.pixels[static_cast<std::size_t>((y * image.width + x) * 3 + channel)];
}
inline std::uint8_t value(const Image& image, int x, int y, int channel = 0) {
  return image.pixels[static_cast<std::size_t>((y * image.width + x) * 3 + channel)];
}
inline void set(Image& image, int x, int y, std::uint8_t code) {
  for (int channel = 0; channel < 3; ++channel) value(image, x, y, channel) = code;
}

/// Smooth texture of blobs some pixels wide, `phase` moves it; different in each channel.
inline Image texture(int width, int height, double phase = 0) {
  Image image = picture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int channel = 0; channel < 3; ++channel) {
        const double u = x + phase + 5 * channel, v = y;
        const double wave = std::sin(u / 3.1) * std::cos(v / 2.3) + std::sin(u / 7.7 + v / 5.1) + std::sin(u * v / 300);
        value(image, x, y, channel) = static_cast<std::uint8_t>(std::lround(128 + 40 * wave));
      }
    }
  }
  return image;
}

inline Sample film(const std::vector<Image>& frames, double face_width = 0, std::string id = "a") {
  Sample sample;
  sample.id = id;
  Clip clip;
  FaceTrack track;
  for (const Image& frame : frames) {
    clip.frames.push_back(std::make_shared<const Image>(frame));
    const auto side = static_cast<float>(face_width);
    track.boxes.push_back(face_width > 0 ? std::optional(FaceTrack::Box{0, 0, side, side, false}) : std::nullopt);
  }
  sample.clip = std::make_shared<const Clip>(std::move(clip));
  sample.faces = std::make_shared<const FaceTrack>(std::move(track));
  return sample;
}

/// sRGB transfer (IEC 61966-2-1), written out again so that it is no part of what is tested.
inline double light(std::uint8_t code) {
  const double v = code / 255.0;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

inline double total_light(const Image& image) {
  double sum = 0;
  for (const std::uint8_t code : image.pixels) sum += light(code);
  return sum;
}

}  // namespace shakedown::perturb::testing
