#include "zip.h"

#include <algorithm>
#include <limits>
#include <zlib.h>

#include <fmt/format.h>

#include "shakedown/core/error.h"

namespace shakedown::datasets {
namespace {

constexpr std::size_t kMaxMembers = 65'536;

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kData, message);
}

/// `width` bytes at `at` as a little-endian number. @throws Error(kData) beyond the end
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t width) {
  if (at > bytes.size() || width > bytes.size() - at) fail("the zip archive ends too early: it is truncated");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

std::string_view part(std::string_view bytes, std::uint64_t at, std::uint64_t size) {
  if (at > bytes.size() || size > bytes.size() - at) {
    fail("a size in the zip archive is beyond its end: it is truncated or damaged");
  }
  return bytes.substr(at, size);
}

struct Directory {
  std::uint64_t at = 0, entries = 0;
};

/// From the end record, which lies before a comment of up to 65535 bytes, or from its zip64 twin.
Directory find_directory(std::string_view bytes) {
  constexpr std::string_view kEnd("PK\5\6", 4), kEnd64("PK\6\6", 4), kLocator("PK\6\7", 4);
  constexpr std::size_t kEndSize = 22, kLocatorSize = 20;
  const std::size_t at = bytes.rfind(kEnd);
  if (at == std::string_view::npos || bytes.size() - at < kEndSize) {
    fail("is no zip archive, or its end is missing: it is truncated");
  }
  Directory directory{number(bytes, at + 16, 4), number(bytes, at + 10, 2)};
  if (at < kLocatorSize || !bytes.substr(at - kLocatorSize).starts_with(kLocator)) return directory;
  const std::uint64_t end64 = number(bytes, at - kLocatorSize + 8, 8);
  if (!part(bytes, end64, 56).starts_with(kEnd64)) fail("the zip64 end record is not where it should be");
  directory.entries = number(bytes, end64 + 32, 8);
  directory.at = number(bytes, end64 + 48, 8);
  return directory;
}

/// Sizes and offsets of 4 GiB and more stand in the extra field, in the order of the fields that say so.
void read_zip64(std::string_view extra, std::uint64_t& size, std::uint64_t& stored, std::uint64_t& local) {
  constexpr std::uint64_t kElsewhere = 0xFFFFFFFF;
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::string_view field = part(extra, at + 4, number(extra, at + 2, 2));
    if (number(extra, at, 2) == 1) {
      std::size_t next = 0;
      for (std::uint64_t* const value : {&size, &stored, &local}) {
        if (*value != kElsewhere) continue;
        *value = number(field, next, 8);
        next += 8;
      }
      return;
    }
    at += 4 + field.size();
  }
}

}  // namespace

std::vector<ZipMember> read_zip(std::string_view bytes) {
  const Directory directory = find_directory(bytes);
  if (directory.entries > kMaxMembers) {
    fail(fmt::format("a zip archive of {} files; at most {} are read", directory.entries, kMaxMembers));
  }
  std::vector<ZipMember> members;
  std::size_t at = directory.at, total = 0;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    if (!part(bytes, at, 46).starts_with(std::string_view("PK\1\2", 4))) {
      fail("the directory of the zip archive is damaged");
    }
    const std::uint64_t flags = number(bytes, at + 8, 2), method = number(bytes, at + 10, 2);
    const std::uint64_t name_size = number(bytes, at + 28, 2), extra_size = number(bytes, at + 30, 2);
    std::uint64_t stored = number(bytes, at + 20, 4), size = number(bytes, at + 24, 4);
    std::uint64_t local = number(bytes, at + 42, 4);
    ZipMember member;
    member.name = part(bytes, at + 46, name_size);
    member.crc = static_cast<std::uint32_t>(number(bytes, at + 16, 4));
    member.deflated = method == 8;
    read_zip64(part(bytes, at + 46 + name_size, extra_size), size, stored, local);
    member.size = size;
    if ((flags & 1U) != 0) fail("holds an encrypted file");
    if (method != 0 && method != 8) fail(fmt::format("compression method {}; stored and deflated are read", method));
    if (!part(bytes, local, 30).starts_with(std::string_view("PK\3\4", 4))) {
      fail("a file of the zip archive is not where its directory says");
    }
    member.stored = part(bytes, local + 30 + number(bytes, local + 26, 2) + number(bytes, local + 28, 2), stored);
    if (!member.deflated && stored != size) fail("a stored file has two sizes");
    // Files that overlap would make the content larger than the archive.
    total += member.stored.size();
    if (total > bytes.size()) fail("files of the zip archive overlap");
    members.push_back(member);
    at += 46 + name_size + extra_size + number(bytes, at + 32, 2);
  }
  return members;
}

std::string inflate(const ZipMember& member) {
  // Deflate makes at most 1032 bytes of one: a claim beyond that is not worth its memory.
  if (member.size / 1032 > member.stored.size() + 1) fail("claims more bytes than its compressed data can hold");
  std::string content(member.size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail("zlib cannot be started");
  std::size_t read = 0, written = 0;
  int status = Z_OK;
  // zlib counts in 32 bits.
  constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
  while (status == Z_OK) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(member.stored.data() + read));
    stream.avail_in = static_cast<uInt>(std::min(kMost, member.stored.size() - read));
    stream.next_out = reinterpret_cast<Bytef*>(content.data() + written);
    stream.avail_out = static_cast<uInt>(std::min(kMost, content.size() - written));
    const uInt in = stream.avail_in, out = stream.avail_out;
    status = ::inflate(&stream, Z_NO_FLUSH);
    read += in - stream.avail_in;
    written += out - stream.avail_out;
    if (status == Z_OK && in == stream.avail_in && out == stream.avail_out) status = Z_BUF_ERROR;
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END || written != content.size()) fail("its compressed data are damaged or cut off");
  return content;
}

void check_crc(const ZipMember& member, std::string_view content) {
  const uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
  if (crc != member.crc) fail("its checksum is wrong: the file is damaged");
}

}  // namespace shakedown::datasets
