#include <algorithm>
#include <cmath>

#include "level.h"
#include "noise_source.h"
#include "shakedown/media/audio.h"
#include "sound_folder.h"

namespace shakedown::perturb {
namespace {

class FolderNoise final : public NoiseSource {
 public:
  FolderNoise(const std::string& folder, double offset_s)
      : folder_(folder, SoundFolder::Channels::kMean), offset_s_(offset_s) {}

  [[nodiscard]] DrawnNoise draw(const Sample&, const Corpus&, const Rng& rng, std::size_t frames,
                                int sample_rate_hz) const override {
    const Stream stream = rng.stream("audio");
    const auto& sounds = folder_.sounds();
    DrawnNoise noise;
    noise.measures = folder_.counts();
    constexpr std::uint64_t kTries = 8;  // a pause of the recording may have been drawn
    for (std::uint64_t attempt = 0; attempt < kTries; ++attempt) {
      const std::size_t index = stream.below(sounds.size(), attempt);
      const auto& sound = sounds[index];
      auto whole = media::resample(sound.mono, sound.sample_rate_hz, sample_rate_hz);
      if (whole.empty()) continue;
      if (offset_s_ >= 0) {  // the sound then begins there, and its beginning follows its end when it is looped
        const auto at = static_cast<std::size_t>(std::llround(offset_s_ * sample_rate_hz)) % whole.size();
        std::rotate(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at), whole.end());
      }
      auto part = excerpt(whole, offset_s_ >= 0 ? 0 : stream.uniform(attempt), frames, sample_rate_hz);
      if (media::mean_square(part.mono) < kSilence) continue;
      noise.mono = std::move(part.mono);
      noise.decisions = {static_cast<std::int64_t>(index), part.offset};
      noise.measures["silent_excerpts"] = static_cast<double>(attempt);
      noise.measures["looped"] = whole.size() < frames ? 1 : 0;
      return noise;
    }
    noise.reason = "eight excerpts of the noise files were silent";
    return noise;
  }

 private:
  SoundFolder folder_;
  double offset_s_;
};

}  // namespace

std::unique_ptr<NoiseSource> folder_noise(const std::string& folder, double offset_s) {
  return std::make_unique<FolderNoise>(folder, offset_s);
}

}  // namespace shakedown::perturb
