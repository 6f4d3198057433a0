#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "cells.h"
#include "figures.h"
#include "shakedown/core/text.h"
#include "views.h"

namespace shakedown::reports {
namespace {

constexpr int kSteps = 6;  // shades to either side, classes b1..b6 and g1..g6 of report.css

/// Replicates of one family at one level.
using Cells = std::vector<const CellResult*>;

struct Row {
  std::string family;
  Modality modality = Modality::kCross;
  LabelEffect effect = LabelEffect::kInvariant;
  std::vector<std::pair<double, Cells>> levels;  ///< as the suite orders them
};

struct Table {
  std::string axis;
  std::vector<Row> rows;
};

/// What the darkest shade stands for: all that the clean model gains over its floor, or, where that is
/// undefined, the largest change drawn.
struct Scale {
  double full = 0;
  bool by_floor = false;
};

bool is_drawn(const CellResult& cell) {
  const LabelEffect effect = cell.cell.label_effect;
  return !cell.cell.clean() && (effect == LabelEffect::kInvariant || effect == LabelEffect::kUnknowable);
}

std::vector<Table> tables_of(const Results& results) {
  std::vector<Table> tables;
  for (const CellResult& cell : results.cells) {
    if (!is_drawn(cell)) continue;
    const std::string axis = cell.cell.level ? cell.cell.axis : "";
    auto table = std::find_if(tables.begin(), tables.end(), [&](const Table& t) { return t.axis == axis; });
    if (table == tables.end()) table = tables.insert(tables.end(), Table{axis, {}});
    // A family may change its label effect with its level (a small occlusion is invariant): one row each.
    auto row = std::find_if(table->rows.begin(), table->rows.end(), [&](const Row& r) {
      return r.family == cell.cell.family && r.effect == cell.cell.label_effect;
    });
    if (row == table->rows.end()) {
      row =
          table->rows.insert(table->rows.end(), Row{cell.cell.family, cell.cell.modality, cell.cell.label_effect, {}});
    }
    const double level = cell.cell.level.value_or(0);
    auto at = std::find_if(row->levels.begin(), row->levels.end(), [&](const auto& l) { return l.first == level; });
    if (at == row->levels.end()) at = row->levels.insert(row->levels.end(), {level, {}});
    at->second.push_back(&cell);
  }
  for (Table& table : tables) {
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const Row& a, const Row& b) {
      return std::tie(a.modality, a.effect) < std::tie(b.modality, b.effect);
    });
  }
  return tables;
}

/// Levels of all rows in the suite's direction, mild to severe as its first ladder has them.
std::vector<double> columns_of(const Table& table) {
  std::vector<double> levels;
  bool falling = false, known = false;
  for (const Row& row : table.rows) {
    if (!known && row.levels.size() > 1) {
      falling = row.levels.front().first > row.levels.back().first;
      known = true;
    }
    for (const auto& [level, cells] : row.levels) {
      if (std::find(levels.begin(), levels.end(), level) == levels.end()) levels.push_back(level);
    }
  }
  std::sort(levels.begin(), levels.end());
  if (falling) std::reverse(levels.begin(), levels.end());
  return levels;
}

std::optional<double> mean_change(const Results& results, const Cells& cells) {
  double sum = 0;
  for (const CellResult* cell : cells) {
    const auto change = change_of(results, *cell, results.primary);
    if (!change) return std::nullopt;
    sum += *change;
  }
  return sum / static_cast<double>(cells.size());
}

Scale scale_of(const Results& results, const std::vector<Table>& tables) {
  const CellResult* clean = clean_cell(results);
  const Score* score = clean == nullptr ? nullptr : score_of(*clean, results.primary);
  if (score != nullptr && score->value && score->floor && score->skill && *score->skill > 0) {
    return {std::abs(*score->value - *score->floor), true};
  }
  double largest = 0;
  for (const Table& table : tables) {
    for (const Row& row : table.rows) {
      for (const auto& [level, cells] : row.levels) {
        largest = std::max(largest, std::abs(mean_change(results, cells).value_or(0)));
      }
    }
  }
  return {largest, false};
}

std::string shade(const Results& results, double change, const Scale& scale) {
  if (scale.full <= 0 || show_change(results.primary, change).find_first_of("123456789") == std::string::npos) {
    return "z0";
  }
  const double share = std::min(1.0, std::abs(change) / scale.full);
  const int step = std::max(1, static_cast<int>(std::ceil(share * kSteps)));
  const bool better = (change > 0) == higher_is_better(results, results.primary);
  return (better ? "g" : "b") + std::to_string(step);
}

