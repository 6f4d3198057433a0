#include <algorithm>

#include "cells.h"
#include "figures.h"
#include "views.h"

namespace shakedown::reports {

Json numbers_view(const Results& results) {
  std::vector<std::string> metrics;
  for (const MetricInfo& info : results.metrics_info)
    if (info.name != results.primary) metrics.push_back(info.name);
  Json heads = Json::array(), rows = Json::array();
  for (const std::string& metric : metrics) heads.push_back(metric_title(metric));
  for (const CellResult& cell : results.cells) {
    if (metrics.empty() || cell.metrics.empty()) continue;
    Json scores = Json::array();
    for (const std::string& metric : metrics) scores.push_back(score_view(metric, score_of(cell, metric)));
    Json row = name_view(cell.cell.id);
    row["class"] = cell.vacuous ? "vacuous" : "";
    row["scores"] = std::move(scores);
    rows.push_back(std::move(row));
  }
  return {{"has_numbers", !rows.empty()}, {"number_heads", std::move(heads)}, {"numbers", std::move(rows)}};
}

}  // namespace shakedown::reports
