#pragma once

#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Forms that are not the same shared object in both samples: replaced, added or removed.
[[nodiscard]] Forms replaced_forms(const Sample& a, const Sample& b);

/// Those of `forms` whose modality `of` has a form in.
[[nodiscard]] Forms of_same_modalities(Forms forms, Forms of);

/// The feature sequence of one of the forms kEmbedding, kAudioFeatures, kVisionFeatures; null where there is none.
[[nodiscard]] const Shared<Sequence>& sequence_of(const Sample& sample, Form form);
void set_sequence(Sample& sample, Form form, Shared<Sequence> sequence);

/// Whether a value of row `step` differs; a NaN that stays is no change.
[[nodiscard]] bool row_differs(const Sequence& a, const Sequence& b, std::size_t step);

/// A sample that shares all forms of `sample` and has nothing else of it.
[[nodiscard]] Sample forms_of(const Sample& sample);
/// Makes `sample` share `form` of `other`, which may be null.
void take_form(Sample& sample, const Sample& other, Form form);

/// What is written in the place of a lost token: `given`; but [UNK] of the data's own tokenizer where that is left at
/// BERT's 100.
[[nodiscard]] inline std::int64_t unknown_id(const Tokens& tokens, int given) {
  return given == TokenLayout{}.unknown ? tokens.layout.unknown : given;
}

/// Values of a `modality` parameter: "all", or one or two of text, audio, video joined by +.
[[nodiscard]] std::vector<std::string> modality_choices();
[[nodiscard]] bool chosen(const std::string& choice, Modality modality);
[[nodiscard]] std::vector<Modality> modalities_of(const std::string& choice);
/// The only one of `modalities`, or kCross.
[[nodiscard]] Modality only_or_cross(const std::vector<Modality>& modalities);

/// Length of the clip in seconds by sound, else picture, else word times; 0 when nothing tells.
[[nodiscard]] double clip_seconds(const Sample& sample);

}  // namespace shakedown::perturb
