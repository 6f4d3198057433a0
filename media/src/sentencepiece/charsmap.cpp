#include "charsmap.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace shakedown::media {
namespace {

constexpr std::uint64_t kNormalizerSpec = 3, kPrecompiledCharsmap = 2;  // fields of sentencepiece_model.proto

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  return std::nullopt;
}

/// What the length-delimited fields of this number hold, up to the first byte that is no protobuf.
std::vector<std::string_view> fields(std::string_view message, std::uint64_t number) {
  std::vector<std::string_view> found;
  while (!message.empty()) {
    const auto tag = take_varint(message);
    if (!tag) break;
    std::uint64_t size = 0;
    switch (*tag & 7U) {
      case 0:
        if (!take_varint(message)) return found;
        continue;
      case 1: size = 8; break;
      case 2: size = take_varint(message).value_or(message.size() + 1); break;
      case 5: size = 4; break;
      default: return found;
    }
    if (size > message.size()) break;
    if ((*tag & 7U) == 2 && *tag >> 3U == number) found.push_back(message.substr(0, size));
    message.remove_prefix(size);
  }
  return found;
}

/// A double-array trie (Yata, darts-clone) whose leaves are offsets into texts that end with NUL.
class Trie {
 public:
  Trie(std::string_view units, std::string_view texts) : units_(units.size() / 4), texts_(texts.size()) {
    std::memcpy(units_.data(), units.data(), units_.size() * 4);
  }

  /// Walks all that a key can reach.
  [[nodiscard]] bool is_sound() const {
    std::vector<bool> seen(units_.size(), false);
    std::vector<std::size_t> open{child(0)};
    while (!open.empty()) {
      const std::size_t node = open.back();
      open.pop_back();
      for (std::size_t byte = 0; byte < 256; ++byte) {
        const std::size_t at = node ^ byte;
        if (at >= units_.size()) return false;
        if ((units_[at] & (1U << 31U | 0xFFU)) != byte) continue;
        const std::size_t next = child(at);
        const bool leaf = (units_[at] >> 8U & 1U) != 0;
        if (leaf && (next >= units_.size() || (units_[next] & ~(1U << 31U)) >= texts_)) return false;
        if (next < units_.size() && seen[next]) continue;
        if (next < units_.size()) seen[next] = true;
        open.push_back(next);
      }
    }
    return true;
  }

 private:
  [[nodiscard]] std::size_t child(std::size_t at) const {
    const std::uint32_t unit = units_[at];
    return at ^ static_cast<std::size_t>(unit >> 10U << ((unit & 1U << 9U) >> 6U));
  }

  std::vector<std::uint32_t> units_;
  std::size_t texts_;
};

/// Size of the trie, the trie, the texts.
bool is_sound(std::string_view charsmap) {
  std::uint32_t size = 0;
  if (charsmap.empty()) return true;
  if (charsmap.size() <= sizeof size) return false;
  std::memcpy(&size, charsmap.data(), sizeof size);
  charsmap.remove_prefix(sizeof size);
  if (size < 4 || size >= charsmap.size() || charsmap.back() != '\0') return false;
  return Trie(charsmap.substr(0, size), charsmap.substr(size)).is_sound();
}

}  // namespace

bool has_sound_charsmap(std::string_view model) {
  const auto specs = fields(model, kNormalizerSpec);
  return std::ranges::all_of(
      specs, [](std::string_view spec) { return std::ranges::all_of(fields(spec, kPrecompiledCharsmap), is_sound); });
}

}  // namespace shakedown::media
