#include "shakedown/core/csv.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "cells.h"
#include "figures.h"
#include "safe_text.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

/// Rows of fields, joined and quoted in one place. Lines end in LF, the last one included.
class CsvWriter {
 public:
  CsvWriter& field(std::string_view text) {
    if (!first_) text_ += ',';
    first_ = false;
    text_ += csv_field(text);
    return *this;
  }
  CsvWriter& field(double value) { return field(exact(value)); }
  CsvWriter& field(const std::optional<double>& value) { return value ? field(*value) : field(std::string_view()); }
  CsvWriter& field(std::size_t value) { return field(std::to_string(value)); }
  void end_row() {
    text_ += '\n';
    first_ = true;
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
  bool first_ = true;
};

void cell_columns(CsvWriter& csv, const CellResult& result) {
  const CellRow& cell = result.cell;
  csv.field(cell.id).field(perturbation_name(cell)).field(cell.clean() ? "" : modality_name(cell.modality));
  csv.field(label_effect_name(cell.label_effect)).field(cell.axis).field(cell.level).field(cell.severity);
  csv.field(static_cast<std::size_t>(cell.replicate)).field(cell.reference);
  csv.field(result.applied).field(result.unchanged).field(result.ineligible).field(result.skipped);
  csv.field(result.failed).field(cell.dose.name).field(cell.dose.unit).field(cell.dose.requested);
  csv.field(result.dose.mean).field(result.dose.min).field(result.dose.max).field(result.dose.effective);
  csv.field(cell.valid ? "1" : "0").field(result.weak ? "1" : "0").field(result.vacuous ? "1" : "0");
}

void score_rows(CsvWriter& csv, const CellResult& cell, std::string_view over, const Scores& scores) {
  for (const auto& [name, score] : scores) {
    cell_columns(csv, cell);
    csv.field(over).field(name).field(score.value).field(score.low).field(score.high);
    csv.field(score.floor).field(score.skill).field(score.n).field(score.why).end_row();
  }
}

bool selected(const std::vector<std::string>& only, const std::string& id) {
  return only.empty() || std::any_of(only.begin(), only.end(), [&](const auto& glob) { return glob_match(glob, id); });
}

/// The label as the task reads it: a class name, or a number.
std::string label_text(const Task& task, const SampleRow& sample) {
  const auto found = sample.labels.find(task.label);
  if (found == sample.labels.end()) return "";
  const Label& label = found->second;
  return task.kind == Task::Kind::kClassification && !label.name.empty() ? label.name : exact(label.value);
}

/// A number, or the class with the largest output; the first of equal ones, as argmax does.
std::string prediction_text(const Task& task, std::span<const double> outputs) {
  if (outputs.empty()) return "";
  if (task.kind == Task::Kind::kRegression) return exact(outputs.front());
  const auto best = static_cast<std::size_t>(std::max_element(outputs.begin(), outputs.end()) - outputs.begin());
  return best < task.labels.size() ? task.labels[best] : std::to_string(best);
}

/// The sample's own dose; for fractions the share of its eligible units that was taken.
std::optional<double> sample_dose(const CellRow& cell, const Dose& dose) {
  if (!std::isnan(dose.realised)) return dose.realised;
  if (cell.dose.fraction && dose.eligible > 0) return dose.taken / dose.eligible;
  return std::nullopt;
}

std::size_t output_columns(const RunData& run) {
  std::size_t columns = 0;
  for (const auto& cell : run.outcomes) {
    for (const Outcome& outcome : cell) columns = std::max(columns, outcome.outputs.size());
  }
  return columns;
}

}  // namespace

std::string to_csv(const Results& results) {
  CsvWriter csv;
  for (const std::string_view column :
       {"cell",      "perturbation",  "modality",     "label_effect", "axis",      "level",    "severity", "replicate",
        "reference", "n_applied",     "n_unchanged",  "n_ineligible", "n_skipped", "n_failed", "dose",     "unit",
        "requested", "realised_mean", "realised_min", "realised_max", "effective", "valid",    "weak",     "vacuous",
        "over",      "metric",        "value",        "ci_low",       "ci_high",   "floor",    "skill",    "n",
        "why"}) {
    csv.field(column);
  }
  csv.end_row();
  for (const CellResult& cell : results.cells) {
    score_rows(csv, cell, "all", cell.metrics);
    score_rows(csv, cell, "applied", cell.metrics_applied);
    score_rows(csv, cell, "flips", cell.flips);
    score_rows(csv, cell, "flips_from_stored", cell.flips_from_stored);
    score_rows(csv, cell, "direction", cell.direction);
  }
  // Slices of the clean input; those of means stand in the JSON.
  for (const Slice& slice : results.slices.slices) {
    const auto clean = slice.scores.find("clean");
    if (clean == slice.scores.end() || results.cells.empty()) continue;
    score_rows(csv, results.cells.front(), slice.by + ": " + slice.value, {{results.primary, clean->second}});
  }
  return csv.take();
}

std::string dump_csv(const RunData& run, const std::vector<std::string>& only) {
  const std::size_t columns = output_columns(run);
  CsvWriter csv;
  for (const std::string_view column : {"cell", "sample", "group", "state", "label", "prediction"}) csv.field(column);
  for (std::size_t k = 0; k < columns; ++k) csv.field("output_" + std::to_string(k));
  csv.field("dose").end_row();

  bool any = only.empty();
  for (std::size_t c = 0; c < run.cells.size(); ++c) {
    const CellRow& cell = run.cells[c];
    if (!selected(only, cell.id)) continue;
    any = true;
    for (std::size_t s = 0; c < run.outcomes.size() && s < run.outcomes[c].size(); ++s) {
      const Outcome& outcome = run.outcomes[c][s];
      const SampleRow& sample = run.samples.at(s);
      csv.field(cell.id).field(sample.id).field(sample.group).field(state_name(outcome.state));
      csv.field(label_text(run.header.task, sample)).field(prediction_text(run.header.task, outcome.outputs));
      for (std::size_t k = 0; k < columns; ++k) {
        csv.field(k < outcome.outputs.size() ? exact(outcome.outputs[k]) : std::string());
      }
      csv.field(sample_dose(cell, outcome.dose)).end_row();
    }
  }
  if (!any) {
    throw Error(ErrorKind::kUsage, "dump --only " + join(only, " --only ") + ": no cell of this run matches");
  }
  return csv.take();
}

}  // namespace shakedown::reports
