#include "answers.h"
#include "pairing.h"
#include "shakedown/metrics/compare.h"
#include "shakedown/metrics/metric.h"

namespace shakedown::metrics {
namespace {

bool is_right(const RunView& view, std::size_t cell, std::size_t sample) {
  const auto& outputs = view.outcome(cell, sample).outputs;
  return decision(outputs.data(), outputs.size(), view.task()) == truth_of(view, sample);
}

std::vector<PairedAnswer> answers_of(const Pairing& pairing, const CellPair& pair) {
  const RunView &a = pairing.baseline(), &b = pairing.candidate();
  std::vector<PairedAnswer> answers;
  for (const auto& [before, now] : pair.rows) {
    answers.push_back({a.run().samples[before].id, label_text(a, before),
                       value_of(a, before, a.outcome(pair.baseline, before).outputs),
                       value_of(b, now, b.outcome(pair.candidate, now).outputs), is_right(a, pair.baseline, before),
                       is_right(b, pair.candidate, now)});
  }
  return answers;
}

CellFlips flips_of(const Pairing& pairing, const CellPair& pair) {
  CellFlips flips{pairing.row(pair).id, pair.rows.size(), 0, 0};
  for (const auto& [before, now] : pair.rows) {
    const bool was_right = is_right(pairing.baseline(), pair.baseline, before);
    if (was_right != is_right(pairing.candidate(), pair.candidate, now)) ++(was_right ? flips.lost : flips.gained);
  }
  return flips;
}

/// Of the paired differences of perturbed cells the one furthest below 0 (`sign` -1) or above it; null where none is.
const RuleResult* furthest(const Pairing& pairing, const Comparison& comparison, double sign) {
  const RuleResult* found = nullptr;
  for (const RuleResult& rule : comparison.rules) {
    const CellPair* pair = pairing.find(rule.name);
    if (pair == nullptr || pairing.row(*pair).clean() || !rule.difference || *rule.difference * sign <= 0) continue;
    if (found == nullptr || *rule.difference * sign > *found->difference * sign) found = &rule;
  }
  return found;
}

}  // namespace

RunPair compare_pair(const RunData& baseline, const RunData& candidate, bool common, IntervalKind interval) {
  RunPair result;
  result.candidate = 1;
  result.comparison = compare(baseline, candidate, common, interval);
  Comparison checked;  // what pairing notes stands in result.comparison already
  const Pairing pairing(baseline, candidate, common ? Match::kCommon : Match::kStrict, checked);
  const RuleResult* loss = furthest(pairing, result.comparison, -1);
  const RuleResult* gain = furthest(pairing, result.comparison, 1);
  bool clean_shown = false;
  for (const CellPair& pair : pairing.cells()) {
    const CellRow& row = pairing.row(pair);
    result.flips.push_back(flips_of(pairing, pair));
    std::string why;
    if (row.clean() && !clean_shown) why = "clean";
    if (loss != nullptr && loss->name == row.id) why = "largest loss";
    if (gain != nullptr && gain->name == row.id) why = "largest gain";
    clean_shown = clean_shown || row.clean();
    if (!why.empty()) result.shown.push_back({row.id, why, answers_of(pairing, pair)});
  }
  return result;
}

RunComparison compare_runs(const std::vector<const RunData*>& runs, std::size_t reference, bool common,
                           IntervalKind interval) {
  RunComparison result;
  result.table = side_by_side(runs, reference, common, interval);
  result.reference = reference;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    if (run == reference) continue;
    result.pairs.push_back(compare_pair(*runs[reference], *runs[run], common, interval));
    result.pairs.back().candidate = run;
  }
  return result;
}

}  // namespace shakedown::metrics
