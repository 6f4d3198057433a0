#include "channels.h"

#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"

namespace shakedown::perturb {

Mono::Mono(const Waveform& sound) : values_(sound.pcm) {
  if (sound.channels != 1) values_ = mean_ = media::to_mono(sound);
}

Waveform each_channel(const Waveform& sound, const std::function<std::vector<float>(const std::vector<float>&)>& f) {
  if (sound.channels == 1) return {f(sound.pcm), 1, sound.sample_rate_hz};
  const auto channels = static_cast<std::size_t>(sound.channels);
  Waveform result{{}, sound.channels, sound.sample_rate_hz};
  std::vector<float> mono(sound.frames());
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (std::size_t i = 0; i < mono.size(); ++i) mono[i] = sound.pcm[i * channels + channel];
    const std::vector<float> changed = f(mono);
    if (channel == 0) result.pcm.resize(changed.size() * channels);
    if (changed.size() * channels != result.pcm.size()) {
      throw Error(ErrorKind::kInternal, "channels came out with different lengths");
    }
    for (std::size_t i = 0; i < changed.size(); ++i) result.pcm[i * channels + channel] = changed[i];
  }
  return result;
}

}  // namespace shakedown::perturb
