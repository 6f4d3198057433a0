#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace shakedown::datasets {

/// A bytes object inside a mapped pickle, never copied as a whole. Protocol 2 writes bytes as Latin-1
/// text in UTF-8, in which one byte takes one or two; those are decoded on reading, from the nearest mark.
class PickleBytes {
 public:
  PickleBytes() = default;
  /// Bytes as they lie in the file.
  explicit PickleBytes(std::string_view raw) : stored_(raw), size_(raw.size()) {}
  /// Bytes that `text` spells in Latin-1. @throws Error(kData) for a character above U+00FF
  static PickleBytes from_latin1(std::string_view text);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// The bytes where they lie in the file, unaligned; null when they have to be decoded.
  [[nodiscard]] const std::byte* in_place() const;
  /// Copies out.size() bytes from `offset` on; the caller stays within size().
  void read(std::size_t offset, std::span<std::byte> out) const;

 private:
  std::string_view stored_;
  std::size_t size_ = 0;
  bool latin1_ = false;
  std::vector<std::size_t> marks_;  ///< position in stored_ of every kMarkDistance-th byte
};

}  // namespace shakedown::datasets
