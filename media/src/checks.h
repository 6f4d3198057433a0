#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "shakedown/core/error.h"
#include "shakedown/media/decode.h"

namespace shakedown::media {

inline constexpr int kMaxChannels = 64, kMinRateHz = 1000, kMaxRateHz = 768000;
/// Larger pictures are refused from their header: a few bytes can claim gigabytes.
inline constexpr std::int64_t kMaxPixels = std::int64_t{1} << 26;

/// "file: reason" as an Error(kData).
[[nodiscard]] Error refusal(const std::filesystem::path& file, const std::string& reason);

/// Pipes and devices could block for ever, an empty file is named as such.
/// @throws Error(kData) unless `file` is a regular file with content
void require_content(const std::filesystem::path& file);

/// @throws Error(kUsage) when a limit is negative or NaN
void validate(const DecodeLimits& limits);

/// @throws Error(kData) when a rate or a number of channels is absurd
void require_sound_format(const std::filesystem::path& file, int channels, int sample_rate_hz);

/// Called with what a header claims, before anything is allocated, and again with what was decoded.
/// @throws Error(kData) when sound of that length is beyond the limits
void require_sound_fits(const std::filesystem::path& file, double frames, int channels, int sample_rate_hz,
                        const DecodeLimits& limits);

/// @throws Error(kData) when `seconds` is beyond the limit
void require_duration(const std::filesystem::path& file, double seconds, const DecodeLimits& limits);

/// @throws Error(kData) when a picture of that size is absurd
void require_picture_size(const std::filesystem::path& file, std::int64_t width, std::int64_t height);

}  // namespace shakedown::media
