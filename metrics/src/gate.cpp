#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/metrics/compare.h"
#include "verdict.h"

namespace shakedown::metrics {
namespace {

constexpr double kNearlyEqual = 1e-4;  ///< of the label unit: what CPU types may differ by
constexpr double kFalseAlarm = 0.05;
constexpr double kTail = 0.05;  ///< beyond each of the two one-sided bounds

void refuse_limited(const RunData& run, const char* side) {
  const auto limit = run.header.settings.find("limit");
  if (limit == run.header.settings.end() || limit->second.empty() || limit->second == "0") return;
  throw Error(ErrorKind::kUsage,
              fmt::format("the {} run was made with --limit {}: a gate needs the whole split", side, limit->second));
}

const Waiver* waiver_of(const Policy& policy, const std::string& cell) {
  const auto found = std::find_if(policy.waivers.begin(), policy.waivers.end(),
                                  [&](const Waiver& waiver) { return glob_match(waiver.cells, cell); });
  return found == policy.waivers.end() ? nullptr : &*found;
}

/// A rule with the tests it amounts to. Weak cells are named: they can satisfy nothing.
struct Applied {
  const Rule* rule = nullptr;
  MetricSpec metric;
  std::vector<Test> tests;
  std::vector<double> adjusted;  ///< guards: Holm-adjusted p values, one a test
  std::vector<std::string> weak, waived, missing;
};

class Gate {
 public:
  Gate(const RunData& baseline, const RunData& candidate, const Policy& policy, IntervalKind interval,
       Comparison& comparison)
      : baseline_(&baseline),
        policy_(&policy),
        comparison_(&comparison),
        pairing_(baseline, candidate, Match::kStrict, comparison),
        metrics_(metrics_for(pairing_.task())),
        intervals_(interval, baseline.header.seed, pairing_.groups()) {
    comparison.interval = intervals_.name();
    pairing_.treat_as_equal_within(kNearlyEqual);
    trained_with_ = baseline.header.trained_with;
    trained_with_.insert(trained_with_.end(), candidate.header.trained_with.begin(),
                         candidate.header.trained_with.end());
  }

  void decide() {
    note_what_is_special();
    require_candidate_complete();
    for (const Rule& rule : policy_->rules) applied_.push_back(apply(rule));
    judge_all();
    adjust_guards();
    for (const Applied& applied : applied_) comparison_->rules.push_back(conclude(applied));
    sum_up();
  }

 private:
  void note_what_is_special() {
    if (const std::size_t near = pairing_.nearly_equal(); near > 0) {
      comparison_->notes.push_back(fmt::format("{} {} by less than {:.4f} of the label unit and {} as equal",
                                               count_of(near, "prediction"), near == 1 ? "differs" : "differ",
                                               kNearlyEqual, near == 1 ? "counts" : "count"));
    }
    for (const Waiver& waiver : policy_->waivers) {
      comparison_->notes.push_back(fmt::format("waived until {}: {} ({})", waiver.until, waiver.cells, waiver.reason));
    }
  }

  /// What the baseline has and the candidate lacks is a failure, whatever the rules select.
  void require_candidate_complete() {
    std::vector<std::string> missing, broken;
    std::size_t failed_in_one = 0, failed_in_both = 0;
    for (const std::string& id : comparison_->missing_in_candidate) {
      if (waiver_of(*policy_, id) == nullptr) missing.push_back(id);
    }
    for (const CellPair& pair : pairing_.cells()) {
      failed_in_both += pair.failed_in_both;
      if (pair.failed_in_one == 0 || waiver_of(*policy_, pairing_.row(pair).id) != nullptr) continue;
      failed_in_one += pair.failed_in_one;
      broken.push_back(pairing_.row(pair).id);
    }
    if (failed_in_both > 0) {
      comparison_->notes.push_back(
          fmt::format("{} left out: failed in both runs", count_of(failed_in_both, "prediction")));
    }
    std::vector<std::string> reasons;
    if (!missing.empty())
      reasons.push_back(fmt::format("{} missing: {}", count_of(missing.size(), "cell"), named(missing)));
    if (const std::size_t lacking = pairing_.samples_missing_in_candidate(); lacking > 0) {
      reasons.push_back(count_of(lacking, "sample") + " missing");
    }
    if (failed_in_one > 0) {
      reasons.push_back(
          fmt::format("{} failed in one run only: {}", count_of(failed_in_one, "prediction"), named(broken)));
    }
    if (reasons.empty()) return;
    RuleResult rule;
    rule.name = "candidate is complete";
    rule.cells = "*";
    rule.verdict = Verdict::kFail;
    rule.note = join(reasons, "; ");
    comparison_->rules.push_back(std::move(rule));
  }

  const MetricSpec& metric_of(const Rule& rule) const {
    if (rule.metric.empty()) return metrics_.front();
    std::vector<std::string> names;
    for (const MetricSpec& metric : metrics_) {
      if (metric.name == rule.metric) return metric;
      names.push_back(metric.name);
    }
    throw Error(ErrorKind::kUsage, fmt::format("{}: metric: this task has no '{}'{}; it has: {}", rule.where,
                                               rule.metric, suggestion(rule.metric, names), join(names, ", ")));
  }

