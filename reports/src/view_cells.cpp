#include <algorithm>

#include "cells.h"
#include "figures.h"
#include "shakedown/core/text.h"
#include "views.h"

namespace shakedown::reports {
namespace {

/// A table cell with its number for sorting; `sort` is empty where there is none.
Json figure(std::string text, const std::optional<double>& sort) {
  return {{"text", std::move(text)}, {"sort", sort ? exact(*sort) : ""}};
}

Json count(std::size_t n) {
  return figure(std::to_string(n), static_cast<double>(n));
}

Json flip(const CellResult& cell, const std::string& name) {
  const auto found = cell.flips.find(name);
  if (found == cell.flips.end() || !found->second.value) return figure(std::string(kDash), std::nullopt);
  return figure(show(name, *found->second.value), found->second.value);
}

std::string flags(const CellResult& cell) {
  std::vector<std::string> words;
  if (!cell.cell.valid) words.emplace_back("beyond the valid dose");
  if (cell.weak) words.emplace_back("weak: many skipped");
  if (cell.vacuous) words.emplace_back("modality ignored");
  return join(words, "; ");
}

std::string reasons(const CellResult& cell) {
  std::vector<std::string> parts;
  for (const auto& [reason, n] : cell.reasons) parts.push_back(std::to_string(n) + " \u00D7 " + reason);
  return join(parts, "; ");
}

Json cell_row(const Results& results, const CellResult& cell) {
  const Score* score = score_of(cell, results.primary);
  const Json shown = score_view(results.primary, score);
  const auto change = change_of(results, cell, results.primary);
  const std::string note = flags(cell);
  Json out = name_view(cell.cell.id);
  out["effect"] = cell.cell.clean() ? std::string_view("reference") : label_effect_name(cell.cell.label_effect);
  out["class"] = cell.vacuous ? "vacuous" : "";
  out["has_flags"] = !note.empty();
  out["flags"] = note;
  out["n"] = count(cell.n);
  out["applied"] = count(cell.applied);
  out["unchanged"] = count(cell.unchanged);
  out["ineligible"] = count(cell.ineligible);
  out["skipped"] = count(cell.skipped);
  out["failed"] = count(cell.failed);
  out["requested"] = figure(show_dose(cell.cell.dose, cell.cell.dose.requested), cell.cell.dose.requested);
  out["realised"] = figure(show_measured(cell.cell.dose, cell.dose.mean), cell.dose.mean);
  out["value"] = shown;
  const std::string interval = change_interval(results.primary, cell.change);
  out["change"] = figure(
      change ? show_change(results.primary, *change) + (interval.empty() ? "" : " " + interval) : std::string(kDash),
      change);
  const std::optional<double> floor = score == nullptr ? std::nullopt : score->floor;
  const std::optional<double> skill = score == nullptr ? std::nullopt : score->skill;
  out["floor"] = figure(show(results.primary, floor), floor);
  out["skill"] = figure(skill ? per_cent(*skill) : std::string(kDash), skill);
  out["flips"] = flip(cell, "all");
  out["harmful"] = flip(cell, "harmful");
  out["beneficial"] = flip(cell, "beneficial");
  return out;
}

std::string measures(const CellResult& cell) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : cell.measures) parts.push_back(name + " " + plain(value));
  return join(parts, "; ");
}

/// "against clean#0: change -.02, flips 12 %", where the reference is another.
std::string from_stored(const Results& results, const CellResult& cell) {
  if (cell.flips_from_stored.empty()) return "";
  const auto& change = cell.change_from_stored.value;
  const auto& flips = cell.flips_from_stored.at("all").value;
  return "against clean#0: change " + (change ? show_change(results.primary, *change) : std::string(kDash)) +
         ", flips " + (flips ? show("all", *flips) : std::string(kDash));
}

