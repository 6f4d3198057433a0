#pragma once

#include <string_view>

namespace shakedown::media {

/// Whether the normalisation tables in a serialised SentencePiece model (normalizer_spec.precompiled_charsmap of
/// sentencepiece_model.proto) stay inside themselves. The library follows their offsets without a look: one flipped bit
/// would make it read memory that is not the model's. True where there is none, and for bytes that are no model, which
/// the library itself refuses.
[[nodiscard]] bool has_sound_charsmap(std::string_view model);

}  // namespace shakedown::media
