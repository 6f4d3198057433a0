#include <algorithm>
#include <cmath>

#include "cells.h"
#include "figures.h"
#include "views.h"

namespace shakedown::reports {
namespace {

bool is_reference(const Results& results, const CurvePoint& point) {
  const CellResult* cell = results.find(point.cell);
  return cell != nullptr && cell->cell.clean();
}

/// True when the mild end of the axis stands at its right (20 dB is milder than 0 dB): such charts run from
/// high to low, so that damage always grows to the right. Suites list levels from mild to severe, which
/// decides where neither a clean point nor severities do.
bool is_reversed(const Results& results, const Curve& curve) {
  if (curve.points.size() < 2) return false;
  if (is_reference(results, curve.points.back())) return true;
  if (is_reference(results, curve.points.front())) return false;
  const CellResult* first = results.find(curve.points.front().cell);
  const CellResult* last = results.find(curve.points.back().cell);
  if (first == nullptr || last == nullptr) return false;
  if (first->cell.severity && last->cell.severity) return *first->cell.severity > *last->cell.severity;
  return first > last;  // both point into results.cells, which is in suite order
}

/// One family may have a curve on each of several axes.
std::string key_of(const Curve& curve) {
  return curve.id + "@" + curve.axis;
}

/// The clean value, where the curve has no point for it; drawn as a line across.
std::optional<double> clean_value(const Results& results, const Curve& curve, const CellResult* example) {
  const bool has_point = std::any_of(curve.points.begin(), curve.points.end(),
                                     [&](const CurvePoint& point) { return is_reference(results, point); });
  const CellResult* reference = example == nullptr || has_point ? nullptr : reference_of(results, *example);
  const Score* score = reference == nullptr ? nullptr : score_of(*reference, curve.metric);
  return score == nullptr ? std::nullopt : score->value;
}

/// A cell of the curve that is no reference: carries axis, dose and unit. May be null.
const CellResult* example_of(const Results& results, const Curve& curve) {
  for (const CurvePoint& point : curve.points) {
    const CellResult* cell = results.find(point.cell);
    if (cell != nullptr && !cell->cell.clean()) return cell;
  }
  return nullptr;
}

bool is_ignored(const Results& results, const Curve& curve) {
  const CellResult* example = example_of(results, curve);
  return example != nullptr && example->vacuous;
}

std::string axis_title(const Curve& curve, const CellResult* example) {
  if (example == nullptr || example->cell.axis != example->cell.dose.name) return curve.axis;
  const DoseInfo& dose = example->cell.dose;
  const std::string unit = dose.fraction ? "%" : dose.unit;
  return unit.empty() ? curve.axis : curve.axis + " (" + unit + ")";
}

std::string point_label(const Results& results, const CurvePoint& point, const CellResult* example) {
  if (is_reference(results, point)) return "clean";
  return example == nullptr ? show_dose(DoseInfo{}, point.x) : level_value(example->cell, point.x);
}

/// Realised dose at a point, where it differs from the level by unit or by chance.
std::string realised_text(const Results& results, const CurvePoint& point) {
  const CellResult* cell = results.find(point.cell);
  return cell == nullptr || cell->cell.clean() ? std::string(kDash) : show_measured(cell->cell.dose, cell->dose.mean);
}

std::vector<std::string> metrics_of(const Results& results) {
  std::vector<std::string> metrics;
  for (const Curve& curve : results.curves) {
    if (std::find(metrics.begin(), metrics.end(), curve.metric) == metrics.end()) metrics.push_back(curve.metric);
  }
  std::stable_partition(metrics.begin(), metrics.end(), [&](const auto& m) { return m == results.primary; });
  return metrics;
}

Json points_view(const Results& results, const Curve& curve) {
  const CellResult* example = example_of(results, curve);
  Json rows = Json::array();
  for (const CurvePoint& point : curve.points) {
    const Json shown = score_view(curve.metric, &point.score);
    rows.push_back({{"label", point_label(results, point, example)},
                    {"realised", realised_text(results, point)},
                    {"value", shown["text"]},
                    {"why", shown["why"]},
                    {"floor", show(curve.metric, point.score.floor)},
                    {"skill", point.score.skill ? per_cent(*point.score.skill) : std::string(kDash)},
                    {"n", std::to_string(point.score.n)}});
  }
  if (is_reversed(results, curve)) std::reverse(rows.begin(), rows.end());
  return rows;
}

Modality modality_of_curve(const Results& results, const Curve& curve) {
  const CellResult* example = example_of(results, curve);
  return example == nullptr ? Modality::kCross : example->cell.modality;
}

Json figure_view(const Results& results, const Curve& curve) {
  Json out = name_view(curve.id);
  out["key"] = key_of(curve);
  out["modality"] = modality_title(modality_of_curve(results, curve));
  out["effect"] = label_effect_name(curve.label_effect);
  out["ignored"] = is_ignored(results, curve);
  out["axis"] = axis_title(curve, example_of(results, curve));
  out["metric"] = metric_title(curve.metric);
  out["area"] = show_interval("", curve.auc);  // metric times level: no share, whatever the metric is
  out["normalised"] = show(curve.metric, curve.auc_normalised);
  out["worst"] = show(curve.metric, curve.worst);
  out["retention"] = curve.retention ? per_cent(*curve.retention) : std::string(kDash);
  out["retention_why"] = curve.retention_why;
  out["points"] = points_view(results, curve);
  return out;
}

}  // namespace

Json curves_view(const Results& results) {
  Json figures = Json::array();
  for (const Modality modality : {Modality::kText, Modality::kAudio, Modality::kVideo, Modality::kCross}) {
    for (const Curve& curve : results.curves) {
      if (curve.metric != results.primary || modality_of_curve(results, curve) != modality) continue;
      figures.push_back(figure_view(results, curve));
    }
  }
  return {{"has_curves", !figures.empty()},
          {"has_chooser", metrics_of(results).size() > 1},
          {"figures", std::move(figures)}};
}

Json curves_data(const Results& results) {
  Json metrics = Json::array();
  for (const std::string& metric : metrics_of(results)) {
    metrics.push_back({{"name", metric}, {"title", metric_title(metric)}, {"share", is_share(metric)}});
  }
  Json curves = Json::array();
  for (const Curve& curve : results.curves) {
    const CellResult* example = example_of(results, curve);
    Json points = Json::array();
    for (const CurvePoint& point : curve.points) {
      points.push_back({{"x", number(point.x)},
                        {"label", point_label(results, point, example)},
                        {"value", number(point.score.value)},
                        {"low", number(point.score.low)},
                        {"high", number(point.score.high)},
                        {"floor", number(point.score.floor)}});
    }
    const bool reversed = is_reversed(results, curve);
    if (reversed) std::reverse(points.begin(), points.end());
    curves.push_back({{"key", key_of(curve)},
                      {"metric", curve.metric},
                      {"axis", axis_title(curve, example)},
                      {"reversed", reversed},
                      {"ignored", is_ignored(results, curve)},
                      {"clean", number(clean_value(results, curve, example))},
                      {"points", std::move(points)}});
  }
  return {{"primary", results.primary}, {"metrics", std::move(metrics)}, {"curves", std::move(curves)}};
}

}  // namespace shakedown::reports
