#include "shakedown/metrics/analyse.h"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "aggregates.h"
#include "cell_scoring.h"
#include "corruption_error.h"
#include "curves.h"
#include "findings.h"
#include "intervals.h"
#include "model_use/shapley.h"
#include "slices.h"
#include "verdict.h"

namespace shakedown::metrics {
namespace {

std::vector<Candidate> candidates_of(const std::vector<ScoredCell>& cells) {
  std::vector<Candidate> candidates;
  for (const ScoredCell& cell : cells) {
    candidates.push_back({&cell.result.cell, cell.result.weak, cell.result.vacuous});
  }
  return candidates;
}

Score undefined(std::string why) {
  Score score;
  score.why = std::move(why);
  return score;
}

/// A figure of the summary and the statistic behind it.
struct Figure {
  std::string name;
  Jackknifed statistic;
  double lowest, highest;
};

Score score_aggregate(const Aggregate& aggregate, const std::vector<ScoredCell>& cells, const MetricSpec& primary,
                      std::vector<Figure>& figures) {
  if (aggregate.weights.empty()) return undefined("no cell enters it");
  std::vector<std::pair<const Jackknifed*, double>> parts;
  std::optional<double> floor = 0.0;
  std::size_t n = 0;
  for (const auto& [cell, weight] : aggregate.weights) {
    parts.emplace_back(&cells[cell].metrics.front(), weight);
    const Score& score = cells[cell].result.metrics.at(primary.name);
    floor = floor && score.floor ? std::optional(*floor + weight * *score.floor) : std::nullopt;
    n = std::max(n, score.n);
  }
  figures.push_back({aggregate.name, weighted_sum(parts), primary.lowest, primary.highest});
  Score score = with_interval(figures.back().statistic, primary.lowest, primary.highest, n);
  add_floor(score, floor, primary.perfect);
  return score;
}

/// The worst cell, sought again in every resample.
void add_worst(Results& results, const std::vector<ScoredCell>& cells, const MetricSpec& primary,
               std::vector<Figure>& figures) {
  const std::vector<std::size_t> among = worst_candidates(candidates_of(cells));
  std::vector<const Jackknifed*> parts;
  const ScoredCell* worst = nullptr;
  for (const std::size_t at : among) {
    const Jackknifed& statistic = cells[at].metrics.front();
    if (!statistic.value) continue;
    parts.push_back(&statistic);
    if (worst == nullptr || primary.gain(*worst->metrics.front().value, *statistic.value) < 0) worst = &cells[at];
  }
  Score& score = results.summary["worst"];
  if (worst == nullptr) {
    score = undefined("no cell enters it");
    results.summary_notes["worst"] = "worst of 0 cells";
    return;
  }
  const Score& own = worst->result.metrics.at(primary.name);
  figures.push_back({"worst", extreme(parts, primary.higher_is_better), primary.lowest, primary.highest});
  score = with_interval(figures.back().statistic, primary.lowest, primary.highest, own.n);
  add_floor(score, own.floor, primary.perfect);
  results.summary_notes["worst"] =
      fmt::format("worst of {}: {}", count_of(parts.size(), "cell"), worst->result.cell.id);
  if (parts.size() < among.size()) {
    results.summary_notes["worst"] += fmt::format("; undefined in {}", count_of(among.size() - parts.size(), "cell"));
  }
}

void add_reference(Results& results, const RunData& reference, const RunData& run, std::vector<Figure>& figures) {
  Comparison checked;
  const Pairing pairing(reference, run, Match::kStrict, checked);
  for (const CorruptionError& error : corruption_errors(pairing, reference.header.model_name)) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    figures.push_back({error.name, error.statistic, -kInfinity, kInfinity});
    results.summary[error.name] = with_interval(error.statistic, -kInfinity, kInfinity, error.n);
    results.summary_notes[error.name] = error.note;
  }
}

void add_summary(Results& results, const RunView& view, const std::vector<ScoredCell>& cells, const MetricSpec& primary,
                 const Intervals& intervals, const RunData* reference) {
  std::vector<Figure> figures;
  const std::vector<Aggregate> means = aggregates(candidates_of(cells), results.header.trained_with);
  for (const Aggregate& aggregate : means) {
    results.summary[aggregate.name] = score_aggregate(aggregate, cells, primary, figures);
    results.summary_notes[aggregate.name] = aggregate.note;
  }
  add_worst(results, cells, primary, figures);
  if (reference != nullptr) add_reference(results, *reference, view.run(), figures);
  std::vector<Intervals::Target> targets;
  for (const Figure& figure : figures) {
    targets.push_back({&results.summary.at(figure.name), &figure.statistic, figure.lowest, figure.highest});
  }
  intervals.replace(targets);
  results.slices = score_slices(view, cells, primary, means);
}

constexpr double kAnyChange = std::numeric_limits<double>::infinity();

/// Its primary metric above that of `other`. Both are evaluated again without each group, so that what they have in
/// common cancels.
Jackknifed change_from(const ScoredCell& cell, const ScoredCell& other) {
  const std::pair<const Jackknifed*, double> parts[] = {{&cell.metrics.front(), 1.0}, {&other.metrics.front(), -1.0}};
  return weighted_sum(parts);
}

/// What a cell's primary metric is above that of its reference, and of the input as it is stored.
void add_changes(std::vector<ScoredCell>& cells) {
  constexpr double kTail = 0.05;
  std::map<std::string, const ScoredCell*> by_id;
  for (const ScoredCell& cell : cells) by_id[cell.result.cell.id] = &cell;
  for (ScoredCell& cell : cells) {
    const std::size_t n = cell.result.n - cell.result.failed;
    if (!cell.result.flips_from_stored.empty() && !cell.metrics.empty())
      cell.result.change_from_stored =
          with_interval(change_from(cell, *by_id.at("clean#0")), -kAnyChange, kAnyChange, n);
    if (cell.result.cell.clean()) continue;
    const auto reference = by_id.find(cell.result.cell.reference);
    if (cell.metrics.empty() || reference == by_id.end()) {
      cell.result.change = undefined(cell.metrics.empty() ? "the label does not judge this cell" : "no reference cell");
      continue;
    }
    const Jackknifed change = change_from(cell, *reference->second);
    cell.result.change = with_interval(change, -kAnyChange, kAnyChange, n);
    const StandardError error = standard_error(change);
    if (error.value)
      cell.result.detectable = detectable_errors(kTail, static_cast<double>(error.groups - 1)) * *error.value;
  }
}

/// What the reference measured stands beside what its cells did: the error rate on clean sound beside that in noise.
void add_reference_measures(std::vector<ScoredCell>& cells) {
  std::map<std::string, std::map<std::string, double>> of_references;
  for (const ScoredCell& cell : cells)
    if (cell.result.cell.clean()) of_references[cell.result.cell.id] = cell.result.measures;
  for (ScoredCell& cell : cells) {
    if (cell.result.cell.clean()) continue;
    const auto reference = of_references.find(cell.result.cell.reference);
    if (reference == of_references.end()) continue;
    std::map<std::string, double> beside;
    for (const auto& [name, value] : reference->second)
      if (cell.result.measures.contains(name)) beside[name + ".clean"] = value;
    cell.result.measures.merge(beside);
  }
}

/// The primary metric of every cell.
void replace_intervals(std::vector<ScoredCell>& cells, const MetricSpec& primary, const Intervals& intervals) {
  std::vector<Intervals::Target> targets;
  for (ScoredCell& cell : cells) {
    if (cell.metrics.empty()) continue;
    const auto want = [&](Scores& scores, const Jackknifed& statistic) {
      targets.push_back({&scores.at(primary.name), &statistic, primary.lowest, primary.highest});
    };
    want(cell.result.metrics, cell.metrics.front());
    want(cell.result.metrics_applied, cell.applied ? *cell.applied : cell.metrics.front());
  }
  intervals.replace(targets);
}

}  // namespace

