#include "slices.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "grouped_sums.h"

namespace shakedown::metrics {
namespace {

constexpr double kFalseDiscoveries = 0.05;
constexpr double kRounding = 1e-9;  ///< a difference or an error below this is none
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The metric on a slice and on the rest of one cell, over the same units.
struct Halves {
  Jackknifed inside, outside;
  std::size_t n = 0;
  Scored labels;  ///< of the slice, for its floor
};

/// A cell as slices read it.
struct SlicedCell {
  std::size_t index = 0;            ///< in the run
  std::vector<std::size_t> scored;  ///< samples, in run order
  std::optional<GroupedSums> sums;  ///< of all of them, where the metric is a function of sums
};

SlicedCell sliced_cell(const RunView& view, std::size_t index, const MetricSpec& metric) {
  SlicedCell cell{index, view.scored(index), {}};
  if (!metric.sums) return cell;
  const Scored rows = view.gather(index, cell.scored);
  cell.sums =
      grouped_sums(metric.sums(rows, view.task()), rows.rows(), view.groups_of(cell.scored), view.group_count());
  return cell;
}

/// A slice that is one group: its samples are the units, with numbers of their own behind the groups. The other groups
/// are summed once a cell, not once a slice.
Halves halves_of_group(const RunView& view, const SlicedCell& cell, const std::vector<std::size_t>& samples,
                       const MetricSpec& metric) {
  std::vector<std::size_t> rows;
  std::vector<int> units;
  const std::size_t groups = view.group_count(), count = groups + samples.size();
  for (std::size_t at = 0; at < samples.size(); ++at) {
    if (!std::binary_search(cell.scored.begin(), cell.scored.end(), samples[at])) continue;
    rows.push_back(samples[at]);
    units.push_back(static_cast<int>(groups + at));
  }
  Halves halves;
  halves.labels = view.gather(cell.index, rows);
  halves.n = rows.size();
  halves.inside = jackknife(metric, halves.labels, units, count, view.task());
  halves.outside = jackknife_without(*cell.sums, static_cast<std::size_t>(view.group(samples.front())), count);
  return halves;
}

Halves halves_of(const RunView& view, const SlicedCell& cell, const SliceRows& slice, const MetricSpec& metric) {
  std::vector<std::size_t> rows[2];
  for (const std::size_t row : cell.scored) rows[slice.inside[row] ? 0 : 1].push_back(row);
  std::vector<int> units[2] = {view.groups_of(rows[0]), view.groups_of(rows[1])};
  std::size_t count = view.group_count();
  if (slice.samples_as_units) {
    for (std::size_t at = 0; at < rows[0].size(); ++at) units[0][at] = static_cast<int>(count + rows[0][at]);
    count += view.samples();
  }
  Halves halves;
  halves.labels = view.gather(cell.index, rows[0]);
  halves.n = rows[0].size();
  halves.inside = jackknife(metric, halves.labels, units[0], count, view.task());
  halves.outside = jackknife(metric, view.gather(cell.index, rows[1]), units[1], count, view.task());
  return halves;
}

/// A figure: a mean of cells with weights; the clean input is one cell.
using Weights = std::vector<std::pair<std::size_t, double>>;

std::vector<std::pair<std::string, Weights>> figures_of(const std::vector<ScoredCell>& cells,
                                                        const std::vector<Aggregate>& aggregates) {
  std::vector<std::pair<std::string, Weights>> figures;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    if (!cells[cell].result.cell.clean()) continue;
    figures.push_back({"clean", {{cell, 1.0}}});
    break;
  }
  for (const Aggregate& aggregate : aggregates) {
    const bool main = aggregate.name == "information_loss" || aggregate.name.starts_with("stress_mean");
    const bool repeats = aggregate.name.ends_with("_unweighted") || aggregate.name.ends_with("seen]");
    if (main && !repeats && !aggregate.weights.empty()) figures.emplace_back(aggregate.name, aggregate.weights);
  }
  return figures;
}

std::size_t groups_inside(const RunView& view, const SliceRows& slice) {
  std::vector<char> present(view.group_count(), 0);
  for (std::size_t sample = 0; sample < view.samples(); ++sample) {
    if (slice.inside[sample]) present[static_cast<std::size_t>(view.group(sample))] = 1;
  }
  return static_cast<std::size_t>(std::count(present.begin(), present.end(), 1));
}

/// Is the slice worse than the rest? Nothing where that has no interval.
std::optional<SliceFinding> test(const SliceRows& slice, const std::string& figure, const Jackknifed& inside,
                                 const Jackknifed& outside, const MetricSpec& metric) {
  const double sign = metric.higher_is_better ? 1.0 : -1.0;
  const std::pair<const Jackknifed*, double> parts[] = {{&inside, sign}, {&outside, -sign}};
  if (!standard_error(inside).value || !standard_error(outside).value) return std::nullopt;
  const Jackknifed difference = weighted_sum(parts);
  const StandardError error = standard_error(difference);
  if (!error.value) return std::nullopt;
  const Score bounds = with_interval(difference, -kInfinity, kInfinity, 0);
  // A difference that no group changes has an interval of width 0, which excludes 0.
  const double p_value = *error.value > kRounding
                             ? t_cdf(*difference.value / *error.value, static_cast<double>(error.groups - 1))
                         : *difference.value < -kRounding ? 0.0
                                                          : 1.0;
  return SliceFinding{slice.by,     slice.value, figure,      inside.value, outside.value,
                      bounds.value, bounds.low,  bounds.high, p_value,      1};
}

/// Keeps what Benjamini and Hochberg let stand, the largest differences first.
void select_worst(std::vector<SliceFinding> tests, Slices& slices) {
  std::vector<double> p_values;
  for (const SliceFinding& finding : tests) p_values.push_back(finding.p_value);
  const std::vector<double> q_values = benjamini_hochberg(p_values);
  slices.searched = tests.size();
  for (std::size_t at = 0; at < tests.size(); ++at) {
    tests[at].q_value = q_values[at];
    if (q_values[at] <= kFalseDiscoveries) slices.worst.push_back(tests[at]);
  }
  std::stable_sort(slices.worst.begin(), slices.worst.end(),
                   [](const SliceFinding& a, const SliceFinding& b) { return *a.difference < *b.difference; });
}

}  // namespace

