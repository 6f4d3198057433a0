#pragma once

#include "missing/steps.h"
#include "missing/track.h"
#include "shakedown/core/corpus.h"
#include "shakedown/core/rng.h"

namespace shakedown::perturb {

/// Replaces or takes out the lost steps of `track` in `sample`, in every form of its modality that is lost
/// with it. @throws Error(kUsage) when the fill needs statistics that the data has none of
void write_lost(Sample& sample, const Track& track, const StepOptions& options, const Corpus& corpus, const Rng& rng);

/// Media: see Fill. `lost` counts stretches of sound, frames, or words.
[[nodiscard]] Shared<Waveform> fill_sound(const Waveform& whole, const std::vector<std::size_t>& lost,
                                          const std::string& fill, const Stream& stream);
/// Frames that are lost; with `remove` the face track of the sample loses the same ones.
void fill_frames(Sample& sample, const std::vector<std::size_t>& lost, const std::string& fill, const Stream& stream);
[[nodiscard]] Shared<Transcript> without_words(const Transcript& whole, const std::vector<std::size_t>& lost);

}  // namespace shakedown::perturb
