#pragma once

#include <map>
#include <string>

namespace shakedown::runners {

/// Versions of shakedown and its libraries, CPU type, BLAS kernel, operating system: what explains a
/// difference in the last bits between two runs.
[[nodiscard]] std::map<std::string, std::string> environment();

}  // namespace shakedown::runners