Json dose_row(const Results& results, const CellResult& cell) {
  DoseInfo dose = cell.cell.dose;
  const std::string share = dose.unit.empty() ? "of eligible units" : "of eligible, " + dose.unit;
  Json out = name_view(cell.cell.id);
  out["dose"] = dose.name.empty() ? std::string(kDash) : dose.name;
  out["unit"] = dose.fraction ? share : dose.unit;
  dose.unit.clear();  // it has a column of its own here
  const auto measured = [&](const std::optional<double>& value) { return figure(show_measured(dose, value), value); };
  out["requested"] = figure(show_dose(dose, dose.requested), dose.requested);
  out["realised"] = measured(cell.dose.mean);
  out["least"] = measured(cell.dose.min);
  out["most"] = measured(cell.dose.max);
  out["effective"] = measured(cell.dose.effective);
  out["of_all"] = figure(cell.dose.of_all ? per_cent(*cell.dose.of_all) : std::string(kDash), cell.dose.of_all);
  out["beyond"] = figure(per_cent(cell.dose.beyond), cell.dose.beyond);
  out["reasons"] = reasons(cell);
  const std::string stored = from_stored(results, cell);
  out["measures"] = join({measures(cell), stored}, stored.empty() || cell.measures.empty() ? "" : "; ");
  return out;
}

Json direction_row(const CellResult& cell) {
  const auto shown = [&](const std::string& name) {
    const auto found = cell.direction.find(name);
    return score_view(name, found == cell.direction.end() ? nullptr : &found->second);
  };
  Json out = name_view(cell.cell.id);
  out["right"] = shown("moved_right");
  out["unmoved"] = shown("unmoved");
  out["wrong"] = shown("moved_wrong");
  const auto moved = cell.direction.find("moved_right");
  out["n"] = std::to_string(moved == cell.direction.end() ? 0 : moved->second.n);
  out["class"] = cell.vacuous ? "vacuous" : "";
  return out;
}

bool removes_a_modality(const CellResult& cell) {
  return !cell.cell.parts.empty() && cell.cell.parts.back().perturbation == "missing.modality";
}

/// One of the eight subsets by fill; donors and compositions stand in tables of their own.
bool is_subset(const CellResult& cell) {
  if (cell.cell.parts.size() != 1 || !removes_a_modality(cell)) return false;
  const auto by = cell.cell.parts.front().params.find("by");
  return by == cell.cell.parts.front().params.end() || by->second == "fill";
}

std::string kept(const CellResult& cell) {
  const auto& params = cell.cell.parts.front().params;
  const auto found = params.find("keep");
  if (found == params.end()) return cell.cell.id;
  return found->second.empty() || found->second == "none" ? "nothing" : found->second;
}

Json diagnostic_row(const Results& results, const CellResult& cell) {
  Json out = cell_row(results, cell);
  out["kept"] = cell.cell.clean() ? "everything (clean input)" : is_subset(cell) ? kept(cell) : "";
  return out;
}

}  // namespace

Json cells_view(const Results& results) {
  Json cells = Json::array(), doses = Json::array(), directional = Json::array();
  Json subsets = Json::array(), diagnostic = Json::array();
  for (const CellResult& cell : results.cells) {
    cells.push_back(cell_row(results, cell));
    const bool dosed = !cell.cell.dose.name.empty() || !cell.reasons.empty() || !cell.measures.empty();
    if (dosed && (!cell.cell.clean() || cell.dose.mean)) doses.push_back(dose_row(results, cell));
    if (cell.cell.clean()) continue;
    if (cell.cell.label_effect == LabelEffect::kDirectional || !cell.direction.empty())
      directional.push_back(direction_row(cell));
    if (is_subset(cell)) {
      const CellResult* clean = clean_cell(results);
      if (subsets.empty() && clean != nullptr) subsets.push_back(diagnostic_row(results, *clean));
      subsets.push_back(diagnostic_row(results, cell));
    } else if (cell.cell.label_effect == LabelEffect::kDiagnostic && !removes_a_modality(cell)) {
      diagnostic.push_back(diagnostic_row(results, cell));
    }
  }
  return {{"cells", cells},
          {"has_doses", !doses.empty()},
          {"doses", doses},
          {"has_directional", !directional.empty()},
          {"directional", directional},
          {"has_subsets", !subsets.empty()},
          {"subsets", subsets},
          {"has_diagnostic", !diagnostic.empty()},
          {"diagnostic", diagnostic}};
}

}  // namespace shakedown::reports
