#include "cell_scoring.h"

#include <cmath>
#include <limits>

#include "answers.h"
#include "conventions.h"

namespace shakedown::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Score mean_score(const RunView& view, const std::vector<double>& values, const std::vector<std::size_t>& rows,
                 double highest) {
  const std::vector<int> groups = view.groups_of(rows);
  return with_interval(jackknife_mean(values, groups, view.group_count()), 0.0, highest, rows.size());
}

Scores flips_of(const RunView& view, std::size_t cell, std::size_t reference) {
  const Task& task = view.task();
  const std::vector<std::size_t> rows = view.scored_in_both(cell, reference);
  std::vector<double> all, harmful, beneficial, shifts, beyond;
  for (const std::size_t row : rows) {
    const double* now = view.outcome(cell, row).outputs.data();
    const double* before = view.outcome(reference, row).outputs.data();
    const int truth = truth_of(view, row);
    const int decided = decision(now, view.columns(), task), decided_before = decision(before, view.columns(), task);
    all.push_back(decided != decided_before);
    harmful.push_back(decided_before == truth && decided != truth);
    beneficial.push_back(decided_before != truth && decided == truth);
    shifts.push_back(prediction_shift(now, before, view.columns(), task));
    if (task.kind == Task::Kind::kRegression) beyond.push_back(flipped(now, before, 1, task));
  }
  Scores scores{{"all", mean_score(view, all, rows, 1.0)},
                {"harmful", mean_score(view, harmful, rows, 1.0)},
                {"beneficial", mean_score(view, beneficial, rows, 1.0)},
                {"mean_shift", mean_score(view, shifts, rows, kInfinity)}};
  if (task.kind == Task::Kind::kRegression) scores["flip_beyond"] = mean_score(view, beyond, rows, 1.0);
  return scores;
}

/// Samples by label (rows) and decision (columns), in the order of the task's labels.
std::vector<std::vector<std::size_t>> confusion_of(const RunView& view, std::size_t cell,
                                                   const std::vector<std::size_t>& rows) {
  std::vector<std::vector<std::size_t>> counts(view.columns(), std::vector<std::size_t>(view.columns(), 0));
  for (const std::size_t row : rows) {
    const int decided = decision(view.outcome(cell, row).outputs.data(), view.columns(), view.task());
    ++counts[static_cast<std::size_t>(view.label(row))][static_cast<std::size_t>(decided)];
  }
  return counts;
}

std::vector<std::size_t> applied_rows(const RunView& view, std::size_t cell, const std::vector<std::size_t>& rows) {
  std::vector<std::size_t> applied;
  for (const std::size_t row : rows) {
    const State state = view.outcome(cell, row).state;
    if (state != State::kSkipped && state != State::kIneligible) applied.push_back(row);
  }
  return applied;
}

/// One a metric; the first is the primary one. Calibration is asked of invariant cells only: elsewhere the model could
/// not know the label.
std::vector<Jackknifed> statistics(const RunView& view, std::size_t cell, const std::vector<std::size_t>& rows,
                                   const std::vector<MetricSpec>& metrics, Keep keep) {
  const Scored scored = view.gather(cell, rows);
  const std::vector<int> groups = view.groups_of(rows);
  std::vector<Jackknifed> result;
  for (const MetricSpec& metric : metrics) {
    if (metric.calibration && view.run().cells[cell].label_effect != LabelEffect::kInvariant) {
      result.emplace_back();
      result.back().why = "calibration is scored on invariant cells";
      continue;
    }
    const bool primary = result.empty();
    result.push_back(
        jackknife(metric, scored, groups, view.group_count(), view.task(), primary ? keep : Keep::kNothing));
  }
  return result;
}

Scores scores_of(const std::vector<Jackknifed>& statistics, const std::vector<MetricSpec>& metrics,
                 const std::vector<std::optional<double>>& floors, std::size_t n) {
  Scores scores;
  for (std::size_t at = 0; at < metrics.size(); ++at) {
    Score score = with_interval(statistics[at], metrics[at].lowest, metrics[at].highest, n);
    add_floor(score, floors[at], metrics[at].perfect);
    scores[metrics[at].name] = score;
  }
  return scores;
}

}  // namespace

Scores direction_of(const RunView& view, std::size_t cell, std::size_t reference) {
  const Task& task = view.task();
  const double margin = movement_margin(task, view.labels());
  std::vector<std::size_t> rows;
  std::vector<double> right, unmoved, wrong;
  for (const std::size_t row : view.scored_in_both(cell, reference)) {
    const Outcome& outcome = view.outcome(cell, row);
    if (outcome.state != State::kApplied || outcome.direction == 0) continue;
    const int way = moved(outcome.outputs.data(), view.outcome(reference, row).outputs.data(), outcome.direction,
                          margin, view.columns(), task);
    rows.push_back(row);
    right.push_back(way == 1);
    wrong.push_back(way == -1);
    unmoved.push_back(way == 0);
  }
  return {{"moved_right", mean_score(view, right, rows, 1.0)},
          {"unmoved", mean_score(view, unmoved, rows, 1.0)},
          {"moved_wrong", mean_score(view, wrong, rows, 1.0)}};
}

const std::vector<std::optional<double>>& Floors::of(const std::vector<std::size_t>& rows) {
  const auto [at, added] = known_.try_emplace(rows);
  if (!added) return at->second;
  Scored labels{view_->columns(), {}, {}};
  for (const std::size_t row : rows) labels.labels.push_back(view_->label(row));
  for (const MetricSpec& metric : *metrics_) at->second.push_back(floor_of(metric, labels, view_->task()));
  return at->second;
}

ScoredCell score_cell(const RunView& view, std::size_t cell, const std::vector<MetricSpec>& metrics, Floors& floors,
                      Keep keep) {
  ScoredCell scored{cell, count_outcomes(view, cell), {}};
  const CellRow& row = scored.result.cell;
  if (row.label_effect != LabelEffect::kDirectional) {
    const std::vector<std::size_t> rows = view.scored(cell);
    const std::vector<std::size_t> applied = applied_rows(view, cell, rows);
    scored.metrics = statistics(view, cell, rows, metrics, keep);
    scored.result.metrics = scores_of(scored.metrics, metrics, floors.of(rows), rows.size());
    scored.result.metrics_applied = scored.result.metrics;
    if (applied.size() != rows.size()) {
      const std::vector<Jackknifed> own = statistics(view, cell, applied, metrics, keep);
      scored.result.metrics_applied = scores_of(own, metrics, floors.of(applied), applied.size());
      scored.applied = own.front();
    }
    if (view.task().kind == Task::Kind::kClassification) scored.result.confusion = confusion_of(view, cell, rows);
  }
  const auto stored = view.run().cell_index("clean#0");
  if (stored && view.complete(*stored) && row.id != "clean#0" && (row.clean() || row.reference != "clean#0"))
    scored.result.flips_from_stored = flips_of(view, cell, *stored);
  const auto reference = row.clean() ? std::nullopt : view.run().cell_index(row.reference);
  if (reference && view.complete(*reference)) {
    scored.result.flips = flips_of(view, cell, *reference);
    if (row.label_effect == LabelEffect::kDirectional) {
      scored.result.direction = direction_of(view, cell, *reference);
      for (const char* by_label : {"harmful", "beneficial"}) scored.result.flips.erase(by_label);
    }
  }
  return scored;
}

}  // namespace shakedown::metrics
