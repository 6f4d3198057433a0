#include "sound_memory.h"

#include <algorithm>
#include <cstring>

namespace shakedown::media {

SF_VIRTUAL_IO sound_memory_io() {
  SF_VIRTUAL_IO io{};
  io.get_filelen = [](void* user) { return static_cast<sf_count_t>(static_cast<SoundMemory*>(user)->bytes.size()); };
  io.seek = [](sf_count_t offset, int whence, void* user) {
    auto& memory = *static_cast<SoundMemory*>(user);
    const auto base = static_cast<sf_count_t>(whence == SEEK_SET   ? 0
                                              : whence == SEEK_CUR ? memory.at
                                                                   : memory.bytes.size());
    memory.at = static_cast<std::size_t>(std::max<sf_count_t>(0, base + offset));
    return static_cast<sf_count_t>(memory.at);
  };
  io.read = [](void* data, sf_count_t count, void* user) {
    auto& memory = *static_cast<SoundMemory*>(user);
    const std::size_t left = memory.bytes.size() - std::min(memory.at, memory.bytes.size());
    const std::size_t size = std::min(static_cast<std::size_t>(count), left);
    if (size > 0) std::memcpy(data, memory.bytes.data() + memory.at, size);
    memory.at += size;
    return static_cast<sf_count_t>(size);
  };
  io.write = [](const void* data, sf_count_t count, void* user) {
    auto& memory = *static_cast<SoundMemory*>(user);
    const auto size = static_cast<std::size_t>(count);
    memory.bytes.resize(std::max(memory.bytes.size(), memory.at + size));
    std::memcpy(memory.bytes.data() + memory.at, data, size);
    memory.at += size;
    return count;
  };
  io.tell = [](void* user) { return static_cast<sf_count_t>(static_cast<SoundMemory*>(user)->at); };
  return io;
}

}  // namespace shakedown::media
