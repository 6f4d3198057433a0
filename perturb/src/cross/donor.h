#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/rng.h"

/// One modality of another clip of the split in the place of a sample's own: what interventional Shapley values, the
/// additive projection, cross.conflict and cross.shuffle share.
namespace shakedown::perturb {

/// The three modalities that can be exchanged.
[[nodiscard]] const std::vector<Modality>& exchangeable();

/// Whether the sample has any form of `modality`.
[[nodiscard]] bool has_modality(const Sample& sample, Modality modality);

/// Takes over every form of `modality` that `sample` has, a clip of pictures with its face track. Nothing is changed
/// and false returned when the donor lacks one of them.
[[nodiscard]] bool take_modality(Sample& sample, const Sample& donor, Modality modality);

/// Which clip gave its modality, or why none did.
struct Exchange {
  std::optional<std::size_t> donor;  ///< position in file order
  std::string why;
};

/// Exchanges `modality` with a clip for which `suits` holds, drawn from the whole split in id order. Clips that cannot
/// be read or lack a form are passed over; after eight of them it gives up. Leaves `sample` alone when there is no
/// donor.
[[nodiscard]] Exchange exchange(Sample& sample, Modality modality, const Corpus& corpus, const Stream& stream,
                                const std::function<bool(const SampleInfo&)>& suits);

/// Exchanges `modality` with the clip at `index`, if it can be read.
[[nodiscard]] Exchange exchange_with(Sample& sample, Modality modality, const Corpus& corpus, std::size_t index);

/// True for clips of another speaker.
[[nodiscard]] bool is_other_speaker(const Sample& sample, const SampleInfo& info);

}  // namespace shakedown::perturb
