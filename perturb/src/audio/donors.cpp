#include "donors.h"

#include <algorithm>
#include <cmath>

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

}  // namespace

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

std::optional<std::vector<float>> load_voice(const Corpus& corpus, std::size_t index, int sample_rate_hz) {
  try {
    const Sample donor = corpus.load(index);
    if (!donor.waveform || donor.waveform->pcm.empty()) return std::nullopt;
    return media::resample(media::to_mono(*donor.waveform), donor.waveform->sample_rate_hz, sample_rate_hz);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kData) throw;
    return std::nullopt;
  }
}

}  // namespace shakedown::perturb
