#include <algorithm>
#include <cmath>

#include "cells.h"
#include "figures.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/report.h"
#include "views.h"

namespace shakedown::reports {
namespace {

/// True for metrics with a name in words; the contract's own names ("acc2_non0") keep their spelling.
bool is_named(const std::string& metric) {
  return metric_title(metric) != metric;
}

std::string skill_text(const std::optional<double>& skill) {
  return skill ? per_cent(*skill) : std::string(kDash);
}

Json key_figure(const Results& results, const std::string& title, const Score& score, const std::string& note) {
  const CellResult* clean = clean_cell(results);
  const Score* reference = clean == nullptr ? nullptr : score_of(*clean, results.primary);
  const bool ratio = title.find("mCE") != std::string::npos;  // not in the metric's unit
  const bool comparable = reference != nullptr && reference->value && score.value && &score != reference && !ratio;
  const Json shown = score_view(ratio ? "mCE" : results.primary, &score);
  return {{"title", title},
          {"value", shown["text"]},
          {"why", shown["why"]},
          {"has_why", !score.value},
          {"change", comparable ? show_change(results.primary, *score.value - *reference->value) : std::string(kDash)},
          {"skill", skill_text(score.skill)},
          {"floor", show(results.primary, score.floor)},
          {"n", std::to_string(score.n)},
          {"note", note}};
}

/// "stress_mean[audio]" as a row title: "Stress mean, audio".
std::string summary_title(const std::string& key) {
  for (const auto& [base, title] : {std::pair<std::string_view, std::string>{"stress_mean", "Stress mean"},
                                    {"information_loss", "Information loss"},
                                    {"relative_mCE", "Relative mCE"},
                                    {"mCE", "mCE"},
                                    {"worst", "Worst cell"}}) {
    if (!key.starts_with(base)) continue;
    std::string part = key.substr(base.size());
    if (part.starts_with('[') && part.ends_with(']')) part = part.substr(1, part.size() - 2);
    if (part.starts_with('_')) part.erase(0, 1);
    if (part.starts_with("ref=")) part = "against " + part.substr(4);
    if (part == "cross") part = modality_title(Modality::kCross);
    return part.empty() ? title : title + ", " + part;
  }
  return key;
}

std::string summary_note(const Results& results, const std::string& key) {
  const auto note = results.summary_notes.find(key);
  if (note != results.summary_notes.end()) return note->second;
  if (key == "worst") {
    const CellResult* worst = worst_cell(results);
    return worst == nullptr ? "" : worst->cell.id;
  }
  return "";
}

Json key_figures(const Results& results) {
  Json rows = Json::array();
  const CellResult* clean = clean_cell(results);
  if (clean != nullptr) {
    const Score* score = score_of(*clean, results.primary);
    if (score != nullptr) rows.push_back(key_figure(results, "Clean input", *score, "the input as stored"));
  }
  // The whole before its parts, and these in the order in which the design names them.
  std::vector<std::string> keys;
  for (const std::string_view base : {"stress_mean", "worst", "information_loss"}) {
    for (const auto& [key, score] : results.summary) {
      if (key.starts_with(base)) keys.push_back(key);
    }
  }
  for (const auto& [key, score] : results.summary) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  for (const std::string& key : keys) {
    rows.push_back(key_figure(results, summary_title(key), results.summary.at(key), summary_note(results, key)));
  }
  return rows;
}

Json warnings_view(const Results& results) {
  Json out = Json::array();
  for (const Warning& warning : all_warnings(results)) {
    constexpr std::size_t kNamed = 6;  // a warning over a whole family would fill the page with ids
    const std::vector<std::string> named(
        warning.cells.begin(),
        warning.cells.begin() + static_cast<std::ptrdiff_t>(std::min(kNamed, warning.cells.size())));
    std::string cells = join(named, ", ");
    if (warning.cells.size() > kNamed) cells += " and " + std::to_string(warning.cells.size() - kNamed) + " more";
    out.push_back({{"id", warning.id}, {"message", warning.message}, {"has_cells", !cells.empty()}, {"cells", cells}});
  }
  return out;
}

Json banner(const Results& results) {
  const std::vector<std::string> cells = incomplete_cells(results);
  return {{"show", !results.complete}, {"has_cells", !cells.empty()}, {"cells", join(cells, ", ")}};
}

}  // namespace

Json name_view(const std::string& id) {
  const std::size_t split_at = std::min(id.find_first_of("[@#"), id.size());
  const std::size_t dot = id.find('.');
  const std::size_t name_at = dot < split_at ? dot + 1 : 0;
  return {{"prefix", id.substr(0, name_at)},
          {"name", id.substr(name_at, split_at - name_at)},
          {"has_rest", split_at < id.size()},
          {"rest", id.substr(split_at)},
          {"id", id}};
}

Json score_view(const std::string& metric, const Score* score) {
  if (score == nullptr) return {{"text", kDash}, {"why", "not computed for this cell"}, {"sort", ""}};
  std::string why = score->why;
  if (why.empty() && !score->value) why = "undefined on these samples";
  return {{"text", show_interval(metric, *score)}, {"why", why}, {"sort", score->value ? exact(*score->value) : ""}};
}

Json overview_view(const Results& results) {
  const RunHeader& header = results.header;
  const CellResult* clean = clean_cell(results);
  const Score* score = clean == nullptr ? nullptr : score_of(*clean, results.primary);
  const bool has_floor = score != nullptr && score->floor.has_value();
  const bool regression = header.task.kind == Task::Kind::kRegression;
  const Json warnings = warnings_view(results);
  std::vector<std::string> verdict = verdict_sentences(results);
  if (!results.complete) verdict.erase(verdict.begin());  // the banner says it, and names the cells
  return {{"model", header.model_name},
          {"data", header.data_name},
          {"split", header.split},
          {"suite", header.suite_version.empty() ? header.suite_name : header.suite_name + "@" + header.suite_version},
          {"task", regression ? "regression, label " + header.task.label + ", convention " + header.task.convention
                              : "classification, label " + header.task.label + ", " +
                                    counted(header.task.labels.size(), "class", "classes")},
          {"size", counted(results.samples, "sample", "samples") + " in " + counted(results.groups, "group", "groups") +
                       ", " + counted(results.cells.size(), "cell", "cells")},
          {"verdict", verdict},
          {"banner", banner(results)},
          {"has_warnings", !warnings.empty()},
          {"warnings", warnings},
          {"primary", metric_title(results.primary)},
          {"primary_start", is_named(results.primary) ? capital(metric_title(results.primary)) : results.primary},
          {"primary_name", results.primary},
          {"primary_unit", metric_unit(results.primary).empty() ? "" : " (" + metric_unit(results.primary) + ")"},
          {"direction", higher_is_better(results, results.primary) ? "higher is better" : "lower is better"},
          {"interval", results.interval},
          {"has_interval", !results.interval.empty()},
          {"has_floor", has_floor},
          {"floor", has_floor ? show(results.primary, *score->floor) : ""},
          {"floor_clause", floor_clause(results.primary)},
          {"key_figures", key_figures(results)}};
}

}  // namespace shakedown::reports
