#include "cells.h"

#include <algorithm>

#include "figures.h"
#include "shakedown/core/text.h"

namespace shakedown::reports {
namespace {

/// `text` as one word of a POSIX shell.
std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./@:=,+";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

}  // namespace

bool higher_is_better(const Results& results, const std::string& metric) {
  for (const MetricInfo& info : results.metrics_info) {
    if (info.name == metric) return info.higher_is_better;
  }
  return metric != "mae" && metric != "ece" && metric != "brier" && metric != "nll";
}

std::string modality_title(Modality modality) {
  return modality == Modality::kCross ? "several modalities" : std::string(modality_name(modality));
}

std::string perturbation_name(const CellRow& cell) {
  if (cell.clean()) return "clean";
  std::vector<std::string> names;
  for (const PartRow& part : cell.parts) names.push_back(part.perturbation);
  return join(names, "+");
}

bool is_scored(const CellResult& cell, LabelEffect effect) {
  const CellRow& row = cell.cell;
  return !row.clean() && row.label_effect == effect && row.valid && !cell.weak && !cell.vacuous;
}

bool counts(const CellResult& cell, LabelEffect effect) {
  const auto& parts = cell.cell.parts;
  return is_scored(cell, effect) && parts.size() == 1 && !parts.front().perturbation.starts_with("cross.");
}

const CellResult* clean_cell(const Results& results) {
  const auto found =
      std::find_if(results.cells.begin(), results.cells.end(), [](const CellResult& c) { return c.cell.clean(); });
  return found == results.cells.end() ? nullptr : &*found;
}

const CellResult* reference_of(const Results& results, const CellResult& cell) {
  const CellResult* named = cell.cell.reference.empty() ? nullptr : results.find(cell.cell.reference);
  return named != nullptr ? named : clean_cell(results);
}

const Score* score_of(const CellResult& cell, const std::string& metric) {
  const auto found = cell.metrics.find(metric);
  return found == cell.metrics.end() ? nullptr : &found->second;
}

std::optional<double> change_of(const Results& results, const CellResult& cell, const std::string& metric) {
  const CellResult* reference = reference_of(results, cell);
  if (reference == nullptr || reference == &cell) return std::nullopt;
  const Score* here = score_of(cell, metric);
  const Score* there = score_of(*reference, metric);
  if (here == nullptr || there == nullptr || !here->value || !there->value) return std::nullopt;
  return *here->value - *there->value;
}

bool is_significant(const CellResult& cell) {
  const Score& change = cell.change;
  return change.low && change.high &&
         (*change.low > 0 || *change.high < 0 || (*change.low == *change.high && *change.low != 0));
}

const CellResult* worst_cell(const Results& results) {
  const double sign = higher_is_better(results, results.primary) ? 1 : -1;
  const CellResult* worst = nullptr;
  double lowest = 0;
  for (const CellResult& cell : results.cells) {
    const Score* score = is_scored(cell, LabelEffect::kInvariant) ? score_of(cell, results.primary) : nullptr;
    if (score == nullptr || !score->value) continue;
    if (worst == nullptr || sign * *score->value < lowest) {
      worst = &cell;
      lowest = sign * *score->value;
    }
  }
  return worst;
}

std::string level_value(const CellRow& cell, double level) {
  if (cell.axis != cell.dose.name) return show_dose(DoseInfo{}, level);
  DoseInfo dose = cell.dose;
  if (dose.fraction) {  // levels are round numbers: "30 %" rather than the "30.0 %" of a measured share
    dose.fraction = false;
    dose.unit = "%";
    level *= 100;
  }
  return show_dose(dose, level);
}

std::string level_text(const CellRow& cell) {
  if (!cell.level) return "";
  return (cell.axis.empty() ? "" : cell.axis + " ") + level_value(cell, *cell.level);
}

std::vector<Warning> all_warnings(const Results& results) {
  std::vector<Warning> warnings = results.warnings;
  for (const Warning& early : results.header.warnings) {
    const bool repeated = std::any_of(warnings.begin(), warnings.end(),
                                      [&](const Warning& w) { return w.id == early.id && w.message == early.message; });
    if (!repeated) warnings.push_back(early);
  }
  return warnings;
}

std::vector<std::string> incomplete_cells(const Results& results) {
  std::vector<std::string> cells;
  if (results.complete) return cells;
  for (const Warning& warning : all_warnings(results)) {
    if (warning.id.starts_with("incomplete")) cells.insert(cells.end(), warning.cells.begin(), warning.cells.end());
  }
  for (const CellResult& cell : results.cells) {
    if (cell.n + cell.failed < results.samples && std::find(cells.begin(), cells.end(), cell.cell.id) == cells.end()) {
      cells.push_back(cell.cell.id);
    }
  }
  return cells;
}

std::string reproduce_command(const RunHeader& header) {
  const auto recorded = header.settings.find("command_line");
  if (recorded != header.settings.end() && !recorded->second.empty()) return recorded->second;
  const auto name_of = [&](std::string_view role) -> std::string {
    for (const InputFile& file : header.inputs) {
      if (file.role == role) return file.name;
    }
    return "";
  };
  const std::string manifest = name_of("manifest");
  const std::string model = manifest.empty() ? name_of("model") : manifest;
  std::string line = "shakedown run --model " + shell_word(model.empty() ? header.model_name : model);
  const std::string data = name_of("data");
  const std::string suite = name_of("suite");
  line += " --data " + shell_word(data.empty() ? header.data_name : data);
  line += " --suite " + shell_word(suite.empty() ? header.suite_name : suite);
  line += " --split " + shell_word(header.split) + " --seed " + std::to_string(header.seed);
  const auto batch = header.settings.find("batch_size");
  if (batch != header.settings.end()) line += " --batch-size " + shell_word(batch->second);
  return line + " --out RUN";
}

}  // namespace shakedown::reports
