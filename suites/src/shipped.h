#pragma once

#include <string_view>
#include <vector>

namespace shakedown::suites {

/// A suite compiled into the program.
struct ShippedSuite {
  std::string_view name;  ///< "smoke@1"
  std::string_view text;  ///< the file, byte for byte
};

/// Older versions of a name first.
[[nodiscard]] const std::vector<ShippedSuite>& shipped_suites();

}  // namespace shakedown::suites
