#include <algorithm>
#include <cmath>
#include <optional>

#include "donors.h"
#include "noise_source.h"
#include "shakedown/media/audio.h"

namespace shakedown::perturb {
namespace {

// Removes and returns the first donor of the wanted sign; failing that the first one without a sign; failing
// that the first one.
std::optional<Donor> take(std::vector<Donor>& donors, int wanted) {
  if (donors.empty()) return std::nullopt;
  for (const int sign : {wanted, 0}) {
    const auto found = std::find_if(donors.begin(), donors.end(), [&](const Donor& d) { return d.sign == sign; });
    if (found == donors.end()) continue;
    const Donor donor = *found;
    donors.erase(found);
    return donor;
  }
  const Donor donor = donors.front();
  donors.erase(donors.begin());
  return donor;
}

class Babble final : public NoiseSource {
 public:
  explicit Babble(int voices) : voices_(voices) {}

  [[nodiscard]] DrawnNoise draw(const Sample& sample, const Corpus& corpus, const Rng& rng, std::size_t frames,
                                int sample_rate_hz) const override {
    const Stream stream = rng.stream("audio");
    auto donors = ranked_donors(sample, corpus, stream);
    DrawnNoise noise;
    if (donors.empty()) {
      noise.reason = "babble needs clips of other speakers; the split has none";
      return noise;
    }
    const std::size_t others = donors.size();
    std::vector<double> sum(frames, 0.0);
    int voices = 0, silent = 0, unreadable = 0;
    int wanted = stream.below(2, 0, 1) == 0 ? 1 : -1;
    // A split of damaged or silent clips must not be decoded whole for each sample.
    for (int attempts = 4 * voices_; voices < voices_ && attempts > 0; --attempts) {
      const auto donor = take(donors, wanted);
      if (!donor) break;
      const auto voice = load_voice(corpus, donor->index, sample_rate_hz);
      if (!voice) {
        ++unreadable;
        continue;
      }
      const auto level = media::active_speech_level(*voice, sample_rate_hz);
      if (!level) {
        ++silent;
        continue;
      }
      const auto part = excerpt(*voice, stream.uniform(donor->place, 2), frames, sample_rate_hz);
      const double gain = 1 / std::sqrt(level->mean_square);
      for (std::size_t i = 0; i < frames; ++i) sum[i] += gain * static_cast<double>(part.mono[i]);
      noise.decisions.insert(noise.decisions.end(), {static_cast<std::int64_t>(donor->index), part.offset});
      ++voices;
      wanted = -wanted;
      const std::string speaker = corpus.info(donor->index).speaker;
      std::erase_if(donors, [&](const Donor& other) { return corpus.info(other.index).speaker == speaker; });
    }
    noise.measures = {{"voices", voices}, {"silent_donors", silent}, {"unreadable_donors", unreadable}};
    if (voices == 0) {
      noise.reason = "none of the " + std::to_string(others) + " clips of other speakers could be heard";
      return noise;
    }
    noise.mono.assign(sum.begin(), sum.end());
    return noise;
  }

 private:
  int voices_;
};

}  // namespace

std::unique_ptr<NoiseSource> babble_noise(int voices) {
  return std::make_unique<Babble>(voices);
}

}  // namespace shakedown::perturb
