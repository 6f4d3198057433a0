#pragma once

#include <filesystem>
#include <string>

#include "shakedown/core/sample.h"
#include "shakedown/media/decode.h"

namespace shakedown::media {

/// What libavformat says of a container, before anything is decoded. Zeros where it does not know.
struct ContainerInfo {
  bool has_audio = false, has_video = false;
  int width = 0, height = 0;
  double video_seconds = 0;
  double video_fps = 0;
};

/// Only self-contained file formats are opened: play lists, which name further files and addresses, are not.
/// @throws Error(kData) when the file is none that is known
[[nodiscard]] ContainerInfo probe_container(const std::filesystem::path& file);

/// Sound of the container's best audio stream.
/// @throws Error(kData) when there is none, it is damaged, truncated or beyond the limits
[[nodiscard]] Waveform decode_container_sound(const std::filesystem::path& file, const DecodeLimits& limits);

}  // namespace shakedown::media
