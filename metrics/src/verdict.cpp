#include "verdict.h"

#include <algorithm>
#include <cmath>

namespace shakedown::metrics {
namespace {

/// A statistic and a constant on the same groups.
Jackknifed gain_over(const Jackknifed& candidate, double limit, const MetricSpec& metric) {
  const Jackknifed* parts[] = {&candidate};
  return combine(parts, [sign = metric.higher_is_better ? 1.0 : -1.0, limit](std::span<const double> values) {
    return sign * (values[0] - limit);
  });
}

Test finished(Test test, const MetricSpec& metric, std::optional<double> limit) {
  if (limit) {
    test.difference = gain_over(test.candidate, *limit, metric);
  } else {
    const double sign = metric.higher_is_better ? 1.0 : -1.0;
    const std::pair<const Jackknifed*, double> parts[] = {{&test.candidate, sign}, {&test.baseline, -sign}};
    test.difference = weighted_sum(parts);
  }
  return test;
}

struct AllSides {
  std::vector<Pairing::Sides> sides;  // copies share what is resampled
  std::size_t n = 0;
};

AllSides sides_of(const Pairing& pairing, const std::vector<std::size_t>& cells, const MetricSpec& metric) {
  AllSides all;
  for (const std::size_t cell : cells) {
    all.sides.push_back(pairing.sides(pairing.cells()[cell], metric));
    all.n = std::max(all.n, all.sides.back().n);
  }
  return all;
}

}  // namespace

Test test_cell(const Pairing& pairing, const CellPair& pair, const MetricSpec& metric, std::optional<double> limit) {
  Test test;
  test.name = pairing.row(pair).id;
  const Pairing::Sides& sides = pairing.sides(pair, metric);
  test.n = sides.n;
  test.baseline = sides.baseline;
  test.candidate = sides.candidate;
  return finished(std::move(test), metric, limit);
}

Test test_mean(const Pairing& pairing, const Aggregate& aggregate, const MetricSpec& metric,
               std::optional<double> limit) {
  std::vector<std::size_t> cells;
  for (const auto& [cell, weight] : aggregate.weights) cells.push_back(cell);
  const AllSides all = sides_of(pairing, cells, metric);
  std::vector<std::pair<const Jackknifed*, double>> before, after;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    before.emplace_back(&all.sides[at].baseline, aggregate.weights[at].second);
    after.emplace_back(&all.sides[at].candidate, aggregate.weights[at].second);
  }
  Test test;
  test.name = aggregate.name;
  test.n = all.n;
  test.baseline = weighted_sum(before);
  test.candidate = weighted_sum(after);
  return finished(std::move(test), metric, limit);
}

Test test_worst(const Pairing& pairing, const std::vector<std::size_t>& cells, const MetricSpec& metric,
                std::optional<double> limit) {
  const AllSides all = sides_of(pairing, cells, metric);
  std::vector<const Jackknifed*> before, after;
  for (const auto& sides : all.sides) {
    before.push_back(&sides.baseline);
    after.push_back(&sides.candidate);
  }
  Test test;
  test.name = "worst";
  test.n = all.n;
  test.baseline = extreme(before, metric.higher_is_better);
  test.candidate = extreme(after, metric.higher_is_better);
  return finished(std::move(test), metric, limit);
}

void judge(Test& test, double margin, const Bounds& bounds) {
  test.margin = margin;
  if (!test.difference.value) {
    const bool lost = test.baseline.value && !test.candidate.value;
    test.verdict = lost ? Verdict::kFail : Verdict::kInconclusive;
    test.note = lost ? "undefined in the candidate only: " + test.candidate.why : "undefined: " + test.difference.why;
    return;
  }
  const StandardError error = standard_error(test.difference);
  if (!error.value) {
    test.verdict = Verdict::kInconclusive;
    test.note = error.why;
    return;
  }
  const double difference = *test.difference.value, df = static_cast<double>(error.groups - 1);
  test.low = bounds.low;
  test.high = bounds.high;
  // Without any spread the difference is exact.
  test.p_worse =
      *error.value > 0 ? t_cdf((difference + margin) / *error.value, df) : (difference < -margin ? 0.0 : 1.0);
  const bool none = difference == 0 && *error.value == 0;
  if (*test.low > -margin || (none && margin == 0)) {
    test.verdict = Verdict::kPass;
    test.note = none             ? "no difference"
                : *test.low > 0  ? "detectably better"
                : *test.high < 0 ? "detectably worse, within the margin"
                                 : "";
  } else if (*test.high < -margin) {
    test.verdict = Verdict::kFail;
    test.note = margin > 0 ? "worse by more than the margin" : "detectably worse";
  } else {
    test.verdict = Verdict::kInconclusive;
    test.note = margin == 0      ? "no difference detected"
                : *test.high < 0 ? "detectably worse, perhaps by more than the margin"
                                 : "the interval reaches beyond the margin: more data is needed";
  }
}

RuleResult shown(const Test& test, const MetricSpec& metric) {
  RuleResult rule;
  rule.name = test.name;
  rule.cells = test.name;
  rule.metric = metric.name;
  rule.margin = test.margin;
  rule.baseline = test.baseline.value;
  rule.candidate = test.candidate.value;
  rule.difference = test.difference.value;
  rule.low = test.low;
  rule.high = test.high;
  rule.verdict = test.verdict;
  rule.note = test.note;
  rule.n = test.n;
  rule.groups = test.difference.groups();
  return rule;
}

}  // namespace shakedown::metrics
