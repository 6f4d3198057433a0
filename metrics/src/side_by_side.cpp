#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "corruption_error.h"
#include "effective_robustness.h"
#include "intervals.h"
#include "shakedown/core/error.h"
#include "shakedown/metrics/compare.h"

namespace shakedown::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Every run against the reference, cut to the cells and samples that all have.
class Runs {
 public:
  Runs(const std::vector<const RunData*>& runs, std::size_t reference, Match match, SideBySide& into)
      : runs_(runs), reference_(reference), view_(*runs[reference]) {
    for (std::size_t run = 0; run < runs.size(); ++run) {
      Comparison checked;
      pairings_.push_back(run == reference ? nullptr
                                           : std::make_unique<Pairing>(*runs[reference], *runs[run], match, checked));
      for (const std::string& note : checked.notes) into.notes.push_back(runs[run]->header.model_name + ": " + note);
    }
    for (std::size_t cell = 0; cell < view_.run().cells.size(); ++cell) add_cell(cell);
    if (cells_.size() < view_.run().cells.size()) {
      into.notes.push_back(fmt::format("{} of the reference that not every run has, left out",
                                       count_of(view_.run().cells.size() - cells_.size(), "cell")));
    }
    if (cells_.empty()) throw Error(ErrorKind::kUsage, "the runs are not comparable: they share no cell");
  }

  [[nodiscard]] std::size_t size() const { return runs_.size(); }
  [[nodiscard]] const RunView& view() const { return view_; }
  [[nodiscard]] const Pairing* pairing(std::size_t run) const { return pairings_[run].get(); }
  [[nodiscard]] std::vector<Candidate> candidates() const {
    std::vector<Candidate> result;
    for (const Cell& cell : cells_) result.push_back({&view_.run().cells[cell.in_reference], cell.weak, cell.vacuous});
    return result;
  }
  [[nodiscard]] std::size_t samples(std::size_t cell) const { return cells_[cell].rows.size(); }

  /// The metric of one run in one cell.
  const Jackknifed& statistic(std::size_t run, std::size_t cell, const MetricSpec& metric) {
    const auto key = std::make_tuple(run, cell, metric.name);
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    const Cell& own = cells_[cell];
    Scored scored{view_.columns(), {}, {}};
    std::vector<int> groups;
    for (const auto& [row, theirs] : own.rows) {
      const auto& outputs = runs_[run]->outcomes[own.in_run[run]][theirs[run]].outputs;
      scored.outputs.insert(scored.outputs.end(), outputs.begin(), outputs.end());
      scored.labels.push_back(view_.label(row));
      groups.push_back(view_.group(row));
    }
    return known_.emplace(key, jackknife(metric, scored, groups, view_.group_count(), view_.task(), Keep::kResampled))
        .first->second;
  }

  Jackknifed mean(std::size_t run, const Aggregate& aggregate, const MetricSpec& metric) {
    std::vector<std::pair<const Jackknifed*, double>> parts;
    for (const auto& [cell, weight] : aggregate.weights) parts.emplace_back(&statistic(run, cell, metric), weight);
    return weighted_sum(parts);
  }

 private:
  struct Cell {
    std::size_t in_reference = 0;
    std::vector<std::size_t> in_run;                       ///< index of the cell in every run
    std::map<std::size_t, std::vector<std::size_t>> rows;  ///< sample of the reference -> sample in every run
    bool weak = false, vacuous = false;                    ///< in any run
  };

  void add_cell(std::size_t index) {
    Cell cell;
    cell.in_reference = index;
    cell.in_run.assign(size(), index);
    std::map<std::size_t, std::size_t> seen;
    for (std::size_t run = 0; run < size(); ++run) {
      if (run == reference_) continue;
      const auto& pairs = pairings_[run]->cells();
      const auto pair =
          std::find_if(pairs.begin(), pairs.end(), [&](const CellPair& p) { return p.baseline == index; });
      if (pair == pairs.end()) return;
      cell.in_run[run] = pair->candidate;
      cell.weak = cell.weak || pair->weak;
      cell.vacuous = cell.vacuous || pair->vacuous;
      for (const auto& [mine, theirs] : pair->rows) {
        std::vector<std::size_t>& samples = cell.rows.try_emplace(mine, size(), mine).first->second;
        samples[run] = theirs;
        ++seen[mine];
      }
    }
    std::erase_if(cell.rows, [&](const auto& row) { return seen[row.first] + 1 < size(); });
    if (!cell.rows.empty()) cells_.push_back(std::move(cell));
  }

