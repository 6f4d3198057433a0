#include "packed.h"

#include <array>
#include <zlib.h>

#include "shakedown/core/base64.h"
#include "shakedown/core/error.h"

namespace shakedown::store {
namespace {

[[noreturn]] void damaged(const char* how) {
  throw Error(ErrorKind::kData, std::string("packed data is damaged: ") + how);
}

}  // namespace

std::string pack(std::string_view bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string packed(size, '\0');
  const int code =
      compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                static_cast<uLong>(bytes.size()), Z_BEST_COMPRESSION);
  if (code != Z_OK) throw Error(ErrorKind::kInternal, "zlib: compress2 failed");
  packed.resize(size);
  return base64(packed);
}

std::string unpack(std::string_view text, std::size_t most_bytes) {
  std::optional<std::string> packed = from_base64(text);
  if (!packed) damaged("it is not base64");
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw Error(ErrorKind::kInternal, "zlib: inflateInit failed");
  stream.next_in = reinterpret_cast<Bytef*>(packed->data());
  stream.avail_in = static_cast<uInt>(packed->size());
  std::string bytes;
  std::array<char, 1U << 16U> block{};
  int code = Z_OK;
  while (code == Z_OK && bytes.size() <= most_bytes) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    code = inflate(&stream, Z_NO_FLUSH);
    bytes.append(block.data(), block.size() - stream.avail_out);
  }
  const bool whole = code == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (bytes.size() > most_bytes) damaged("more is inside than belongs there");
  if (!whole) damaged("zlib cannot read it");
  return bytes;
}

void put_number(std::string& bytes, std::int64_t value) {
  std::uint64_t left = (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
  for (; left >= 128; left >>= 7U) bytes += static_cast<char>((left & 127U) | 128U);
  bytes += static_cast<char>(left);
}

std::int64_t NumberReader::next() {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (bytes_.empty()) damaged("numbers are missing");
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    if (shift > 63 || (shift == 63 && (byte & 127U) > 1)) damaged("a number of more than 64 bits");
    value |= static_cast<std::uint64_t>(byte & 127U) << shift;
    if (byte < 128) break;
  }
  return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

}  // namespace shakedown::store