Slices score_slices(const RunView& view, const std::vector<ScoredCell>& cells, const MetricSpec& primary,
                    const std::vector<Aggregate>& aggregates) {
  Slices slices;
  const auto figures = figures_of(cells, aggregates);
  std::map<std::size_t, SlicedCell> scored;
  for (const auto& [name, weights] : figures) {
    for (const auto& [cell, weight] : weights) {
      if (!scored.contains(cell)) scored.emplace(cell, sliced_cell(view, cells[cell].index, primary));
    }
  }
  std::vector<SliceFinding> tests;
  for (const SliceRows& rows : slices_of(view, slices.notes)) {
    if (rows.samples_as_units && primary.weighted) continue;  // ranks would be sorted out once a sample and cell
    Slice slice{rows.by,
                rows.value,
                static_cast<std::size_t>(std::count(rows.inside.begin(), rows.inside.end(), 1)),
                groups_inside(view, rows),
                {}};
    std::map<std::vector<double>, std::optional<double>> floors;  // most cells score the same samples
    std::map<std::size_t, Halves> halves;
    // Samples that name no group are a slice of many.
    const bool one_group = rows.samples_as_units && slice.groups == 1;
    std::vector<std::size_t> samples;
    for (std::size_t sample = 0; one_group && sample < view.samples(); ++sample)
      if (rows.inside[sample]) samples.push_back(sample);
    for (const auto& [cell, own] : scored) {
      halves.emplace(cell,
                     one_group ? halves_of_group(view, own, samples, primary) : halves_of(view, own, rows, primary));
    }
    for (const auto& [name, weights] : figures) {
      std::vector<std::pair<const Jackknifed*, double>> inside, outside;
      std::optional<double> floor = 0.0;
      std::size_t n = 0;
      for (const auto& [cell, weight] : weights) {
        const Halves& own = halves.at(cell);
        inside.emplace_back(&own.inside, weight);
        outside.emplace_back(&own.outside, weight);
        const auto [found, added] = floors.try_emplace(own.labels.labels);
        if (added) found->second = floor_of(primary, own.labels, view.task());
        const std::optional<double>& cell_floor = found->second;
        floor = floor && cell_floor ? std::optional(*floor + weight * *cell_floor) : std::nullopt;
        n = std::max(n, own.n);
      }
      const Jackknifed in = weighted_sum(inside), out = weighted_sum(outside);
      Score& score = slice.scores[name];
      score = with_interval(in, primary.lowest, primary.highest, n);
      add_floor(score, floor, primary.perfect);
      if (auto finding = test(rows, name, in, out, primary)) tests.push_back(std::move(*finding));
    }
    slices.slices.push_back(std::move(slice));
  }
  select_worst(std::move(tests), slices);
  return slices;
}

}  // namespace shakedown::metrics
