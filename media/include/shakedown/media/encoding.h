#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shakedown::media {

/// UTF-8 of text in another encoding, by ICU's name of it ("UTF-16" goes by its mark, "ISO-8859-1"); nothing where the
/// bytes are not that encoding's. @throws Error(kInternal) for an encoding that ICU does not know
[[nodiscard]] std::optional<std::string> to_utf8(std::string_view bytes, const char* encoding);

}  // namespace shakedown::media
