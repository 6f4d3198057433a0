#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/rng.h"

namespace shakedown::perturb {

inline constexpr Forms kSequenceForms = {Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};

/// The feature forms that `sample` has of `modalities`.
[[nodiscard]] std::vector<Form> feature_forms(const Sample& sample, const std::vector<Modality>& modalities);

/// Choices of a signed dose's `direction`, and the sign: +1 for up, -1 for down, drawn once a clip and modality for
/// random (`stream` is the modality's).
[[nodiscard]] std::vector<std::string> direction_choices();
[[nodiscard]] int sign_of(const std::string& direction, const Stream& stream);

/// A form and a position of it (step or column) in one integer, for Effect::decisions.
[[nodiscard]] std::int64_t unit_of(Form form, std::size_t position);

}  // namespace shakedown::perturb