/// All that stands behind one shade, for the tooltip.
std::string tooltip(const Results& results, const Cells& cells) {
  const CellResult& first = *cells.front();
  const Score* score = score_of(first, results.primary);
  std::string text = first.cell.id + ": ";
  if (score == nullptr || !score->value) {
    return text + (score == nullptr || score->why.empty() ? "undefined" : score->why);
  }
  text += results.primary + " " + show_interval(results.primary, *score);
  if (score->floor) text += "; floor " + show(results.primary, *score->floor);
  text += "; n " + std::to_string(score->n);
  if (first.cell.axis != first.cell.dose.name && first.cell.dose.requested) {
    text += "; " + first.cell.dose.name + " " + show_dose(first.cell.dose, first.cell.dose.requested);
  }
  const CellResult* reference = reference_of(results, first);
  if (reference != nullptr) {
    text += "; change against " + reference->cell.id;
    if (first.change.low) text += " " + change_interval(results.primary, first.change);
  }
  if (cells.size() > 1) text += "; change is the mean of " + std::to_string(cells.size()) + " replicates";
  if (!first.cell.valid) text += "; beyond the valid dose";
  if (first.weak) text += "; weak: " + counted(first.skipped, "sample", "samples") + " skipped";
  if (first.vacuous) text += "; the model ignores this modality";
  return text;
}

Json cell_view(const Results& results, const Cells& cells, const Scale& scale) {
  const auto change = mean_change(results, cells);
  const CellResult& first = *cells.front();
  std::string classes = first.vacuous ? "vacuous" : change ? shade(results, *change, scale) : "undefined";
  if (!first.cell.valid) classes += " beyond";
  std::string marks;
  // Of replicates, which stand for each other, each by itself and to the same side.
  const bool beyond_noise = change && std::all_of(cells.begin(), cells.end(), [&](const CellResult* cell) {
                              return is_significant(*cell) && (*cell->change.value > 0) == (*change > 0);
                            });
  if (beyond_noise) marks += "*";
  if (!first.cell.valid) marks += "x";
  if (first.weak) marks += "w";
  if (first.vacuous) marks += "v";
  return {{"empty", false},
          {"class", classes},
          {"text", change ? show_change(results.primary, *change) : std::string(kDash)},
          {"has_marks", !marks.empty()},
          {"marks", marks},
          {"title", tooltip(results, cells)}};
}

Json row_view(const Results& results, const Row& row, const std::vector<double>& columns, const Scale& scale) {
  Json cells = Json::array();
  for (const double level : columns) {
    const auto at =
        std::find_if(row.levels.begin(), row.levels.end(), [&](const auto& entry) { return entry.first == level; });
    if (at == row.levels.end()) {
      cells.push_back(
          {{"empty", true}, {"class", ""}, {"text", ""}, {"has_marks", false}, {"marks", ""}, {"title", ""}});
    } else {
      cells.push_back(cell_view(results, at->second, scale));
    }
  }
  Json out = name_view(row.family);
  out["cells"] = std::move(cells);
  return out;
}

std::string group_title(const Row& row) {
  const std::string_view effect = row.effect == LabelEffect::kInvariant ? "label still holds" : "evidence removed";
  return modality_title(row.modality) + " \u00B7 " + std::string(effect) + " (" +
         std::string(label_effect_name(row.effect)) + ")";
}

Json table_view(const Results& results, const Table& table, const Scale& scale) {
  const std::vector<double> columns = columns_of(table);
  const CellRow& sample = table.rows.front().levels.front().second.front()->cell;
  Json levels = Json::array();
  for (const double level : columns) levels.push_back(table.axis.empty() ? "change" : level_value(sample, level));
  Json groups = Json::array();
  for (const Row& row : table.rows) {
    const std::string title = group_title(row);
    if (groups.empty() || groups.back()["title"] != title) {
      groups.push_back({{"title", title}, {"span", std::to_string(columns.size() + 1)}, {"rows", Json::array()}});
    }
    groups.back()["rows"].push_back(row_view(results, row, columns, scale));
  }
  return {{"axis", table.axis.empty() ? "Cells without a level" : "By " + table.axis},
          {"levels", levels},
          {"groups", groups}};
}

}  // namespace

Json heat_map_view(const Results& results) {
  const std::vector<Table> tables = tables_of(results);
  const Scale scale = scale_of(results, tables);
  Json out = Json::array();
  for (const Table& table : tables) out.push_back(table_view(results, table, scale));
  const std::string full = show_change(results.primary, scale.full);
  return {
      {"has_tables", !out.empty()},
      {"tables", out},
      {"scale", scale.by_floor ? "The darkest shade means a change of " + full.substr(full.starts_with('+') ? 1 : 0) +
                                     ": all that the model gains over " + floor_clause(results.primary) + "."
                               : "The darkest shade is the largest change in the table."}};
}

}  // namespace shakedown::reports
