#include "cross/donor.h"

#include <algorithm>

#include <fmt/format.h>

#include "forms.h"
#include "shakedown/core/error.h"
#include "shakedown/media/faces.h"

namespace shakedown::perturb {
namespace {

constexpr std::uint64_t kDraws = 512;  // before the split is searched: enough unless nearly no clip suits
constexpr int kTries = 8;              // a split of damaged clips must not be decoded whole for each sample

// Draws of one purpose must not meet those of the other.
enum Draw : std::uint64_t { kFromAll = 0, kFromSuiting = 1 };

Exchange with_first_readable(Sample& sample, Modality modality, const Corpus& corpus,
                             const std::vector<std::size_t>& candidates) {
  Exchange result;
  for (const std::size_t index : candidates) {
    result = exchange_with(sample, modality, corpus, index);
    if (result.donor) break;
  }
  return result;
}

}  // namespace

const std::vector<Modality>& exchangeable() {
  static const std::vector<Modality> kAll = {Modality::kText, Modality::kAudio, Modality::kVideo};
  return kAll;
}

bool has_modality(const Sample& sample, Modality modality) {
  const auto forms = sample.present().list();
  return std::any_of(forms.begin(), forms.end(), [&](Form form) { return modality_of(form) == modality; });
}

bool take_modality(Sample& sample, const Sample& donor, Modality modality) {
  Forms wanted;
  for (const Form form : sample.present().list()) {
    if (modality_of(form) == modality) wanted.add(form);
  }
  if (!((wanted & donor.present()) == wanted)) return false;
  for (const Form form : wanted.list()) take_form(sample, donor, form);
  // Another clip brings its own faces; the track of the one it replaces would cut beside them.
  if (wanted.has(Form::kFrames) && sample.faces) {
    sample.faces = donor.faces ? donor.faces : media::face_track(*donor.clip);
  }
  return true;
}

bool is_other_speaker(const Sample& sample, const SampleInfo& info) {
  return info.id != sample.id && info.speaker != sample.speaker;
}

Exchange exchange_with(Sample& sample, Modality modality, const Corpus& corpus, std::size_t index) {
  try {
    if (take_modality(sample, corpus.load(index), modality)) return {index, ""};
    return {std::nullopt, fmt::format("the donor lacks a form of {} that the sample has", modality_name(modality))};
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kData) throw;
    return {std::nullopt, "the donor cannot be read"};
  }
}

Exchange exchange(Sample& sample, Modality modality, const Corpus& corpus, const Stream& stream,
                  const std::function<bool(const SampleInfo&)>& suits) {
  const auto& by_id = corpus.by_id();
  std::vector<std::size_t> candidates;
  for (std::uint64_t draw = 0; draw < kDraws && candidates.size() < kTries; ++draw) {
    const std::size_t index = by_id[stream.below(by_id.size(), draw, kFromAll)];
    if (suits(corpus.info(index))) candidates.push_back(index);
  }
  if (candidates.empty()) {
    std::vector<std::size_t> suiting;
    std::copy_if(by_id.begin(), by_id.end(), std::back_inserter(suiting),
                 [&](std::size_t index) { return suits(corpus.info(index)); });
    if (suiting.empty()) return {std::nullopt, "no clip of another speaker suits"};
    for (std::uint64_t draw = 0; draw < kTries; ++draw) {
      candidates.push_back(suiting[stream.below(suiting.size(), draw, kFromSuiting)]);
    }
  }
  return with_first_readable(sample, modality, corpus, candidates);
}

}  // namespace shakedown::perturb
