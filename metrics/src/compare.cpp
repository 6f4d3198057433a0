#include "shakedown/metrics/compare.h"

#include <algorithm>

#include <fmt/format.h>

#include "corruption_error.h"
#include "paired_tests.h"
#include "shakedown/core/text.h"
#include "verdict.h"

namespace shakedown::metrics {

namespace {

constexpr double kTail = 0.05;  ///< beyond each of the two one-sided bounds

/// 1 for the baseline itself; the difference counts what the candidate is below that.
Test test_corruption_error(const CorruptionError& error) {
  Test test;
  test.name = error.name;
  test.n = error.n;
  test.candidate = error.statistic;
  const Jackknifed* parts[] = {&error.statistic};
  const auto constant = [&](double sign, double offset) {
    return combine(parts, [sign, offset](std::span<const double> values) { return offset + sign * values[0]; });
  };
  test.baseline = constant(0, 1);
  test.difference = constant(-1, 1);
  return test;
}

}  // namespace

Comparison compare(const RunData& baseline, const RunData& candidate, bool common, IntervalKind interval) {
  Comparison comparison;
  const Pairing pairing(baseline, candidate, common ? Match::kCommon : Match::kStrict, comparison);
  const Measure measure{metrics_for(pairing.task()).front(), Measure::Kind::kMetric, Measure::Units::kGroups, {}, {}};
  const MetricSpec& metric = measure.metric;

  struct Row {
    Test test;
    std::string metric, cells;
    std::optional<PairedTest> paired;
  };
  std::vector<Row> rows;
  std::size_t left_out = 0;
  for (const CellPair& pair : pairing.cells()) {
    left_out += pair.failed_in_one + pair.failed_in_both;
    if (pairing.row(pair).label_effect == LabelEffect::kDirectional) continue;
    rows.push_back({ask(pairing, about_cell(pairing, pair), measure, std::nullopt), metric.name, pairing.row(pair).id,
                    paired_test(pairing, pair, metric, baseline.header.seed)});
  }
  std::vector<std::string> trained_with = baseline.header.trained_with;
  trained_with.insert(trained_with.end(), candidate.header.trained_with.begin(), candidate.header.trained_with.end());
  for (const Aggregate& aggregate : aggregates(pairing.candidates(), trained_with)) {
    if (aggregate.weights.empty()) continue;
    const Question question{aggregate.name, aggregate.weights};
    rows.push_back({ask(pairing, question, measure, std::nullopt), metric.name, aggregate.note, std::nullopt});
  }
  for (const CorruptionError& error : corruption_errors(pairing, baseline.header.model_name)) {
    rows.push_back(
        {test_corruption_error(error), error.name.substr(0, error.name.find('[')), error.note, std::nullopt});
  }
  const Intervals intervals(interval, baseline.header.seed, pairing.groups(), kDecidingDraws);
  comparison.interval = intervals.name();
  std::vector<const Jackknifed*> differences;
  for (const Row& row : rows) differences.push_back(&row.test.difference);
  const std::vector<Bounds> bounds = intervals.bounds(differences, kTail);
  for (std::size_t at = 0; at < rows.size(); ++at) {
    judge(rows[at].test, 0.0, bounds[at]);
    RuleResult rule;
    static_cast<RuleTest&>(rule) = shown(rows[at].test, kTail);
    rule.metric = rows[at].metric;
    rule.cells = rows[at].cells;
    if (rows[at].paired) {
      rule.p_value = rows[at].paired->p_value;
      rule.p_of = rows[at].paired->name;
    }
    comparison.rules.push_back(std::move(rule));
  }
  if (left_out > 0) {
    comparison.notes.push_back(
        fmt::format("{} left out: failed in one of the runs or in both", count_of(left_out, "prediction")));
  }
  return comparison;
}

}  // namespace shakedown::metrics
