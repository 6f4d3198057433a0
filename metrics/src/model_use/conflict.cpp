// cross.conflict: one modality says the opposite. Its share of the decisions, against the same exchange with a donor
// of the sample's own label, which shows what a foreign clip does without contradicting.
#include <algorithm>

#include "answers.h"
#include "model_use/shapley.h"

namespace shakedown::metrics {
namespace {

/// Replicates of conflict and control for one modality.
struct Pair {
  std::vector<std::size_t> conflict, control;
};

std::map<Modality, Pair> pairs_of(const RunView& view) {
  std::map<Modality, Pair> pairs;
  for (std::size_t cell = 0; cell < view.run().cells.size(); ++cell) {
    const CellRow& row = view.run().cells[cell];
    if (row.parts.size() != 1 || row.parts.front().perturbation != "cross.conflict" || !view.complete(cell)) continue;
    const auto donor = row.parts.front().params.find("donor");
    const bool same = donor != row.parts.front().params.end() && donor->second == "same";
    Pair& pair = pairs[row.parts.front().modality];
    (same ? pair.control : pair.conflict).push_back(cell);
  }
  return pairs;
}

/// The decision that the donor's label stands for; nothing when the task's label is not among its measures.
std::optional<int> donor_class(const Task& task, const Outcome& outcome) {
  const std::string key = "donor." + task.label;
  if (task.kind == Task::Kind::kRegression) {
    const double* const found = outcome.measures.find(key);
    return found == nullptr ? std::nullopt : std::optional(decision(found, 1, task));
  }
  for (std::size_t at = 0; at < task.labels.size(); ++at) {
    if (outcome.measures.contains(key + "=" + task.labels[at])) return static_cast<int>(at);
  }
  return std::nullopt;
}

/// Means over the replicates of one sample.
struct Tally {
  double follows = 0, keeps = 0, n = 0, control = 0, controls = 0;
};

Tally tally(const RunView& view, const Pair& pair, std::size_t sample) {
  const Task& task = view.task();
  const int truth = truth_of(view, sample);
  const auto decided = [&](std::size_t cell) {
    return decision(view.outcome(cell, sample).outputs.data(), view.columns(), task);
  };
  const auto counts = [&](std::size_t cell) {
    return !view.failure(cell, sample) && view.outcome(cell, sample).state == State::kApplied;
  };
  Tally result;
  for (const std::size_t cell : pair.conflict) {
    if (!counts(cell)) continue;
    const auto wanted = donor_class(task, view.outcome(cell, sample));
    if (!wanted || *wanted == truth) continue;
    result.n += 1;
    result.follows += decided(cell) == *wanted;
    result.keeps += decided(cell) == truth;
    for (const std::size_t control : pair.control) {
      if (!counts(control)) continue;
      result.controls += 1;
      result.control += decided(control) == *wanted;
    }
  }
  return result;
}

}  // namespace

std::vector<Conflict> conflicts_of(const RunView& view) {
  std::vector<Conflict> conflicts;
  for (const auto& [modality, pair] : pairs_of(view)) {
    if (pair.conflict.empty()) continue;
    std::vector<double> follows, keeps, neither, control, excess;
    std::vector<std::size_t> rows, paired;
    for (std::size_t sample = 0; sample < view.samples(); ++sample) {
      const Tally got = tally(view, pair, sample);
      if (got.n == 0) continue;
      rows.push_back(sample);
      follows.push_back(got.follows / got.n);
      keeps.push_back(got.keeps / got.n);
      neither.push_back(1 - follows.back() - keeps.back());
      if (got.controls == 0) continue;
      paired.push_back(sample);
      control.push_back(got.control / got.controls);
      excess.push_back(follows.back() - control.back());
    }
    const auto score = [&](const std::vector<double>& values, const std::vector<std::size_t>& over, double low) {
      const auto groups = view.groups_of(over);
      return with_interval(jackknife_mean(values, groups, view.group_count()), low, 1, over.size());
    };
    conflicts.push_back({std::string(modality_name(modality)), score(follows, rows, 0), score(keeps, rows, 0),
                         score(neither, rows, 0), score(control, paired, 0), score(excess, paired, -1)});
    if (!pair.control.empty()) continue;
    conflicts.back().control_follows.why = conflicts.back().excess.why = "no cell with donor=same";
  }
  return conflicts;
}

}  // namespace shakedown::metrics
