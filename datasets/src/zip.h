#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown::datasets {

/// One file of a zip archive, as the central directory has it (APPNOTE.TXT 6.3, zip64 included).
struct ZipMember {
  std::string_view name;    ///< in the archive's bytes
  std::string_view stored;  ///< its bytes in the archive, compressed or not
  std::size_t size = 0;     ///< uncompressed
  std::uint32_t crc = 0;
  bool deflated = false;
};

/// The members of the archive `bytes`. Their stored bytes lie inside the archive and do not add up to more than it.
/// @throws Error(kData) for a truncated or damaged directory, encryption, other compression than deflate
[[nodiscard]] std::vector<ZipMember> read_zip(std::string_view bytes);

/// The content of a deflated member, member.size bytes. @throws Error(kData) when it is damaged or of another size
[[nodiscard]] std::string inflate(const ZipMember& member);
/// @throws Error(kData) when `content` has another CRC-32 than the member
void check_crc(const ZipMember& member, std::string_view content);

}  // namespace shakedown::datasets
