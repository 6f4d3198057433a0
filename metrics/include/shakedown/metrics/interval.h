#pragma once

#include <cstddef>
#include <string>

namespace shakedown::metrics {

/// How intervals of the primary metric, of aggregates and of policy rules are made. Everything else has the
/// jackknife's, and so has whatever rests on fewer groups than an interval of that kind needs.
enum class IntervalKind {
  kAuto,        ///< bootstrap-t from 30 groups on, else jackknife
  kJackknife,   ///< delete-one-group jackknife, Student's t
  kBootstrapT,  ///< whole groups drawn, studentised by the linearised standard error of each draw
  kPercentile,  ///< quantiles of the draws
  kBca          ///< bias-corrected and accelerated (Efron 1987)
};

/// "auto", "jackknife", "bootstrap-t", "percentile", "bca". @throws Error(kUsage) for others
[[nodiscard]] IntervalKind interval_kind(const std::string& name);

}  // namespace shakedown::metrics
