#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// JPEG bytes of a picture, quality 1..100.
[[nodiscard]] std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality = 85);
/// The picture in JPEG bytes such as encode_jpeg() gives. @throws Error(kInternal) when they hold none
[[nodiscard]] Image decode_jpeg(const std::vector<std::uint8_t>& bytes);
/// PNG bytes of a picture: nothing is lost.
[[nodiscard]] std::vector<std::uint8_t> encode_png(const Image& image);
/// 16-bit PCM WAV bytes, full scale at 32768; values beyond full scale are clipped.
/// @throws Error(kInternal) for NaN samples
[[nodiscard]] std::vector<std::uint8_t> encode_wav(const Waveform& waveform);
/// 32-bit float WAV bytes, without clipping; the same bytes for the same sound.
[[nodiscard]] std::vector<std::uint8_t> encode_float_wav(const Waveform& waveform);
/// FLAC bytes: the same samples as encode_wav(), smaller; the same bytes for the same sound.
/// @throws Error(kInternal) for NaN samples, more than 8 channels or a rate that FLAC does not know
[[nodiscard]] std::vector<std::uint8_t> encode_flac(const Waveform& waveform);

}  // namespace shakedown::media