  /// True when a label judges the cell. "*" takes those; any other glob must not name one that it cannot judge.
  bool selects(const Rule& rule, const CellRow& cell) const {
    if (!glob_match(rule.cells, cell.id)) return false;
    const bool judged = cell.label_effect != LabelEffect::kDiagnostic && cell.label_effect != LabelEffect::kDirectional;
    if (rule.cells == "*") return judged && cell.valid;
    if (!judged && rule.aggregate.empty()) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("{}: rule '{}' selects {}, a {} cell, which no label can judge; narrow its glob",
                              rule.where, rule.name, cell.id, label_effect_name(cell.label_effect)));
    }
    return true;
  }

  [[noreturn]] void selects_nothing(const Rule& rule) const {
    const std::string what = rule.aggregate.empty() ? "cell" : "cell for " + rule.aggregate;
    throw Error(ErrorKind::kUsage, fmt::format("{}: rule '{}' selects no {} of the baseline (cells: {})", rule.where,
                                               rule.name, what, rule.cells));
  }

  Applied apply(const Rule& rule) const {
    Applied applied{&rule, metric_of(rule), {}, {}, {}, {}, {}};
    if (rule.aggregate.empty()) {
      apply_to_cells(rule, applied);
    } else {
      apply_to_aggregate(rule, applied);
    }
    return applied;
  }

  /// Guards keep the jackknife's bounds: Holm over all cells asks for p values that the draws cannot resolve.
  void judge_all() {
    std::vector<const Jackknifed*> differences;
    for (const Applied& applied : applied_) {
      if (applied.rule->guard) continue;
      for (const Test& test : applied.tests) differences.push_back(&test.difference);
    }
    const std::vector<Bounds> bounds = intervals_.bounds(differences, kTail);
    std::size_t next = 0;
    for (Applied& applied : applied_) {
      const double margin = applied.rule->limit ? 0.0 : applied.rule->margin;
      for (Test& test : applied.tests) {
        judge(test, margin, applied.rule->guard ? jackknife_bounds(test.difference, kTail) : bounds[next++]);
      }
    }
  }

  void apply_to_cells(const Rule& rule, Applied& applied) const {
    bool any = false;
    for (const CellRow& cell : baseline_->cells) {
      if (!selects(rule, cell)) continue;
      any = true;
      const auto pair = std::find_if(pairing_.cells().begin(), pairing_.cells().end(),
                                     [&](const CellPair& p) { return pairing_.row(p).id == cell.id; });
      if (waiver_of(*policy_, cell.id) != nullptr) {
        applied.waived.push_back(cell.id);
      } else if (pair == pairing_.cells().end()) {
        applied.missing.push_back(cell.id);
      } else if (pair->weak) {
        applied.weak.push_back(cell.id);
      } else {
        applied.tests.push_back(test_cell(pairing_, *pair, applied.metric, rule.limit));
      }
    }
    if (!any) selects_nothing(rule);
  }

  void apply_to_aggregate(const Rule& rule, Applied& applied) const {
    // The cells that count in both runs, of those the rule selects and nobody waived.
    std::vector<Candidate> candidates;
    std::vector<std::size_t> positions;
    const std::vector<Candidate> all = pairing_.candidates();
    bool any = false;
    for (std::size_t at = 0; at < all.size(); ++at) {
      const std::string& id = all[at].cell->id;
      if (!selects(rule, *all[at].cell)) continue;
      any = any || !all[at].cell->clean();
      if (waiver_of(*policy_, id) != nullptr) {
        applied.waived.push_back(id);
        continue;
      }
      candidates.push_back(all[at]);
      positions.push_back(at);
    }
    if (!any) selects_nothing(rule);
    if (rule.aggregate == "worst") {
      std::vector<std::size_t> cells;
      for (const std::size_t at : worst_candidates(candidates)) cells.push_back(positions[at]);
      if (cells.empty()) selects_nothing(rule);
      applied.tests.push_back(test_worst(pairing_, cells, applied.metric, rule.limit));
      return;
    }
    for (Aggregate& aggregate : aggregates(candidates, trained_with_)) {
      if (aggregate.name != rule.aggregate || aggregate.weights.empty()) continue;
      for (auto& [cell, weight] : aggregate.weights) cell = positions[cell];
      applied.tests.push_back(test_mean(pairing_, aggregate, applied.metric, rule.limit));
    }
    if (applied.tests.empty() && applied.waived.empty()) selects_nothing(rule);
  }

  /// Holm over all guards: many cells are looked at, and any of them may fail the gate.
  void adjust_guards() {
    std::vector<double> p_values;
    for (const Applied& applied : applied_) {
      if (!applied.rule->guard) continue;
      for (const Test& test : applied.tests) p_values.push_back(test.p_worse.value_or(1.0));
    }
    const std::vector<double> adjusted = holm(p_values);
    std::size_t next = 0;
    for (Applied& applied : applied_) {
      if (!applied.rule->guard) continue;
      for (Test& test : applied.tests) {
        applied.adjusted.push_back(adjusted[next]);
        judge_guard(test, adjusted[next]);
        ++next;
      }
    }
  }

