#pragma once

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Takes away the whole of one form and keeps its length: tokens become `unk_id` between CLS and SEP, features
/// zero, sound silence, frames black; a transcript becomes empty.
void blank(Sample& sample, Form form, int unk_id);

/// Blanks every form that the sample has of `modality`. False when it has none.
bool blank_modality(Sample& sample, Modality modality, int unk_id);

inline constexpr Modality kModalities[] = {Modality::kText, Modality::kAudio, Modality::kVideo};
inline constexpr Forms kAllForms = {Form::kTranscript,    Form::kTokens, Form::kEmbedding,     Form::kWaveform,
                                    Form::kAudioFeatures, Form::kFrames, Form::kVisionFeatures};

}  // namespace shakedown::perturb
