#include "shakedown/metrics/compare.h"

#include <algorithm>

#include <fmt/format.h>

#include "shakedown/core/text.h"
#include "verdict.h"

namespace shakedown::metrics {

Comparison compare(const RunData& baseline, const RunData& candidate, bool common) {
  Comparison comparison;
  const Pairing pairing(baseline, candidate, common ? Match::kCommon : Match::kStrict, comparison);
  const MetricSpec metric = metrics_for(pairing.task()).front();

  std::size_t left_out = 0;
  for (const CellPair& pair : pairing.cells()) {
    left_out += pair.failed_in_one + pair.failed_in_both;
    if (pairing.row(pair).label_effect == LabelEffect::kDirectional) continue;
    Test test = test_cell(pairing, pair, metric, std::nullopt);
    judge(test, 0.0);
    comparison.rules.push_back(shown(test, metric));
  }
  std::vector<std::string> trained_with = baseline.header.trained_with;
  trained_with.insert(trained_with.end(), candidate.header.trained_with.begin(), candidate.header.trained_with.end());
  for (const Aggregate& aggregate : aggregates(pairing.candidates(), trained_with)) {
    if (aggregate.weights.empty()) continue;
    Test test = test_mean(pairing, aggregate, metric, std::nullopt);
    judge(test, 0.0);
    RuleResult rule = shown(test, metric);
    rule.cells = aggregate.note;
    comparison.rules.push_back(std::move(rule));
  }
  if (left_out > 0) {
    comparison.notes.push_back(
        fmt::format("{} left out: failed in one of the runs or in both", count_of(left_out, "prediction")));
  }
  return comparison;
}

}  // namespace shakedown::metrics
