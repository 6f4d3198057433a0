#include <algorithm>

#include "cells.h"
#include "comparisons.h"
#include "figures.h"
#include "safe_text.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

constexpr std::size_t kRows = 10;  ///< of the longer tables: a summary is read in a pull request

/// One table row; the fields are already escaped.
std::string row(const std::vector<std::string>& fields) {
  std::string out = "|";
  for (const std::string& field : fields) out += " " + field + " |";
  return out + "\n";
}

std::string header_row(const std::vector<std::string>& names, std::size_t text_columns) {
  std::string out = row(names) + "|";
  for (std::size_t i = 0; i < names.size(); ++i) out += i < text_columns ? " --- |" : " ---: |";
  return out + "\n";
}

/// Cells by how much worse than their reference, the worst first; diagnostic and directional ones apart.
std::vector<std::pair<double, const CellResult*>> by_damage(const Results& results) {
  std::vector<std::pair<double, const CellResult*>> out;
  const double sign = higher_is_better(results, results.primary) ? 1 : -1;
  for (const CellResult& cell : results.cells) {
    if (!counts(cell, LabelEffect::kInvariant) && !counts(cell, LabelEffect::kUnknowable)) continue;
    const auto change = change_of(results, cell, results.primary);
    if (change) out.emplace_back(sign * *change, &cell);
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

std::string key_table(const Results& results) {
  std::string out = header_row({"", metric_title(results.primary) + " [95 % interval]"}, 1);
  const CellResult* clean = clean_cell(results);
  const Score* score = clean == nullptr ? nullptr : score_of(*clean, results.primary);
  if (score != nullptr) {
    out += row({"clean", show_interval(results.primary, *score)});
    if (score->floor)
      out += row({"floor (" + floor_clause(results.primary) + ")", show(results.primary, *score->floor)});
  }
  for (const auto& [key, value] : results.summary) {
    out += row({markdown_code(key), show_interval(results.primary, value)});
  }
  return out;
}

std::string damage_table(const Results& results) {
  const auto cells = by_damage(results);
  if (cells.empty()) return "";
  std::string out = "\n### Largest losses\n\n";
  out += header_row({"cell", "label effect", metric_title(results.primary) + " [95 % interval]", "change", "n"}, 2);
  for (std::size_t i = 0; i < std::min(kRows, cells.size()); ++i) {
    const CellResult& cell = *cells[i].second;
    const Score& score = *score_of(cell, results.primary);
    out += row({markdown_code(cell.cell.id), std::string(label_effect_name(cell.cell.label_effect)),
                show_interval(results.primary, score),
                show_change(results.primary, change_of(results, cell, results.primary).value_or(0)),
                std::to_string(score.n)});
  }
  if (cells.size() > kRows) out += "\n" + std::to_string(cells.size() - kRows) + " further cells are in the report.\n";
  return out;
}

std::string slice_table(const Results& results) {
  const std::vector<SliceFinding>& worst = results.slices.worst;
  if (worst.empty()) return "";
  std::string out = "\n### Slices that score worse than the rest\n\n";
  out += header_row({"slice", "figure", metric_title(results.primary), "on the rest", "q"}, 2);
  for (std::size_t i = 0; i < std::min(kRows, worst.size()); ++i) {
    const SliceFinding& finding = worst[i];
    out +=
        row({markdown_escape(finding.by + ": " + finding.value), markdown_code(finding.figure),
             show(results.primary, finding.inside), show(results.primary, finding.outside), fixed(finding.q_value, 4)});
  }
  if (worst.size() > kRows) out += "\n" + std::to_string(worst.size() - kRows) + " further ones are in the report.\n";
  return out;
}

}  // namespace

std::string to_markdown(const SideBySide& table) {
  std::string out = "## " + counted(table.runs.size(), "run", "runs") + " side by side\n\n";
  std::vector<std::string> head = {"figure [95 % interval]", "metric"};
  for (const RunHeader& run : table.runs) head.push_back(markdown_escape(run.model_name));
  out += header_row(head, 2);
  for (const SideBySide::Row& line : table.rows) {
    std::vector<std::string> fields = {markdown_code(line.name), markdown_code(line.metric)};
    for (const Score& score : line.scores) fields.push_back(show_interval(line.metric, score));
    out += row(fields);
  }
  out += "\nIntervals: " + markdown_escape(table.interval) + ".\n";
  for (const SideBySide::Row& line : table.rows) {
    if (!line.note.empty()) out += "- " + markdown_code(line.name) + ": " + markdown_escape(line.note) + "\n";
  }
  for (const std::string& note : table.notes) out += "- " + markdown_escape(note) + "\n";
  return out;
}

std::string to_markdown(const Results& results) {
  const RunHeader& header = results.header;
  std::string out =
      "## Robustness of " + markdown_escape(header.model_name) + " on " + markdown_escape(header.data_name) + "\n\n";
  for (const std::string& sentence : verdict_sentences(results)) out += markdown_escape(sentence) + "\n";
  const std::vector<Warning> warnings = all_warnings(results);
  if (!warnings.empty()) out += "\n### Warnings\n\n";
  for (const Warning& warning : warnings) {
    out += "- " + markdown_code(warning.id) + ": " + markdown_escape(warning.message) + "\n";
  }
  out += "\n### Key figures\n\n" + key_table(results) + damage_table(results) + slice_table(results);
  if (!header.not_tested.empty()) out += "\n### Not tested\n\n";
  for (const NotTested& entry : header.not_tested) {
    out += "- " + markdown_code(entry.what) + ": " + markdown_escape(entry.reason);
    out += entry.enable.empty() ? "\n" : "; would be enabled by: " + markdown_escape(entry.enable) + "\n";
  }
  const std::string version = header.suite_version.empty() ? "" : "@" + header.suite_version;
  out += "\nSuite " + markdown_code(header.suite_name + version) + ", split " + markdown_escape(header.split) +
         ", seed " + std::to_string(header.seed) + ".\n";
  return out;
}

std::string to_markdown(const Comparison& comparison) {
  std::string out = "## " + markdown_escape(comparison.candidate.model_name) + " against " +
                    markdown_escape(comparison.baseline.model_name) + "\n\n";
  if (comparison.verdict) out += "**Gate: " + std::string(verdict_name(*comparison.verdict)) + "**\n\n";
  for (const std::string& sentence : comparison_sentences(comparison)) out += markdown_escape(sentence) + "\n";
  for (const std::string& cell : comparison.missing_in_candidate) {
    out += "- missing in the candidate: " + markdown_code(cell) + "\n";
  }
  for (const std::string& cell : comparison.missing_in_baseline) {
    out += "- missing in the baseline: " + markdown_code(cell) + "\n";
  }
  for (const std::string& note : comparison.notes) out += "- " + markdown_escape(note) + "\n";
  if (comparison.rules.empty()) return out;
  const bool gate = comparison.verdict.has_value();
  std::vector<std::string> head = {gate ? "rule" : "cell", "metric"};
  if (gate) head.emplace_back("verdict");
  const std::size_t text_columns = head.size();
  for (const char* name : {"baseline", "candidate", "difference (positive is better)"}) {
    head.emplace_back(name);
  }
  head.push_back(confidence_text(comparison) + " bounds");
  head.emplace_back("n");
  head.emplace_back("groups");
  if (gate) head.emplace_back("design effect");
  out += "\n" + header_row(head, text_columns);
  const auto rules = by_urgency(comparison);
  const std::size_t shown = std::min(rules.size(), std::size_t{5} * kRows);
  for (std::size_t i = 0; i < shown; ++i) {
    const RuleResult& rule = *rules[i];
    std::string name = markdown_code(rule.name);
    const std::string note = note_text(rule);
    if (!note.empty()) name += " (" + markdown_escape(note) + ")";
    std::vector<std::string> fields = {name, rule.metric.empty() ? std::string(kDash) : markdown_code(rule.metric)};
    if (gate) fields.emplace_back(verdict_name(rule.verdict));
    fields.push_back(show(rule.metric, rule.baseline));
    fields.push_back(show(rule.metric, rule.candidate));
    fields.push_back(rule.difference ? show_change(rule.metric, *rule.difference) : std::string(kDash));
    fields.push_back(bounds_text(rule));
    fields.push_back(std::to_string(rule.n));
    fields.push_back(std::to_string(rule.groups));
    if (gate) fields.push_back(rule.design_effect ? fixed(*rule.design_effect, 1) : std::string(kDash));
    out += row(fields);
  }
  if (rules.size() > shown) out += "\n" + std::to_string(rules.size() - shown) + " further rows are in the JSON.\n";
  return out;
}

}  // namespace shakedown::reports
