#include "shakedown/metrics/gate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "findings.h"
#include "margins.h"
#include "selection.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "variance.h"

namespace shakedown::metrics {
namespace {

constexpr double kNearlyEqual = 1e-4;  ///< of the label unit: what CPU types may differ by

/// A rule with its tests, one a question.
struct Judged {
  Applied applied;
  std::vector<Test> tests;
  std::vector<double> adjusted;     ///< guards: p values after Holm, one a test
  std::vector<std::string> raised;  ///< no_warning: messages
  [[nodiscard]] const Rule& rule() const { return *applied.rule; }
  [[nodiscard]] double margin() const { return rule().bound == Bound::kMaxDrop ? rule().value : 0.0; }
};

class Gate {
 public:
  Gate(const RunData& baseline, const RunData& candidate, const Policy& policy, IntervalKind interval,
       Comparison& comparison)
      : policy_(&policy),
        comparison_(&comparison),
        pairing_(baseline, candidate, Match::kStrict, comparison),
        selection_(pairing_, policy),
        intervals_(interval, baseline.header.seed, pairing_.groups(), kDecidingDraws),
        tail_(1 - policy.confidence) {
    comparison.interval = intervals_.name();
    comparison.confidence = policy.confidence;
    comparison.inconclusive_fails = policy.inconclusive_fails;
    pairing_.treat_as_equal_within(kNearlyEqual);
  }

