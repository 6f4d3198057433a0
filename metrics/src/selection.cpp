#include "selection.h"

#include <algorithm>

#include <fmt/format.h>

#include "conventions.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "slices.h"

namespace shakedown::metrics {
namespace {

/// Mean of what is handed in as outputs, 0 or 1 each.
MetricSpec share_of_samples(const std::string& name, bool higher_is_better) {
  MetricSpec spec;
  spec.name = name;
  spec.higher_is_better = higher_is_better;
  spec.perfect = higher_is_better ? 1 : 0;
  spec.has_floor = false;
  spec.sums = [](const Scored& scored, const Task&) {
    return Sums{2,
                [&scored](std::size_t row, double* sums) {
                  sums[0] += 1;
                  sums[1] += scored.outputs[row];
                },
                [](const double* sums) -> Value {
                  return sums[0] > 0 ? Value{sums[1] / sums[0], {}} : Value{{}, "no samples"};
                }};
  };
  return spec;
}

bool is_directional(Bound bound) {
  return bound == Bound::kMinDirectionalPass || bound == Bound::kMinDirectionalMoved;
}

std::optional<double> limit_of(const Rule& rule) {
  switch (rule.bound) {
    case Bound::kMaxDrop:
    case Bound::kNoWarning: return std::nullopt;
    case Bound::kMinDirectionalPass: return 1 - rule.value;
    default: return rule.value;
  }
}

bool everything(const std::vector<std::string>& globs) {
  return globs.empty() || (globs.size() == 1 && globs.front() == "*");
}

[[noreturn]] void selects_nothing(const Rule& rule) {
  const std::string what = rule.aggregate.empty() ? "cell" : "cell for " + rule.aggregate;
  throw Error(ErrorKind::kUsage,
              fmt::format("{}: rule '{}' selects no {} of the baseline that {} can judge ({})", rule.where, rule.name,
                          what, bound_name(rule.bound), selection_text(rule)));
}

}  // namespace

bool matches(const std::vector<std::string>& globs, const std::string& cell) {
  return globs.empty() ||
         std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) { return glob_match(glob, cell); });
}

std::string selection_text(const Rule& rule) {
  std::vector<std::string> parts{"cells: " + (rule.cells.empty() ? "*" : join(rule.cells, ", "))};
  std::vector<std::string> names;
  for (const Modality modality : rule.modalities) names.emplace_back(modality_name(modality));
  if (!names.empty()) parts.push_back("modality: " + join(names, ", "));
  names.clear();
  for (const double severity : rule.severities) names.push_back(format_number(severity));
  if (!names.empty()) parts.push_back("severity: " + join(names, ", "));
  if (!rule.slice_by.empty()) parts.push_back(fmt::format("slice: {}: {}", rule.slice_by, rule.slice_value));
  return join(parts, "; ");
}

Selection::Selection(const Pairing& pairing, const Policy& policy)
    : pairing_(&pairing), policy_(&policy), metrics_(metrics_for(pairing.task())) {
  trained_with_ = pairing.baseline().run().header.trained_with;
  const auto& more = pairing.candidate().run().header.trained_with;
  trained_with_.insert(trained_with_.end(), more.begin(), more.end());
}

const Waiver* Selection::waiver_of(const std::string& cell) const {
  const auto found = std::find_if(policy_->waivers.begin(), policy_->waivers.end(),
                                  [&](const Waiver& waiver) { return glob_match(waiver.cells, cell); });
  return found == policy_->waivers.end() ? nullptr : &*found;
}

MetricSpec Selection::metric_named(const Rule& rule, const std::string& name) const {
  std::vector<std::string> names;
  for (const MetricSpec& metric : metrics_) {
    if (metric.name == name) return metric;
    names.push_back(metric.name);
  }
  throw Error(ErrorKind::kUsage, fmt::format("{}: {}: this task has no '{}'{}; it has: {}", rule.where,
                                             rule.bound == Bound::kMaxEce ? "max_ece" : "metric", name,
                                             suggestion(name, names), join(names, ", ")));
}

Measure Selection::measure_of(const Rule& rule) const {
  Measure measure;
  switch (rule.bound) {
    case Bound::kMaxFlipRate:
      measure.kind = Measure::Kind::kFlips;
      measure.metric = share_of_samples(flip_rate_name(pairing_->task()), false);
      break;
    case Bound::kMinDirectionalPass:
      measure.kind = Measure::Kind::kMovedWrong;
      measure.metric = share_of_samples("moved_wrong", false);
      break;
    case Bound::kMinDirectionalMoved:
      measure.kind = Measure::Kind::kMovedRight;
      measure.metric = share_of_samples("moved_right", true);
      break;
    case Bound::kMaxEce: measure.metric = metric_named(rule, "ece"); break;
    default: measure.metric = rule.metric.empty() ? metrics_.front() : metric_named(rule, rule.metric);
  }
  const bool higher = measure.metric.higher_is_better;
  if ((rule.bound == Bound::kMinValue && !higher) || (rule.bound == Bound::kMaxValue && higher)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{}: rule '{}': {} is better when {}: use {}", rule.where, rule.name, measure.metric.name,
                            higher ? "higher" : "lower", bound_name(higher ? Bound::kMinValue : Bound::kMaxValue)));
  }
  restrict_to_slice(rule, measure);
  return measure;
}

