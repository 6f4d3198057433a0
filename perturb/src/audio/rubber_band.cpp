#include "rubber_band.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <rubberband/RubberBandStretcher.h>

namespace shakedown::perturb {
namespace {

using Engine = RubberBand::RubberBandStretcher;
using Channels = std::vector<std::vector<float>>;

template <class Value>
std::vector<Value*> heads(std::vector<std::vector<float>>& channels, std::size_t at) {
  std::vector<Value*> pointers;
  for (auto& channel : channels) pointers.push_back(channel.data() + at);
  return pointers;
}

}  // namespace

Waveform stretch(const Waveform& sound, const Stretch& stretch) {
  const auto channels = static_cast<std::size_t>(sound.channels);
  const std::size_t frames = sound.frames();
  // The engines want some windows of sound; what a shorter clip lacks is silence.
  const std::size_t given = std::max(frames, static_cast<std::size_t>(sound.sample_rate_hz / 4) + 1);
  Channels in(channels, std::vector<float>(given, 0.0F));
  for (std::size_t i = 0; i < sound.pcm.size(); ++i) in[i % channels][i / channels] = sound.pcm[i];

  const int options =
      Engine::OptionProcessOffline | Engine::OptionThreadingNever |
      // R2 sets phases anew at what it takes for transients, which moves a steady tone by up to 11 cents.
      (stretch.finer ? Engine::OptionEngineFiner : Engine::OptionEngineFaster | Engine::OptionTransientsSmooth) |
      // Rubber Band 3 looks at the envelope at all only where it is to be preserved.
      (stretch.keep_formants || stretch.formants > 0 ? Engine::OptionFormantPreserved : Engine::OptionFormantShifted);
  Engine::setDefaultDebugLevel(-1);
  Engine engine(static_cast<std::size_t>(sound.sample_rate_hz), channels, options, stretch.duration, stretch.pitch);
  if (stretch.formants > 0) engine.setFormantScale(stretch.formants);
  engine.setExpectedInputDuration(given);
  engine.study(heads<const float>(in, 0).data(), given, true);

  const auto wanted = static_cast<std::size_t>(std::llround(static_cast<double>(frames) * stretch.duration));
  Channels out(channels);
  for (auto& channel : out) channel.reserve(wanted + given / 4);
  const auto retrieve = [&] {
    for (int ready = engine.available(); ready > 0; ready = engine.available()) {
      const std::size_t at = out.front().size();
      for (auto& channel : out) channel.resize(at + static_cast<std::size_t>(ready));
      engine.retrieve(heads<float>(out, at).data(), static_cast<std::size_t>(ready));
    }
  };
  constexpr std::size_t kBlock = 4096;
  for (std::size_t at = 0; at < given; at += kBlock) {
    const std::size_t size = std::min(kBlock, given - at);
    engine.process(heads<const float>(in, at).data(), size, at + size == given);
    retrieve();
  }
  Waveform result{std::vector<float>(wanted * channels, 0.0F), sound.channels, sound.sample_rate_hz};
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (std::size_t i = 0; i < std::min(wanted, out[channel].size()); ++i) {
      result.pcm[i * channels + channel] = out[channel][i];
    }
  }
  return result;
}

int direction_of(const VoiceOptions& options, const Stream& stream) {
  if (options.direction == "random") return stream.below(2, 0) == 0 ? 1 : -1;
  return options.direction == "up" ? 1 : -1;
}

}  // namespace shakedown::perturb
