#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace shakedown {

/// The whole of a text file that somebody wrote: YAML, CSV, a vocabulary.
/// @throws Error(kData) "FILE: why" when there is none, it is a folder or a device, is larger than `most_bytes`, or
/// cannot be read
[[nodiscard]] std::string read_text_file(const std::filesystem::path& file, std::size_t most_bytes);

/// Writes a text file that nobody reads before it is whole. @throws Error(kIncomplete) "FILE: cannot be written"
void write_text_file(const std::filesystem::path& file, const std::string& text);

/// Waits until the names in `folder` are on the disk: a file that was synced, or renamed, can still be lost by name
/// when the power goes. A folder that cannot be synced is left as it is.
void sync_folder(const std::filesystem::path& folder);

/// Waits until all that was written to the file system of `folder` is on the disk.
void sync_file_system(const std::filesystem::path& folder);

/// YAML that people write is smaller.
inline constexpr std::size_t kMostYamlBytes = std::size_t{16} << 20U;

}  // namespace shakedown