  void decide() {
    note_what_is_special();
    require_candidate_complete();
    for (const Rule& rule : policy_->rules) apply(rule);
    if (judged_.empty()) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("policy '{}' selects nothing of these runs: no rule can be judged", policy_->name));
    }
    judge_all();
    adjust_guards();
    for (const Judged& judged : judged_) comparison_->rules.push_back(conclude(judged));
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
      const auto& cells = pairing_.baseline().run().cells;
      const bool any = std::any_of(cells.begin(), cells.end(),
                                   [&](const CellRow& cell) { return glob_match(waiver.cells, cell.id); });
      comparison_->notes.push_back(fmt::format("waived until {}: {} ({}){}", waiver.until, waiver.cells, waiver.reason,
                                               any ? "" : "; it matches no cell: remove it"));
    }
    if (!policy_->off.empty()) comparison_->notes.push_back("rules that are off: " + named(policy_->off));
  }

  /// What the baseline has and the candidate lacks is a failure, whatever the rules select.
  void require_candidate_complete() {
    std::vector<std::string> missing, broken;
    std::size_t failed_in_one = 0, failed_in_both = 0;
    for (const std::string& id : comparison_->missing_in_candidate) {
      if (selection_.waiver_of(id) == nullptr) missing.push_back(id);
    }
    for (const CellPair& pair : pairing_.cells()) {
      failed_in_both += pair.failed_in_both;
      if (pair.failed_in_one == 0 || selection_.waiver_of(pairing_.row(pair).id) != nullptr) continue;
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
    rule.bound = "complete";
    rule.verdict = Verdict::kFail;
    rule.note = join(reasons, "; ");
    comparison_->rules.push_back(std::move(rule));
  }

  void apply(const Rule& rule) {
    auto applied = selection_.apply(rule);
    if (!applied) {
      comparison_->notes.push_back(
          fmt::format("rule '{}' of the preset is left out: nothing here that it could judge", rule.name));
      return;
    }
    Judged judged;
    judged.applied = std::move(*applied);
    for (const Question& question : judged.applied.questions)
      judged.tests.push_back(ask(pairing_, question, judged.applied.measure, judged.applied.limit));
    if (rule.bound == Bound::kNoWarning) find_raised(judged);
    judged_.push_back(std::move(judged));
  }

  /// Everyone gives one and the same answer once nothing is left to see: `collapsed` counts where evidence is left,
  /// unless the rule names the cells.
  void find_raised(Judged& judged) {
    if (!warnings_) warnings_ = warnings_of(pairing_.candidate());
    const auto& asked = judged.rule().warnings;
    const std::set<std::string> selected(judged.applied.selected.begin(), judged.applied.selected.end());
    for (const Warning& warning : *warnings_) {
      if (std::find(asked.begin(), asked.end(), warning.id) == asked.end()) continue;
      std::vector<std::string> cells;
      for (const std::string& id : warning.cells) {
        const CellRow* cell = pairing_.candidate().run().find_cell(id);
        const bool blind = warning.id == "collapsed" && judged.rule().cells.empty() && cell != nullptr &&
                           cell->label_effect == LabelEffect::kUnknowable;
        if (selected.contains(id) && !blind) cells.push_back(id);
      }
      if (cells.empty() && !warning.cells.empty()) continue;
      judged.raised.push_back(warning.id + ": " + warning.message + (cells.empty() ? "" : " (" + named(cells) + ")"));
    }
  }

  /// Guards keep the jackknife's bounds: Holm over all cells asks for p values that the draws cannot resolve.
  void judge_all() {
    std::vector<const Jackknifed*> differences;
    for (const Judged& judged : judged_) {
      if (judged.rule().guard) continue;
      for (const Test& test : judged.tests) differences.push_back(&test.difference);
    }
    const std::vector<Bounds> bounds = intervals_.bounds(differences, tail_);
    std::size_t next = 0;
    for (Judged& judged : judged_) {
      for (Test& test : judged.tests) {
        judge(test, judged.margin(), judged.rule().guard ? jackknife_bounds(test.difference, tail_) : bounds[next++]);
      }
    }
  }

  /// Holm over all guards: many cells are looked at, and any of them may fail the gate.
  void adjust_guards() {
    std::vector<double> p_values;
    for (const Judged& judged : judged_) {
      if (!judged.rule().guard) continue;
      for (const Test& test : judged.tests) p_values.push_back(test.p_worse.value_or(1.0));
    }
    guards_ = p_values.size();
    const std::vector<double> adjusted = holm(p_values);
    std::size_t next = 0;
    for (Judged& judged : judged_) {
      if (!judged.rule().guard) continue;
      for (Test& test : judged.tests) {
        judged.adjusted.push_back(adjusted[next]);
        judge_guard(test, adjusted[next]);
        ++next;
      }
    }
  }

  /// A guard fails when "worse than the margin" is shown; it need not be shown to be no worse.
  void judge_guard(Test& test, double adjusted) const {
    if (!test.p_worse) return;
    if (adjusted <= tail_) {
      test.verdict = Verdict::kFail;
    } else if (test.verdict != Verdict::kPass) {
      test.verdict = Verdict::kPass;
      test.note = "not shown to be worse by more than the margin";
    }
  }

  /// The rule's verdict is that of its worst test, whose figures are shown.
  RuleResult conclude(const Judged& judged) const {
    const Rule& rule = judged.rule();
    RuleResult result;
    if (judged.tests.empty()) {
      result.verdict = judged.raised.empty() ? Verdict::kPass : Verdict::kFail;
      result.note = join(judged.raised, "; ");
    } else {
      const double tail = tail_ / (rule.guard ? static_cast<double>(guards_) : 1.0);
      for (const Test& test : judged.tests) result.tests.push_back(shown(test, tail));
      for (std::size_t at = 0; at < judged.adjusted.size(); ++at) result.tests[at].p_value = judged.adjusted[at];
      const auto badness = [](const RuleTest& test) {
        const int rank = test.verdict == Verdict::kFail ? 2 : test.verdict == Verdict::kInconclusive ? 1 : 0;
        return std::make_pair(rank, test.low ? -*test.low : 0.0);
      };
      const auto worst =
          std::max_element(result.tests.begin(), result.tests.end(),
                           [&](const RuleTest& a, const RuleTest& b) { return badness(a) < badness(b); });
      const auto at = static_cast<std::size_t>(worst - result.tests.begin());
      static_cast<RuleTest&>(result) = RuleTest(*worst);
      if (result.verdict == Verdict::kInconclusive) {
        const std::string narrows = what_narrows(
            replicate_share(pairing_, judged.applied.questions[at], judged.applied.measure, judged.applied.limit));
        if (!narrows.empty()) result.note += "; " + narrows;
      }
      result.design_effect =
          design_effect(pairing_, judged.applied.questions[at], judged.applied.measure, judged.applied.limit);
    }
    result.name = rule.name;
    result.cells = rule.aggregate.empty() ? selection_text(rule) : rule.aggregate + " of " + selection_text(rule);
    result.metric = judged.applied.measure.metric.name;
    result.where = rule.where;
    result.guard = rule.guard;
    result.primary = !rule.guard;
    result.counts = rule.level == Level::kError;
    result.bound = bound_name(rule.bound);
    result.margin = judged.margin();
    if (rule.guard) result.p_of = "worse than the margin, Holm over the guards";
    if (rule.bound != Bound::kMaxDrop && rule.bound != Bound::kNoWarning) result.limit = rule.value;
    if (!judged.applied.weak.empty() && result.verdict == Verdict::kPass) result.verdict = Verdict::kInconclusive;
    if (!judged.applied.missing.empty()) result.verdict = Verdict::kFail;
    result.note = explain(judged, result.note);
    if (result.verdict == Verdict::kPass) result.hint = ratchet_hint(rule, result);
    return result;
  }

  static std::string explain(const Judged& judged, const std::string& note) {
    const Applied& applied = judged.applied;
    std::vector<std::string> parts, failed;
    for (const Test& test : judged.tests) {
      if (test.verdict == Verdict::kFail) failed.push_back(test.name);
    }
    if (judged.rule().level == Level::kWarn) parts.emplace_back("level warn: not counted");
    if (applied.limit)
      parts.push_back(fmt::format("{} {}", bound_name(judged.rule().bound), format_number(judged.rule().value)));
    if (!note.empty()) parts.push_back(note);
    if (judged.tests.size() > 1 && !failed.empty()) {
      parts.push_back(
          fmt::format("{} of {} fail: {}", failed.size(), count_of(judged.tests.size(), "cell"), named(failed)));
    }
    if (!applied.weak.empty()) parts.push_back("weak, so it decides nothing: " + named(applied.weak));
    if (!applied.missing.empty()) parts.push_back("missing in the candidate: " + named(applied.missing));
    if (!applied.waived.empty()) parts.push_back("waived: " + named(applied.waived));
    if (!applied.left_out.empty()) {
      parts.push_back(fmt::format("{} left out, which {} cannot judge: {}", count_of(applied.left_out.size(), "cell"),
                                  bound_name(judged.rule().bound), named(applied.left_out)));
    }
    return join(parts, "; ");
  }

  void sum_up() const {
    std::vector<std::string> failed, open, warned;
    for (const RuleResult& rule : comparison_->rules) {
      if (rule.verdict == Verdict::kFail) (rule.counts ? failed : warned).push_back(rule.name);
      if (rule.verdict == Verdict::kInconclusive && rule.counts) open.push_back(rule.name);
    }
    const std::string of = fmt::format(" of {}", count_of(comparison_->rules.size(), "rule"));
    std::string& text = comparison_->verdict_text;
    if (!failed.empty()) {
      comparison_->verdict = Verdict::kFail;
      text = fmt::format("Fail: {}{} broken ({}).", failed.size(), of, named(failed));
    } else if (!open.empty()) {
      comparison_->verdict = Verdict::kInconclusive;
      text = fmt::format("Inconclusive: {}{} cannot be decided on this data ({}).", open.size(), of, named(open));
    } else {
      comparison_->verdict = Verdict::kPass;
      text = warned.empty() ? fmt::format("Pass: none{} is broken.", of)
                            : fmt::format("Pass: none{} that counts is broken.", of);
    }
    if (!warned.empty()) text += fmt::format(" Broken, but of level warn: {}.", named(warned));
  }

  const Policy* policy_;
  Comparison* comparison_;
  Pairing pairing_;
  Selection selection_;
  Intervals intervals_;
  double tail_;  ///< beyond each of the two one-sided bounds; what Holm's procedure may err by
  std::size_t guards_ = 0;
  std::optional<std::vector<Warning>> warnings_;
  std::vector<Judged> judged_;
};

}  // namespace

Comparison gate(RunData baseline, RunData candidate, const Policy& policy, IntervalKind interval) {
  refuse_limited(baseline, "baseline run");
  refuse_limited(candidate, "candidate run");
  if (policy.rules.empty()) throw Error(ErrorKind::kUsage, "the policy has no rules");
  round_predictions(baseline);
  round_predictions(candidate);
  Comparison comparison;
  Gate(baseline, candidate, policy, interval, comparison).decide();
  return comparison;
}

}  // namespace shakedown::metrics
