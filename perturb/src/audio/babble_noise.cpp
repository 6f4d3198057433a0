#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include "noise_source.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"

namespace shakedown::perturb {
namespace {

// Which way a clip's label points: by value, or by the names that data sets give to the two sides.
int label_sign(const SampleInfo& info) {
  const auto sign_of = [](const Label& label) {
    if (std::isfinite(label.value) && label.value != 0) return label.value > 0 ? 1 : -1;
    return label.name == "positive" ? 1 : label.name == "negative" ? -1 : 0;
  };
  const auto main_label = info.labels.find("regression");
  if (main_label != info.labels.end()) return sign_of(main_label->second);
  for (const auto& [key, label] : info.labels) {
    if (const int sign = sign_of(label); sign != 0) return sign;
  }
  return 0;
}

struct Donor {
  std::size_t index;    // in the split's file order
  std::uint64_t place;  // in id order: what draws are keyed by
  int sign;
};

// Clips of other speakers in an order of this sample's own.
std::vector<Donor> ranked_donors(const Sample& sample, const Corpus& corpus, const Stream& stream) {
  const auto& by_id = corpus.by_id();
  std::vector<std::pair<std::uint64_t, Donor>> ranked;
  for (std::size_t place = 0; place < by_id.size(); ++place) {
    const SampleInfo& info = corpus.info(by_id[place]);
    if (info.id == sample.id || info.speaker == sample.speaker) continue;
    ranked.push_back({stream.bits(place), {by_id[place], place, label_sign(info)}});
  }
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first, a.second.place) < std::pair(b.first, b.second.place);
  });
  std::vector<Donor> donors;
  donors.reserve(ranked.size());
  for (const auto& [rank, donor] : ranked) donors.push_back(donor);
  return donors;
}

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
      const auto voice = load(corpus, donor->index, sample_rate_hz);
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
  // The clip's sound at `sample_rate_hz`; nothing when it has none or cannot be decoded.
  static std::optional<std::vector<float>> load(const Corpus& corpus, std::size_t index, int sample_rate_hz) {
    try {
      const Sample donor = corpus.load(index);
      if (!donor.waveform || donor.waveform->pcm.empty()) return std::nullopt;
      return media::resample(media::to_mono(*donor.waveform), donor.waveform->sample_rate_hz, sample_rate_hz);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kData) throw;
      return std::nullopt;
    }
  }

  int voices_;
};

}  // namespace

std::unique_ptr<NoiseSource> babble_noise(int voices) {
  return std::make_unique<Babble>(voices);
}

}  // namespace shakedown::perturb