Results analyse(const RunData& run, const AnalyseOptions& options) {
  const RunView view(run);
  const std::vector<MetricSpec> metrics = metrics_for(view.task());
  Results results;
  results.header = run.header;
  results.primary = metrics.front().name;
  results.samples = view.samples();
  results.groups = view.group_count();
  for (const MetricSpec& metric : metrics) {
    results.metrics_info.push_back({metric.name, metric.definition, metric.higher_is_better});
  }

  const Intervals intervals(options.interval, run.header.seed, view.group_count());
  const Keep keep = intervals.bootstraps() ? Keep::kResampled : Keep::kNothing;
  results.interval = intervals.name();

  Floors floors(view, metrics);
  std::vector<ScoredCell> cells;
  Warning incomplete{"incomplete", "", {}};
  for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
    if (view.complete(cell)) {
      cells.push_back(score_cell(view, cell, metrics, floors, keep));
    } else {
      incomplete.cells.push_back(run.cells[cell].id);
    }
  }
  results.complete = run.complete && incomplete.cells.empty();
  replace_intervals(cells, metrics.front(), intervals);
  add_changes(cells);
  add_reference_measures(cells);
  add_subset_directions(view, cells);
  results.model_use = model_use(view, metrics);

  results.warnings = run.header.warnings;
  if (!incomplete.cells.empty()) {
    incomplete.message =
        fmt::format("{} not finished and left out.", incomplete.cells.size() == 1
                                                         ? std::string("1 cell was")
                                                         : fmt::format("{} cells were", incomplete.cells.size()));
    results.warnings.push_back(std::move(incomplete));
  }
  for (Warning& warning : find_vacuous(view, cells)) results.warnings.push_back(std::move(warning));
  for (Warning& warning : find_warnings(view, cells, metrics)) results.warnings.push_back(std::move(warning));
  for (std::size_t metric = 0; metric < metrics.size(); ++metric) {
    for (Curve& curve : curves_of(cells, metrics, metric, intervals)) results.curves.push_back(std::move(curve));
  }
  withhold_retention(results.curves, cells);
  add_summary(results, view, cells, metrics.front(), intervals, options.reference);
  for (ScoredCell& cell : cells) results.cells.push_back(std::move(cell.result));
  return results;
}

}  // namespace shakedown::metrics
