#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "shakedown/core/sample.h"
#include "shakedown/media/decode.h"

namespace shakedown::media {

/// Sound that libsndfile recognises by content; nothing when it does not. `why_not` is then its complaint if it is of
/// a kind that libsndfile knows, "" if it is not. MPEG streams are left to FFmpeg.
/// @throws Error(kData) when the file is recognised but truncated, not finite or beyond the limits
[[nodiscard]] std::optional<Waveform> decode_sound_file(const std::filesystem::path& file, const DecodeLimits& limits,
                                                        std::string& why_not);

/// True when libsndfile recognises the file.
[[nodiscard]] bool is_sound_file(const std::filesystem::path& file);

}  // namespace shakedown::media