/// Of the candidate's samples, so that a baseline file needs neither metadata nor measures.
void Selection::restrict_to_slice(const Rule& rule, Measure& measure) const {
  if (rule.slice_by.empty()) return;
  std::vector<std::string> notes, known;
  for (SliceRows& slice : slices_of(pairing_->candidate(), notes)) {
    known.push_back(slice.by + ": " + slice.value);
    if (slice.by != rule.slice_by || slice.value != rule.slice_value) continue;
    measure.slice = known.back();
    measure.inside = std::move(slice.inside);
    return;
  }
  const std::string asked = rule.slice_by + ": " + rule.slice_value;
  throw Error(ErrorKind::kUsage, fmt::format("{}: slice: there is no {}{}; the data has: {}", rule.where, asked,
                                             suggestion(asked, known), known.empty() ? "none" : named(known)));
}

/// "*" takes what the rule can judge. Another glob must not name a diagnostic cell, and what else it names in vain is
/// counted.
bool Selection::selects(const Rule& rule, const CellRow& cell, Applied& applied) const {
  if (!matches(rule.cells, cell.id)) return false;
  const auto contains = [](const auto& list, const auto& value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  if (!contains(rule.modalities, cell.modality) || (cell.clean() && !rule.modalities.empty())) return false;
  if (!rule.severities.empty() && (!cell.severity || !contains(rule.severities, *cell.severity))) return false;
  const bool all = everything(rule.cells);
  if (cell.label_effect == LabelEffect::kDiagnostic) {
    if (all || !rule.aggregate.empty()) return !rule.aggregate.empty();
    throw Error(ErrorKind::kUsage,
                fmt::format("{}: rule '{}' selects {}, a diagnostic cell, which no rule can judge; narrow its glob",
                            rule.where, rule.name, cell.id));
  }
  if (!rule.aggregate.empty()) return true;  // an aggregate knows what enters it
  bool judged = is_directional(rule.bound) == (cell.label_effect == LabelEffect::kDirectional);
  if (rule.bound == Bound::kMaxFlipRate) judged = judged && !cell.clean();
  if (rule.bound == Bound::kMaxEce || (rule.bound == Bound::kMaxFlipRate && all))
    judged = judged && cell.label_effect == LabelEffect::kInvariant;
  if (all) return judged && cell.valid;
  if (!judged) applied.left_out.push_back(cell.id);
  return judged;
}

std::optional<Applied> Selection::apply(const Rule& rule) const {
  Applied applied;
  applied.rule = &rule;
  if (rule.bound == Bound::kNoWarning) {
    check_warning_rule(rule, applied);
    return applied;
  }
  applied.measure = measure_of(rule);
  applied.limit = limit_of(rule);
  const bool found = rule.aggregate.empty() ? ask_cells(rule, applied) : ask_aggregate(rule, applied);
  if (found) return applied;
  if (rule.preset) return std::nullopt;
  selects_nothing(rule);
}

void Selection::check_warning_rule(const Rule& rule, Applied& applied) const {
  for (const CellRow& cell : pairing_->baseline().run().cells) {
    if (!matches(rule.cells, cell.id)) continue;
    (waiver_of(cell.id) != nullptr ? applied.waived : applied.selected).push_back(cell.id);
  }
  if (applied.selected.empty() && applied.waived.empty()) selects_nothing(rule);
}

bool Selection::ask_cells(const Rule& rule, Applied& applied) const {
  for (const CellRow& cell : pairing_->baseline().run().cells) {
    if (!selects(rule, cell, applied)) continue;
    applied.selected.push_back(cell.id);
    const CellPair* pair = pairing_->find(cell.id);
    if (waiver_of(cell.id) != nullptr) {
      applied.waived.push_back(cell.id);
    } else if (pair == nullptr) {
      applied.missing.push_back(cell.id);
    } else if (pair->weak) {
      applied.weak.push_back(cell.id);
    } else {
      applied.questions.push_back(about_cell(*pairing_, *pair));
    }
  }
  return !applied.selected.empty();
}

bool Selection::ask_aggregate(const Rule& rule, Applied& applied) const {
  // The cells that count in both runs, of those the rule selects and nobody waived.
  std::vector<Candidate> candidates;
  std::vector<std::size_t> positions;
  const std::vector<Candidate> all = pairing_->candidates();
  for (std::size_t at = 0; at < all.size(); ++at) {
    const std::string& id = all[at].cell->id;
    if (!selects(rule, *all[at].cell, applied)) continue;
    if (waiver_of(id) != nullptr) {
      applied.waived.push_back(id);
      continue;
    }
    candidates.push_back(all[at]);
    positions.push_back(at);
  }
  Question question{rule.aggregate, {}, rule.aggregate == "worst"};
  if (question.worst) {
    for (const std::size_t at : worst_candidates(candidates)) question.cells.emplace_back(positions[at], 1.0);
  } else {
    for (const Aggregate& aggregate : aggregates(candidates, trained_with_)) {
      if (aggregate.name != rule.aggregate) continue;
      for (const auto& [cell, weight] : aggregate.weights) question.cells.emplace_back(positions[cell], weight);
    }
  }
  for (const auto& [cell, weight] : question.cells) applied.selected.push_back(all[cell].cell->id);
  if (question.cells.empty()) return !applied.waived.empty();
  applied.questions.push_back(std::move(question));
  return true;
}

}  // namespace shakedown::metrics
