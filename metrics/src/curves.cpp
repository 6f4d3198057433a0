#include "curves.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "aggregates.h"

namespace shakedown::metrics {
namespace {

using Members = std::vector<const ScoredCell*>;

/// Replicates averaged: the statistic, its floor and how many samples it rests on.
struct Point {
  double x = 0;
  std::string cell;
  Jackknifed statistic;
  std::optional<double> floor;
  Score score;
};

Point average(double x, const Members& replicates, const MetricSpec& metric, std::size_t at) {
  Point point{x, replicates.front()->result.cell.id, {}, 0.0, {}};
  const double weight = 1.0 / static_cast<double>(replicates.size());
  std::vector<std::pair<const Jackknifed*, double>> parts;
  std::size_t n = 0;
  for (const ScoredCell* cell : replicates) {
    parts.emplace_back(&cell->metrics[at], weight);
    const Score& score = cell->result.metrics.at(metric.name);
    n = std::max(n, score.n);
    point.floor = point.floor && score.floor ? std::optional(*point.floor + weight * *score.floor) : std::nullopt;
  }
  point.statistic = weighted_sum(parts);
  point.score = with_interval(point.statistic, metric.lowest, metric.highest, n);
  add_floor(point.score, point.floor, metric.perfect);
  return point;
}

/// Axes on which 0 means "nothing was done": there the reference cell is a point of the curve.
bool starts_at_zero(const CellRow& cell) {
  return cell.axis == "severity" || cell.axis == "rate" || cell.dose.fraction;
}

const ScoredCell* find(const std::vector<ScoredCell>& cells, const std::string& id) {
  const auto found =
      std::find_if(cells.begin(), cells.end(), [&](const ScoredCell& c) { return c.result.cell.id == id; });
  return found == cells.end() ? nullptr : &*found;
}

/// Trapezoids as weights of the points: the area is linear in the values.
std::vector<double> trapezoid_weights(const std::vector<double>& grid) {
  std::vector<double> weights(grid.size(), 0.0);
  for (std::size_t at = 0; at + 1 < grid.size(); ++at) {
    const double half = (grid[at + 1] - grid[at]) / 2;
    weights[at] += half;
    weights[at + 1] += half;
  }
  return weights;
}

Jackknifed add_area(Curve& curve, const std::vector<Point>& points, const MetricSpec& metric) {
  std::vector<const Point*> finite;
  for (const Point& point : points) {
    if (!std::isfinite(point.x)) continue;
    finite.push_back(&point);
    curve.grid.push_back(point.x);
  }
  if (curve.grid.size() < 2) {
    curve.auc.why = "an area needs two levels";
    return {};
  }
  const std::vector<double> weights = trapezoid_weights(curve.grid);
  std::vector<std::pair<const Jackknifed*, double>> parts;
  std::optional<double> floor = 0.0;
  std::size_t n = 0;
  for (std::size_t at = 0; at < finite.size(); ++at) {
    parts.emplace_back(&finite[at]->statistic, weights[at]);
    floor = floor && finite[at]->floor ? std::optional(*floor + weights[at] * *finite[at]->floor) : std::nullopt;
    n = std::max(n, finite[at]->score.n);
  }
  const double span = curve.grid.back() - curve.grid.front();
  Jackknifed area = weighted_sum(parts);
  curve.auc = with_interval(area, metric.lowest * span, metric.highest * span, n);
  add_floor(curve.auc, floor, metric.perfect * span);
  if (curve.auc.value) curve.auc_normalised = *curve.auc.value / span;
  return area;
}

void add_worst(Curve& curve, const MetricSpec& metric) {
  for (const CurvePoint& point : curve.points) {
    if (!point.score.value) continue;
    if (!curve.worst || metric.gain(*curve.worst, *point.score.value) < 0) curve.worst = point.score.value;
  }
}

/// Skill that is left at the strongest level, where the clean skill is above 0 beyond its interval.
void add_retention(Curve& curve, const Score* clean, const Score& strongest, const MetricSpec& metric) {
  if (clean == nullptr) {
    curve.retention_why = "the reference cell was not scored";
  } else if (!clean->skill || !clean->floor) {
    curve.retention_why = clean->why.empty() ? "the reference has no skill above a floor" : clean->why;
  } else if (!clean->low || !clean->high) {
    curve.retention_why = clean->why;
  } else if (metric.gain(*clean->floor, metric.higher_is_better ? *clean->low : *clean->high) <= 0) {
    curve.retention_why = "the skill on the reference is not above 0 beyond its interval";
  } else if (!strongest.skill) {
    curve.retention_why = strongest.why;
  } else {
    curve.retention = *strongest.skill / *clean->skill;
  }
}

/// The level that damages most: by severity where known, by distance from 0 on axes that start there, else
/// the one the suite lists last.
double strongest_level(const Members& family) {
  const CellRow& first = family.front()->result.cell;
  const bool all_severities = std::all_of(family.begin(), family.end(),
                                          [](const ScoredCell* c) { return c->result.cell.severity.has_value(); });
  const auto strength = [&](const ScoredCell* cell) {
    return all_severities ? *cell->result.cell.severity : std::abs(*cell->result.cell.level);
  };
  if (!all_severities && !starts_at_zero(first)) return *family.back()->result.cell.level;
  return *(*std::max_element(family.begin(), family.end(), [&](const ScoredCell* a, const ScoredCell* b) {
            return strength(a) < strength(b);
          }))->result.cell.level;
}

/// A curve with the statistics of its points and its area.
struct Drawn {
  Curve curve;
  std::vector<Point> points;
  Jackknifed area;
};

Drawn draw(const Members& family, const std::vector<ScoredCell>& cells, const MetricSpec& metric, std::size_t at) {
  const CellRow& first = family.front()->result.cell;
  Drawn drawn;
  Curve& curve = drawn.curve;
  curve.id = first.family;
  curve.perturbation = perturbation_of(first);
  curve.metric = metric.name;
  curve.axis = first.axis;
  curve.label_effect = first.label_effect;

  std::map<double, Members> levels;
  for (const ScoredCell* cell : family) levels[*cell->result.cell.level].push_back(cell);
  const ScoredCell* reference = find(cells, first.reference);
  if (reference != nullptr && starts_at_zero(first)) levels.try_emplace(0.0, Members{reference});
  std::vector<Point>& points = drawn.points;
  for (const auto& [x, replicates] : levels) points.push_back(average(x, replicates, metric, at));

  const double strongest = strongest_level(family);
  const Score* last = nullptr;
  for (const Point& point : points) {
    curve.points.push_back({point.x, point.cell, point.score});
    if (point.x == strongest) last = &point.score;
  }
  drawn.area = add_area(curve, points, metric);
  add_worst(curve, metric);
  add_retention(curve, reference == nullptr ? nullptr : &reference->result.metrics.at(metric.name), *last, metric);
  return drawn;
}

}  // namespace

std::vector<Curve> curves_of(const std::vector<ScoredCell>& cells, const std::vector<MetricSpec>& metrics,
                             std::size_t metric, const Intervals& intervals) {
  std::vector<std::pair<std::string, Members>> families;
  for (const ScoredCell& cell : cells) {
    const CellRow& row = cell.result.cell;
    if (row.clean() || row.axis.empty() || cell.metrics.empty()) continue;
    if (!row.level || std::isnan(*row.level)) continue;
    if (metrics[metric].calibration && row.label_effect != LabelEffect::kInvariant) continue;
    const std::string key = row.family + "@" + row.axis;
    auto found = std::find_if(families.begin(), families.end(), [&](const auto& known) { return known.first == key; });
    if (found == families.end()) found = families.insert(families.end(), {key, {}});
    found->second.push_back(&cell);
  }
  const MetricSpec& spec = metrics[metric];
  std::vector<Drawn> drawn;
  for (const auto& [key, family] : families) drawn.push_back(draw(family, cells, spec, metric));
  std::vector<Intervals::Target> targets;
  for (Drawn& own : drawn) {
    for (std::size_t at = 0; at < own.points.size(); ++at) {
      targets.push_back({&own.curve.points[at].score, &own.points[at].statistic, spec.lowest, spec.highest});
    }
    const double span = own.curve.grid.empty() ? 0 : own.curve.grid.back() - own.curve.grid.front();
    targets.push_back({&own.curve.auc, &own.area, spec.lowest * span, spec.highest * span});
  }
  intervals.replace(targets);
  std::vector<Curve> curves;
  for (Drawn& own : drawn) curves.push_back(std::move(own.curve));
  return curves;
}

}  // namespace shakedown::metrics