  std::vector<const RunData*> runs_;
  std::size_t reference_;
  RunView view_;
  std::vector<std::unique_ptr<Pairing>> pairings_;  ///< null for the reference
  std::vector<Cell> cells_;
  std::map<std::tuple<std::size_t, std::size_t, std::string>, Jackknifed> known_;
};

/// A row with the statistics behind its scores.
struct Drafted {
  SideBySide::Row row;
  std::vector<Jackknifed> statistics;
  double lowest = 0, highest = 0;
};

class Table {
 public:
  Table(Runs& runs, const std::string& reference)
      : runs_(&runs), reference_(reference), metric_(metrics_for(runs.view().task()).front()) {}

  std::vector<Drafted> rows() {
    const std::vector<Candidate> candidates = runs_->candidates();
    for (std::size_t cell = 0; cell < candidates.size(); ++cell) {
      if (!candidates[cell].cell->clean()) continue;
      add("clean", candidates[cell].cell->id, metric_, runs_->samples(cell),
          [&](std::size_t run) { return runs_->statistic(run, cell, metric_); });
      break;
    }
    const std::vector<Aggregate> means = aggregates(candidates, {});
    for (const Aggregate& mean : means) {
      if (mean.weights.empty()) continue;
      add(mean.name, mean.note, metric_, most_samples(mean),
          [&](std::size_t run) { return runs_->mean(run, mean, metric_); });
    }
    add_worst(candidates);
    add_corruption_errors();
    if (runs_->size() >= kFewestRuns) add_effective_robustness(candidates, means);
    return std::move(rows_);
  }

 private:
  template <class Statistic>
  void add(std::string name, std::string note, const MetricSpec& metric, std::size_t n, Statistic statistic) {
    Drafted drafted{{std::move(name), metric.name, std::move(note), {}}, {}, metric.lowest, metric.highest};
    for (std::size_t run = 0; run < runs_->size(); ++run) drafted.statistics.push_back(statistic(run));
    finish(std::move(drafted), n);
  }

  void finish(Drafted drafted, std::size_t n) {
    for (const Jackknifed& statistic : drafted.statistics) {
      drafted.row.scores.push_back(with_interval(statistic, drafted.lowest, drafted.highest, n));
    }
    rows_.push_back(std::move(drafted));
  }

  [[nodiscard]] std::size_t most_samples(const Aggregate& mean) const {
    std::size_t n = 0;
    for (const auto& [cell, weight] : mean.weights) n = std::max(n, runs_->samples(cell));
    return n;
  }

  void add_worst(const std::vector<Candidate>& candidates) {
    const std::vector<std::size_t> among = worst_candidates(candidates);
    if (among.empty()) return;
    add("worst", fmt::format("worst of {}, each run's own", count_of(among.size(), "cell")), metric_,
        runs_->samples(among.front()), [&](std::size_t run) {
          std::vector<const Jackknifed*> parts;
          for (const std::size_t cell : among) parts.push_back(&runs_->statistic(run, cell, metric_));
          return extreme(parts, metric_.higher_is_better);
        });
  }

