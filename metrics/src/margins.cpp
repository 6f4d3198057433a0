#include "margins.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

constexpr double kLeastMargin = 0.02, kPlaces = 100;
constexpr double kRounding = 1e-9;  ///< so that .03 is not rounded up to .04

double rounded_up(double x) {
  return std::ceil(x * kPlaces - kRounding) / kPlaces;
}

}  // namespace

void refuse_limited(const RunData& run, const std::string& what) {
  const auto limit = run.header.settings.find("limit");
  if (limit == run.header.settings.end() || limit->second.empty() || limit->second == "0") return;
  throw Error(ErrorKind::kUsage,
              fmt::format("the {} was made with --limit {}: the whole split is needed", what, limit->second));
}

double recommended_margin(double detectable) {
  return std::max(kLeastMargin, rounded_up(detectable));
}

std::string ratchet_hint(const Rule& rule, const RuleResult& result) {
  if (!result.low || !result.detectable || rule.guard) return "";
  double tighter = 0;
  if (rule.bound == Bound::kMaxDrop) {
    tighter = std::max(recommended_margin(*result.detectable), rounded_up(-*result.low + kRounding));
    if (tighter > rule.value - 1 / kPlaces + kRounding) return "";
  } else {
    const double room = std::floor(*result.low * kPlaces + kRounding) / kPlaces;
    if (room < 1 / kPlaces - kRounding) return "";
    const bool from_below = rule.bound == Bound::kMinValue || rule.bound == Bound::kMinDirectionalPass ||
                            rule.bound == Bound::kMinDirectionalMoved;
    tighter = from_below ? rule.value + room : rule.value - room;
  }
  return fmt::format("{} could be {}: this rule would still pass", bound_name(rule.bound), format_number(tighter));
}

}  // namespace shakedown::metrics
