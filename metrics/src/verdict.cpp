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

}  // namespace

Question about_cell(const Pairing& pairing, const CellPair& pair) {
  return {pairing.row(pair).id, {{static_cast<std::size_t>(&pair - pairing.cells().data()), 1.0}}};
}

Test ask(const Pairing& pairing, const Question& question, const Measure& measure, std::optional<double> limit) {
  std::vector<Pairing::Sides> sides;  // copies share what is resampled
  Test test;
  test.name = question.name;
  for (const auto& [cell, weight] : question.cells) {
    sides.push_back(pairing.sides(pairing.cells()[cell], measure));
    test.n = std::max(test.n, sides.back().n);
  }
  const auto merged = [&](Jackknifed Pairing::Sides::*side) {
    if (sides.size() == 1) return sides.front().*side;
    std::vector<const Jackknifed*> all;
    std::vector<std::pair<const Jackknifed*, double>> weighted;
    for (std::size_t at = 0; at < sides.size(); ++at) {
      all.push_back(&(sides[at].*side));
      weighted.emplace_back(all.back(), question.cells[at].second);
    }
    return question.worst ? extreme(all, measure.metric.higher_is_better) : weighted_sum(weighted);
  };
  test.baseline = merged(&Pairing::Sides::baseline);
  test.candidate = merged(&Pairing::Sides::candidate);
  return finished(std::move(test), measure.metric, limit);
}

double detectable_errors(double tail, double df) {
  constexpr double kPower = 0.8;
  return t_quantile(1 - tail, df) + t_quantile(kPower, df);
}

std::optional<double> design_effect(const Pairing& pairing, const Question& question, Measure measure,
                                    std::optional<double> limit) {
  if (!measure.metric.sums) return std::nullopt;
  const StandardError by_groups = standard_error(ask(pairing, question, measure, limit).difference);
  measure.units = Measure::Units::kSamples;
  const StandardError by_samples = standard_error(ask(pairing, question, measure, limit).difference);
  if (!by_groups.value || !by_samples.value || *by_samples.value == 0) return std::nullopt;
  const double ratio = *by_groups.value / *by_samples.value;
  return ratio * ratio;
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

RuleTest shown(const Test& test, double tail) {
  RuleTest result;
  result.name = test.name;
  result.baseline = test.baseline.value;
  result.candidate = test.candidate.value;
  result.difference = test.difference.value;
  result.low = test.low;
  result.high = test.high;
  result.verdict = test.verdict;
  result.note = test.note;
  result.n = test.n;
  result.groups = test.difference.groups();
  const StandardError error = standard_error(test.difference);
  result.standard_error = error.value;
  if (error.value) result.detectable = detectable_errors(tail, static_cast<double>(error.groups - 1)) * *error.value;
  return result;
}

}  // namespace shakedown::metrics
