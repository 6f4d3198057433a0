#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace shakedown {

/// 128 bits of XXH3, the one hash used for ids, stream keys and digests of media and decisions.
struct Digest {
  std::uint64_t high = 0, low = 0;
  friend auto operator<=>(const Digest&, const Digest&) = default;  // NOLINT(modernize-use-nullptr)
  /// 32 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;
  /// The digest that hex() writes; nothing for anything else.
  [[nodiscard]] static std::optional<Digest> from_hex(std::string_view digits);
  /// All bits 0: stands for no digest.
  [[nodiscard]] bool none() const { return high == 0 && low == 0; }
  /// hex(); "" for none().
  [[nodiscard]] std::string text() const { return none() ? std::string() : hex(); }
};

/// Incremental XXH3-128. Every add() is length-prefixed, so that ("ab","c") and ("a","bc") differ.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  Hasher& add(std::string_view text);
  Hasher& add(std::span<const std::byte> bytes);
  Hasher& add(std::int64_t value);
  Hasher& add(std::uint64_t value);
  Hasher& add(double value);  ///< by bit pattern; -0 and 0 differ
  template <class T>
  Hasher& add_array(std::span<const T> values) {
    return add(std::as_bytes(values));
  }
  [[nodiscard]] Digest finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SHA-256 of a file's bytes or of a string, 64 hexadecimal digits: names inputs in results.
/// @throws Error(kData) when the file cannot be read
[[nodiscard]] std::string sha256_file(const std::filesystem::path& file);
[[nodiscard]] std::string sha256(std::string_view bytes);
/// SHA-256 as it is, 32 bytes.
[[nodiscard]] std::string sha256_bytes(std::string_view bytes);

}  // namespace shakedown
