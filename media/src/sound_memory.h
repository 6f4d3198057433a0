#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <sndfile.h>

namespace shakedown::media {

/// A growing block of memory that libsndfile reads and writes as if it were a file.
struct SoundMemory {
  std::vector<std::uint8_t> bytes;
  std::size_t at = 0;
};

/// For sf_open_virtual(); the user data is a SoundMemory.
[[nodiscard]] SF_VIRTUAL_IO sound_memory_io();

struct CloseSound {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundHandle = std::unique_ptr<SNDFILE, CloseSound>;

}  // namespace shakedown::media
