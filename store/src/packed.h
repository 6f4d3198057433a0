#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Numbers and texts as short printable strings: zlib's deflate, then base64 (RFC 4648).
namespace shakedown::store {

[[nodiscard]] std::string pack(std::string_view bytes);
/// @throws Error(kData) for what pack() does not write, or more than `most_bytes` inside
[[nodiscard]] std::string unpack(std::string_view text, std::size_t most_bytes);

/// Appends a signed number in as few bytes as its size needs (zigzag, base 128).
void put_number(std::string& bytes, std::int64_t value);

/// Reads what put_number() wrote, from the front on.
class NumberReader {
 public:
  explicit NumberReader(std::string_view bytes) : bytes_(bytes) {}
  /// @throws Error(kData) behind the end, or for a number of more than 64 bits
  [[nodiscard]] std::int64_t next();
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

}  // namespace shakedown::store
