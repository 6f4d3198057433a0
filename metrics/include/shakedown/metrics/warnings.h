#pragma once

#include <string>
#include <vector>

namespace shakedown::metrics {

/// A warning that a run can carry; its id is stable.
struct WarningInfo {
  std::string id, doc;
};

/// Every warning that this version raises, whichever module raises it, for `list warnings`.
[[nodiscard]] std::vector<WarningInfo> all_warnings();

}  // namespace shakedown::metrics
