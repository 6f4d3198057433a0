#pragma once

#include <filesystem>
#include <limits>
#include <optional>
#include <string>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// What is decoded at most. A clip beyond a limit is refused by name, never cut in silence.
struct DecodeLimits {
  double fps = 0;                                ///< resample frames to this rate by nearest time; 0: as it is
  int max_side = 0;                              ///< scale the longer side down to this many pixels; 0: as it is
  double max_seconds = 600;                      ///< longer clips are refused
  std::size_t max_bytes = std::size_t{2} << 30;  ///< decoded size of one clip; larger is refused
};

/// Sound of any file, recognised by content: WAV, FLAC, Ogg, ... through libsndfile, MP3 and sound inside
/// containers (mp4, mkv, m4a) through libavformat. The native rate and channels are kept; values are
/// floats with full scale [-1, 1]; NaN and inf are refused.
/// @throws Error(kData) "file: what is wrong" for unreadable, empty, truncated or too long input
[[nodiscard]] Waveform decode_audio(const std::filesystem::path& file, const DecodeLimits& limits = {});

/// True when the file is sound or a container with an audio (a video) stream; false too when it cannot be opened.
/// Cover art is no video.
[[nodiscard]] bool has_audio(const std::filesystem::path& file);
[[nodiscard]] bool has_video(const std::filesystem::path& file);

/// Frames of a video through OpenCV (FFmpeg back end), 8-bit BGR, rotation metadata applied.
/// @throws Error(kData) as decode_audio
[[nodiscard]] Clip decode_video(const std::filesystem::path& file, const DecodeLimits& limits = {});

/// A video before limits are applied to it, as decode_video() turns it.
struct VideoProperties {
  int width = 0, height = 0;  ///< pixels
  double fps = 0;
};
/// @throws Error(kData) when there is no video, or its size or rate is unknown
[[nodiscard]] VideoProperties video_properties(const std::filesystem::path& file);

/// A picture file (JPEG, PNG). @throws Error(kData)
[[nodiscard]] Image decode_image(const std::filesystem::path& file);

}  // namespace shakedown::media