  void add_corruption_errors() {
    std::vector<Drafted> drafted(2);
    std::size_t n = 0, n_of_note[2] = {0, 0};
    for (std::size_t run = 0; run < runs_->size(); ++run) {
      if (runs_->pairing(run) == nullptr) continue;
      const auto errors = corruption_errors(*runs_->pairing(run), reference_);
      for (std::size_t at = 0; at < 2; ++at) {
        drafted[at].row.name = errors[at].name;
        drafted[at].row.metric = errors[at].name.substr(0, errors[at].name.find('['));
        if (drafted[at].row.note.empty() || errors[at].n > n_of_note[at]) {
          drafted[at].row.note = errors[at].note;
          n_of_note[at] = errors[at].n;
        }
        drafted[at].statistics.push_back(errors[at].statistic);
        n = std::max(n, errors[at].n);
      }
    }
    for (Drafted& own : drafted) {
      own.lowest = -kInfinity;
      own.highest = kInfinity;
      // The reference against itself: 1 where the others are defined, without an interval of its own.
      Jackknifed one;
      const auto defined = std::find_if(own.statistics.begin(), own.statistics.end(),
                                        [](const Jackknifed& statistic) { return statistic.value.has_value(); });
      if (defined == own.statistics.end()) {
        one = own.statistics.front();
      } else {
        const Jackknifed* parts[] = {&*defined};
        one = combine(parts, [](std::span<const double>) { return 1.0; });
      }
      for (std::size_t run = 0; run < runs_->size(); ++run) {
        if (runs_->pairing(run) == nullptr)
          own.statistics.insert(own.statistics.begin() + static_cast<std::ptrdiff_t>(run), one);
      }
      finish(std::move(own), n);
    }
  }

  void add_effective_robustness(const std::vector<Candidate>& candidates, const std::vector<Aggregate>& means) {
    const auto accuracy = accuracy_metric(runs_->view().task());
    const auto mean =
        std::find_if(means.begin(), means.end(), [](const Aggregate& a) { return a.name == "stress_mean"; });
    const auto clean =
        std::find_if(candidates.begin(), candidates.end(), [](const Candidate& c) { return c.cell->clean(); });
    if (!accuracy || mean == means.end() || mean->weights.empty() || clean == candidates.end()) return;
    const auto clean_at = static_cast<std::size_t>(clean - candidates.begin());
    std::vector<Jackknifed> before, after;
    std::vector<double> x, y;
    for (std::size_t run = 0; run < runs_->size(); ++run) {
      before.push_back(runs_->statistic(run, clean_at, *accuracy));
      after.push_back(runs_->mean(run, *mean, *accuracy));
      x.push_back(before.back().value.value_or(0));
      y.push_back(after.back().value.value_or(0));
    }
    Drafted drafted{{fmt::format("effective_robustness[{}]", accuracy->name), "effective_robustness", "", {}},
                    effective_robustness(before, after),
                    -1.0,
                    1.0};
    if (const auto line = logit_line(x, y)) {
      drafted.row.note =
          fmt::format("above the line of these {} runs: logit(stress_mean) = {:.3f} + {:.3f} logit(clean)",
                      runs_->size(), line->intercept, line->slope);
    }
    finish(std::move(drafted), most_samples(*mean));
  }

  Runs* runs_;
  std::string reference_;
  MetricSpec metric_;
  std::vector<Drafted> rows_;
};

}  // namespace

SideBySide side_by_side(const std::vector<const RunData*>& runs, std::size_t reference, bool common,
                        IntervalKind interval) {
  if (runs.size() < 2) throw Error(ErrorKind::kUsage, "two or more runs are compared");
  SideBySide result;
  Runs aligned(runs, reference, common ? Match::kCommon : Match::kStrict, result);
  for (const RunData* run : runs) result.runs.push_back(run->header);
  std::vector<Drafted> rows = Table(aligned, runs[reference]->header.model_name).rows();
  const Intervals intervals(interval, runs[reference]->header.seed, aligned.view().group_count());
  result.interval = intervals.name();
  std::vector<Intervals::Target> targets;
  for (Drafted& row : rows) {
    for (std::size_t run = 0; run < runs.size(); ++run) {
      targets.push_back({&row.row.scores[run], &row.statistics[run], row.lowest, row.highest});
    }
  }
  intervals.replace(targets);
  for (Drafted& row : rows) result.rows.push_back(std::move(row.row));
  return result;
}

}  // namespace shakedown::metrics
