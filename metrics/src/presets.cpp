#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/metrics/policy.h"

namespace shakedown::metrics {
namespace {

constexpr const char* kRecommended = R"(schema: shakedown.policy/1
name: recommended
rules:
  - {name: clean, cells: "clean#0", max_drop: 0.02}
  - {name: text, aggregate: "stress_mean[text]", max_drop: 0.02}
  - {name: audio, aggregate: "stress_mean[audio]", max_drop: 0.02}
  - {name: video, aggregate: "stress_mean[video]", max_drop: 0.02}
  - {name: missing data, aggregate: information_loss, max_drop: 0.02}
  - {name: every cell, guard: true, max_drop: 0.02}
  - {name: evidence, no_warning: [vacuous_modality, collapsed]}
)";

constexpr const char* kStrict = R"(schema: shakedown.policy/1
name: strict
extends: recommended
on_inconclusive: fail
rules:
  - {name: worst cell, aggregate: worst, max_drop: 0.02}
  - {name: light stress keeps decisions, severity: [1, 2], max_flip_rate: 0.1, guard: true}
  - {name: direction, min_directional_pass: 0.9, guard: true}
  - {name: evidence, no_warning: [vacuous_modality, collapsed, below_floor, nonfinite_input]}
)";

}  // namespace

const char* preset_policy(const std::string& name) {
  if (name == "recommended") return kRecommended;
  if (name == "strict") return kStrict;
  throw Error(ErrorKind::kUsage, fmt::format("extends: '{}' is not one of: recommended, strict{}", name,
                                             suggestion(name, {"recommended", "strict"})));
}

}  // namespace shakedown::metrics
