#pragma once

#include <string>
#include <string_view>

namespace shakedown {

/// One CSV field as RFC 4180 quotes it; bytes are kept.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace shakedown
