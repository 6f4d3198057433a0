#pragma once

#include <filesystem>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// Writes an mp4 that decode_video() and decode_audio() read back: H.264 at a constant rate factor of 12 (4:2:0; odd
/// sides get one more pixel, sides below 16 are padded to it, by repeating the edge), and the sound, where there is
/// some, as FLAC of 16 bits at its own rate and channels, exact but for that rounding. The same bytes for the same
/// input. Written under another name and renamed at the end. @param clip at least one frame, all of one size
/// @throws Error(kIncomplete) when the file cannot be written, Error(kData) for a clip without frames, of several sizes
/// or without a rate, or sound of more than 8 channels, Error(kInternal) when libav refuses
void write_mp4(const std::filesystem::path& file, const Clip& clip, const Waveform* sound);

/// Writes a WAV of 16 bits, in the same way. @throws Error(kIncomplete), Error(kInternal) for NaN samples
void write_wav(const std::filesystem::path& file, const Waveform& sound);

}  // namespace shakedown::media
