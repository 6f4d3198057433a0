#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shakedown {

/// Base64 of RFC 4648 with padding, on one line.
/// @throws Error(kInternal) beyond 1 GiB
[[nodiscard]] std::string base64(std::string_view bytes);

/// The bytes that `text` spells; nothing where it is not exactly what base64() writes (other characters, spaces,
/// padding in the wrong place, bits that no byte holds).
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace shakedown