  /// A guard fails when "worse than the margin" is shown; it need not be shown to be no worse.
  static void judge_guard(Test& test, double adjusted) {
    if (!test.p_worse) return;
    if (adjusted <= kFalseAlarm) {
      test.verdict = Verdict::kFail;
    } else if (test.verdict != Verdict::kPass) {
      test.verdict = Verdict::kPass;
      test.note = "not shown to be worse by more than the margin";
    }
  }

  static int severity(Verdict verdict) {
    return verdict == Verdict::kFail ? 2 : verdict == Verdict::kInconclusive ? 1 : 0;
  }

  /// The rule's verdict is that of its worst test, whose figures are shown.
  static RuleResult conclude(const Applied& applied) {
    const auto badness = [](const Test& test) {
      return std::make_pair(severity(test.verdict), test.low ? -*test.low : 0.0);
    };
    RuleResult result;
    if (!applied.tests.empty()) {
      const auto worst = std::max_element(applied.tests.begin(), applied.tests.end(),
                                          [&](const Test& a, const Test& b) { return badness(a) < badness(b); });
      result = shown(*worst, applied.metric);
      if (applied.rule->guard) {
        result.p_value = applied.adjusted[static_cast<std::size_t>(worst - applied.tests.begin())];
      }
    } else {
      result.verdict = Verdict::kPass;
      result.metric = applied.metric.name;
    }
    result.name = applied.rule->name;
    result.cells = applied.rule->cells;
    result.guard = applied.rule->guard;
    result.primary = !applied.rule->guard;
    if (!applied.weak.empty() && result.verdict == Verdict::kPass) result.verdict = Verdict::kInconclusive;
    if (!applied.missing.empty()) result.verdict = Verdict::kFail;
    result.note = explain(applied, result.note);
    return result;
  }

  static std::string explain(const Applied& applied, const std::string& note) {
    std::vector<std::string> parts, failed;
    for (const Test& test : applied.tests) {
      if (test.verdict == Verdict::kFail) failed.push_back(test.name);
    }
    if (!applied.rule->error) parts.emplace_back("level warn: not counted");
    if (applied.rule->limit) parts.push_back("limit " + format_number(*applied.rule->limit));
    if (!note.empty()) parts.push_back(note);
    if (applied.tests.size() > 1 && !failed.empty()) {
      parts.push_back(
          fmt::format("{} of {} fail: {}", failed.size(), count_of(applied.tests.size(), "cell"), named(failed)));
    }
    if (!applied.weak.empty()) parts.push_back("weak, so it decides nothing: " + named(applied.weak));
    if (!applied.missing.empty()) parts.push_back("missing in the candidate: " + named(applied.missing));
    if (!applied.waived.empty()) parts.push_back("waived: " + named(applied.waived));
    return join(parts, "; ");
  }

  void sum_up() const {
    const std::size_t own = comparison_->rules.size() - applied_.size();  // completeness, when it failed
    std::vector<std::string> failed, open;
    for (std::size_t at = 0; at < comparison_->rules.size(); ++at) {
      const RuleResult& rule = comparison_->rules[at];
      if (at >= own && !applied_[at - own].rule->error) continue;
      if (rule.verdict == Verdict::kFail) failed.push_back(rule.name);
      if (rule.verdict == Verdict::kInconclusive) open.push_back(rule.name);
    }
    const std::string of = fmt::format(" of {}", count_of(comparison_->rules.size(), "rule"));
    if (!failed.empty()) {
      comparison_->verdict = Verdict::kFail;
      comparison_->verdict_text = fmt::format("Fail: {}{} broken ({}).", failed.size(), of, named(failed));
    } else if (!open.empty()) {
      comparison_->verdict = Verdict::kInconclusive;
      comparison_->verdict_text =
          fmt::format("Inconclusive: {}{} cannot be decided on this data ({}).", open.size(), of, named(open));
    } else {
      comparison_->verdict = Verdict::kPass;
      comparison_->verdict_text = fmt::format("Pass: none{} is broken.", of);
    }
  }

  const RunData* baseline_;
  const Policy* policy_;
  Comparison* comparison_;
  Pairing pairing_;
  std::vector<MetricSpec> metrics_;
  Intervals intervals_;
  std::vector<std::string> trained_with_;
  std::vector<Applied> applied_;
};

}  // namespace

Comparison gate(const RunData& baseline, const RunData& candidate, const Policy& policy, IntervalKind interval) {
  refuse_limited(baseline, "baseline");
  refuse_limited(candidate, "candidate");
  if (policy.rules.empty()) throw Error(ErrorKind::kUsage, "the policy has no rules");
  Comparison comparison;
  Gate(baseline, candidate, policy, interval, comparison).decide();
  return comparison;
}

}  // namespace shakedown::metrics
