#include "level_curve.h"

#include <algorithm>
#include <cmath>

#include "shakedown/core/text.h"
#include "shakedown/metrics/table.h"

namespace shakedown::metrics {
namespace {

using Parts = std::vector<std::pair<const Jackknifed*, double>>;

Jackknifed pooled(const RunView& view, const std::vector<std::size_t>& cells, const MetricSpec& metric) {
  Scored all{view.columns(), {}, {}};
  std::vector<int> groups;
  for (const std::size_t cell : cells) {
    const auto rows = view.scored(cell);
    const Scored part = view.gather(cell, rows);
    const auto part_groups = view.groups_of(rows);
    all.outputs.insert(all.outputs.end(), part.outputs.begin(), part.outputs.end());
    all.labels.insert(all.labels.end(), part.labels.begin(), part.labels.end());
    groups.insert(groups.end(), part_groups.begin(), part_groups.end());
  }
  return jackknife(metric, all, groups, view.group_count(), view.task());
}

Jackknifed averaged(const RunView& view, const std::vector<std::size_t>& cells, const MetricSpec& metric) {
  std::vector<Jackknifed> replicates;
  for (const std::size_t cell : cells) replicates.push_back(pooled(view, {cell}, metric));
  Parts parts;
  for (const auto& one : replicates) parts.emplace_back(&one, 1.0 / static_cast<double>(replicates.size()));
  return weighted_sum(parts);
}

/// Weights of the levels; the aggregate is their weighted sum.
std::vector<double> weights_of(const std::string& name, const std::vector<double>& grid) {
  std::vector<double> weights(grid.size(), 0.0);
  if (name == "mean") {
    std::fill(weights.begin(), weights.end(), 1.0 / static_cast<double>(grid.size()));
    return weights;
  }
  const double span = grid.back() - grid.front();
  for (std::size_t at = 0; at + 1 < grid.size(); ++at) {
    const double half = (grid[at + 1] - grid[at]) / 2 / (name == "auilc" ? 1 : span);
    weights[at] += half;
    weights[at + 1] += half;
  }
  return weights;
}

Jackknifed undefined(std::string why) {
  Jackknifed nothing;
  nothing.why = std::move(why);
  return nothing;
}

Jackknifed linear(const std::vector<Jackknifed>& values, const std::vector<double>& weights) {
  Parts parts;
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (weights[at] != 0) parts.emplace_back(&values[at], weights[at]);
  }
  return weighted_sum(parts);
}

Jackknifed worst(const LevelCurve& curve, const MetricSpec& metric) {
  std::vector<const Jackknifed*> parts;
  for (const Jackknifed& value : curve.values) parts.push_back(&value);
  return combine(parts, [&](std::span<const double> values) {
    return metric.higher_is_better ? *std::min_element(values.begin(), values.end())
                                   : *std::max_element(values.begin(), values.end());
  });
}

Jackknifed retention(const LevelCurve& curve, const MetricSpec& metric) {
  if (!curve.floor) return undefined("the metric has no floor");
  const double floor = *curve.floor;
  if (curve.values.front().value && metric.gain(floor, *curve.values.front().value) <= 0)
    return undefined("the skill on the reference is not above 0");
  const Jackknifed* parts[] = {&curve.values.front(), &curve.values.back()};
  return combine(parts, [floor](std::span<const double> v) { return (v[1] - floor) / (v[0] - floor); });
}

/// sum_i f_i - (b_i + f_0 - b_0)
Jackknifed effective(const LevelCurve& curve, const LevelCurve* reference) {
  if (reference == nullptr) return undefined("it takes a reference run");
  if (reference->grid != curve.grid) return undefined("the reference has other levels");
  Parts parts;
  const double levels = static_cast<double>(curve.grid.size());
  for (std::size_t at = 0; at < curve.grid.size(); ++at) {
    parts.emplace_back(&curve.values[at], at == 0 ? 1 - levels : 1.0);
    parts.emplace_back(&reference->values[at], at == 0 ? levels - 1 : -1.0);
  }
  return weighted_sum(parts);
}

}  // namespace

std::vector<std::string> aggregate_names() {
  return {"auilc", "area", "mean", "worst", "retention", "drop", "multibench_effective"};
}

std::vector<std::pair<std::string, LevelCells>> level_cells(const RunView& view, const std::string& axis,
                                                            const std::vector<std::string>& only) {
  std::vector<std::pair<std::string, LevelCells>> families;
  const auto& cells = view.run().cells;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const CellRow& cell = cells[i];
    if (cell.clean() || !cell.level || cell.axis != axis || !view.complete(i)) continue;
    if (cell.label_effect == LabelEffect::kDirectional) continue;
    if (!only.empty() &&
        std::none_of(only.begin(), only.end(), [&](const std::string& glob) { return glob_match(glob, cell.id); }))
      continue;
    auto found =
        std::find_if(families.begin(), families.end(), [&](const auto& known) { return known.first == cell.family; });
    if (found == families.end()) {
      found = families.insert(families.end(), {cell.family, {}});
      const auto reference = view.run().cell_index(cell.reference);
      if (reference && view.complete(*reference)) found->second[0.0] = {*reference};
    }
    auto& level = found->second[*cell.level];
    if (*cell.level == 0 && !level.empty() && cells[level.front()].clean()) level.clear();  // its own cells win
    level.push_back(i);
  }
  return families;
}

LevelCurve level_curve(const RunView& view, const LevelCells& cells, const MetricSpec& metric, Replicates replicates,
                       std::size_t replicate) {
  LevelCurve curve;
  for (const auto& [level, members] : cells) {
    curve.grid.push_back(level);
    if (replicates == Replicates::kOne) {
      curve.values.push_back(pooled(view, {members[std::min(replicate, members.size() - 1)]}, metric));
    } else {
      curve.values.push_back(replicates == Replicates::kMean ? averaged(view, members, metric)
                                                             : pooled(view, members, metric));
    }
  }
  Scored labels{view.columns(), {}, {}};
  for (const std::size_t row : view.scored(cells.begin()->second.front())) labels.labels.push_back(view.label(row));
  curve.floor = floor_of(metric, labels, view.task());
  return curve;
}

std::size_t replicate_count(const LevelCells& cells) {
  std::size_t count = 0;
  for (const auto& [level, members] : cells) {
    if (level == 0) continue;
    count = count == 0 ? members.size() : std::min(count, members.size());
  }
  return count;
}

Jackknifed aggregate_of(const std::string& name, const LevelCurve& curve, const MetricSpec& metric,
                        const LevelCurve* reference) {
  if (name == "worst") return worst(curve, metric);
  if (name == "multibench_effective") return effective(curve, reference);
  if (name == "mean") return linear(curve.values, weights_of(name, curve.grid));
  if (curve.grid.size() < 2) return undefined("it takes two levels");
  if (name == "retention") return retention(curve, metric);
  std::vector<double> weights = weights_of(name, curve.grid);
  if (name == "drop") {
    for (double& weight : weights) weight = -weight;
    weights.front() += 1;
    if (!metric.higher_is_better) {
      for (double& weight : weights) weight = -weight;
    }
  }
  return linear(curve.values, weights);
}

bool aggregate_higher_is_better(const std::string& name, const MetricSpec& metric) {
  if (name == "drop") return false;
  return name == "retention" || metric.higher_is_better;
}

}  // namespace shakedown::metrics
