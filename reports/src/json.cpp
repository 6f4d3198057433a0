#include "cells.h"
#include "json_values.h"
#include "model_use.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

/// One perturbation: its parameters; a composition: those of all parts, the part's position in front.
Json params_json(const CellRow& cell) {
  Json out = Json::object();
  for (std::size_t i = 0; i < cell.parts.size(); ++i) {
    const std::string prefix = cell.parts.size() > 1 ? std::to_string(i) + "." : "";
    for (const auto& [name, value] : cell.parts[i].params) out[prefix + name] = value;
  }
  return out;
}

Json parts_json(const CellRow& cell) {
  Json out = Json::array();
  for (const PartRow& part : cell.parts) {
    out.push_back({{"perturbation", part.perturbation},
                   {"version", part.version},
                   {"modality", modality_name(part.modality)},
                   {"params", part.params}});
  }
  return out;
}

Json dose_json(const DoseInfo& info, const DoseSummary& dose) {
  return {{"name", info.name},
          {"unit", info.unit},
          {"fraction", info.fraction},
          {"requested", number(info.requested)},
          {"realised", {{"mean", number(dose.mean)}, {"min", number(dose.min)}, {"max", number(dose.max)}}},
          {"effective", number(dose.effective)},
          {"of_all", number(dose.of_all)},
          {"beyond_input", number(dose.beyond)}};
}

/// {labels: rows and columns, counts: [label][decision]}; null for regression and cells that no label judges.
Json confusion_json(const CellResult& result, const Task& task) {
  if (result.confusion.empty()) return nullptr;
  return {{"labels", task.labels}, {"counts", result.confusion}};
}

/// Against the input as it is stored, where the reference is another; else null.
Json from_stored_json(const CellResult& result) {
  if (result.flips_from_stored.empty()) return nullptr;
  return {{"reference", "clean#0"},
          {"change", score_json(result.change_from_stored)},
          {"flips", scores_json(result.flips_from_stored)}};
}

Json cell_json(const CellResult& result, const Task& task) {
  const CellRow& cell = result.cell;
  Json measures = Json::object();
  for (const auto& [name, value] : result.measures) measures[name] = number(value);
  return {{"id", cell.id},
          {"family", cell.family},
          {"definition", cell.definition},
          {"perturbation", perturbation_name(cell)},
          {"version", cell.parts.size() == 1 ? Json(cell.parts.front().version) : Json(nullptr)},
          {"modality", cell.clean() ? Json(nullptr) : Json(modality_name(cell.modality))},
          {"severity", number(cell.severity)},
          {"axis", cell.axis},
          {"level", number(cell.level)},
          {"params", params_json(cell)},
          {"parts", parts_json(cell)},
          {"replicate", cell.replicate},
          {"n", result.n},
          {"n_applied", result.applied},
          {"n_unchanged", result.unchanged},
          {"n_ineligible", result.ineligible},
          {"n_skipped", result.skipped},
          {"n_failed", result.failed},
          {"reasons", result.reasons},
          {"reference", cell.reference},
          {"dose", dose_json(cell.dose, result.dose)},
          {"measures", measures},
          {"label_effect", label_effect_name(cell.label_effect)},
          {"valid", cell.valid},
          {"weak", result.weak},
          {"vacuous", result.vacuous},
          {"metrics", scores_json(result.metrics)},
          {"metrics_applied", scores_json(result.metrics_applied)},
          {"change", cell.clean() ? Json(nullptr) : score_json(result.change)},
          {"detectable", number(result.detectable)},
          {"flips", scores_json(result.flips)},
          {"from_stored", from_stored_json(result)},
          {"direction", scores_json(result.direction)},
          {"confusion", confusion_json(result, task)}};
}

Json point_json(const CurvePoint& point) {
  Json out = {{"x", number(point.x)}, {"cell", point.cell}};
  out.update(score_json(point.score));
  return out;
}

Json curve_json(const Curve& curve) {
  Json points = Json::array();
  for (const CurvePoint& point : curve.points) points.push_back(point_json(point));
  Json grid = Json::array();
  for (const double x : curve.grid) grid.push_back(number(x));
  const Json area = score_json(curve.auc);
  Json out = {{"id", curve.id},
              {"perturbation", curve.perturbation},
              {"metric", curve.metric},
              {"axis", curve.axis},
              {"label_effect", label_effect_name(curve.label_effect)},
              {"points", points},
              {"grid", grid},
              {"auc", area["value"]},
              {"auc_interval", area["ci"]},
              {"auc_normalised", number(curve.auc_normalised)},
              {"skill", area["skill"]},
              {"worst", number(curve.worst)},
              {"retention", number(curve.retention)}};
  if (area.contains("why")) out["auc_why"] = area["why"];
  if (!curve.retention) {
    out["retention_why"] = curve.retention_why.empty() ? "undefined on these samples" : curve.retention_why;
  }
  return out;
}

Json summary_json(const Results& results) {
  Json out = Json::object();
  for (const auto& [name, score] : results.summary) {
    Json entry = score_json(score);
    const auto note = results.summary_notes.find(name);
    if (note != results.summary_notes.end()) entry["note"] = note->second;
    out[name] = std::move(entry);
  }
  return out;
}

Json warnings_json(const Results& results) {
  Json out = Json::array();
  for (const Warning& warning : all_warnings(results)) {
    out.push_back({{"id", warning.id}, {"message", warning.message}, {"cells", warning.cells}});
  }
  return out;
}

Json not_tested_json(const RunHeader& header) {
  Json out = Json::array();
  for (const NotTested& entry : header.not_tested) {
    out.push_back({{"what", entry.what}, {"reason", entry.reason}, {"enable", entry.enable}});
  }
  return out;
}

Json metrics_info_json(const Results& results) {
  Json out = Json::array();
  for (const MetricInfo& info : results.metrics_info) {
    out.push_back({{"name", info.name}, {"definition", info.definition}, {"higher_is_better", info.higher_is_better}});
  }
  return out;
}

Json clean_json(const Results& results) {
  const CellResult* clean = clean_cell(results);
  if (clean == nullptr) return nullptr;
  return {
      {"id", clean->cell.id}, {"n", clean->n}, {"groups", results.groups}, {"metrics", scores_json(clean->metrics)}};
}

Json test_json(const RuleTest& test) {
  return {{"name", test.name},
          {"baseline", number(test.baseline)},
          {"candidate", number(test.candidate)},
          {"difference", number(test.difference)},
          {"bounds", {number(test.low), number(test.high)}},
          {"standard_error", number(test.standard_error)},
          {"detectable", number(test.detectable)},
          {"p_value", number(test.p_value)},
          {"verdict", verdict_name(test.verdict)},
          {"note", test.note},
          {"n", test.n},
          {"groups", test.groups}};
}

Json rule_json(const RuleResult& rule) {
  Json tests = Json::array();
  for (const RuleTest& test : rule.tests) tests.push_back(test_json(test));
  return {{"name", rule.name},
          {"cells", rule.cells},
          {"metric", rule.metric},
          {"primary", rule.primary},
          {"guard", rule.guard},
          {"counts", rule.counts},
          {"bound", rule.bound},
          {"margin", number(rule.margin)},
          {"limit", number(rule.limit)},
          {"baseline", number(rule.baseline)},
          {"candidate", number(rule.candidate)},
          {"difference", number(rule.difference)},
          {"bounds", {number(rule.low), number(rule.high)}},
          {"standard_error", number(rule.standard_error)},
          {"detectable", number(rule.detectable)},
          {"design_effect", number(rule.design_effect)},
          {"p_value", number(rule.p_value)},
          {"p_of", rule.p_of},
          {"verdict", verdict_name(rule.verdict)},
          {"note", rule.note},
          {"hint", rule.hint},
          {"where", rule.where},
          {"n", rule.n},
          {"groups", rule.groups},
          {"tests", std::move(tests)}};
}

Json side_json(const RunHeader& header) {
  return {{"model", model_json(header)},
          {"data", data_json(header)},
          {"suite", suite_json(header)},
          {"settings", header.settings},
          {"environment", header.environment}};
}

Json slices_json(const Slices& slices) {
  Json scores = Json::array(), worst = Json::array();
  for (const Slice& slice : slices.slices) {
    scores.push_back({{"by", slice.by},
                      {"value", slice.value},
                      {"n", slice.n},
                      {"groups", slice.groups},
                      {"scores", scores_json(slice.scores)}});
  }
  for (const SliceFinding& finding : slices.worst) {
    worst.push_back({{"by", finding.by},
                     {"value", finding.value},
                     {"figure", finding.figure},
                     {"inside", number(finding.inside)},
                     {"outside", number(finding.outside)},
                     {"difference", number(finding.difference)},
                     {"ci", {number(finding.low), number(finding.high)}},
                     {"p_value", number(finding.p_value)},
                     {"q_value", number(finding.q_value)}});
  }
  return {{"searched", slices.searched}, {"worst", worst}, {"slices", scores}, {"notes", slices.notes}};
}

Json comparison_json(const Comparison& comparison) {
  Json rules = Json::array();
  for (const RuleResult& rule : comparison.rules) rules.push_back(rule_json(rule));
  return {{"schema", "shakedown.comparison/1"},
          {"verdict", comparison.verdict ? Json(verdict_name(*comparison.verdict)) : Json(nullptr)},
          {"verdict_text", comparison.verdict_text},
          {"interval", comparison.interval},
          {"confidence", comparison.confidence},
          {"inconclusive_fails", comparison.inconclusive_fails},
          {"rules", std::move(rules)},
          {"missing_in_candidate", comparison.missing_in_candidate},
          {"missing_in_baseline", comparison.missing_in_baseline},
          {"unpaired_samples", comparison.unpaired_samples},
          {"inputs_equal_to_rounding", comparison.inputs_equal_to_rounding},
          {"notes", comparison.notes},
          {"baseline", side_json(comparison.baseline)},
          {"candidate", side_json(comparison.candidate)}};
}

/// The comparison, the decisions that changed hands in every cell, and the answers of the cells that are shown.
Json pair_json(const RunPair& pair) {
  Json flips = Json::array(), shown = Json::array();
  for (const CellFlips& cell : pair.flips)
    flips.push_back({{"cell", cell.cell}, {"n", cell.n}, {"lost", cell.lost}, {"gained", cell.gained}});
  for (const PairedCell& cell : pair.shown) {
    Json answers = Json::array();
    for (const PairedAnswer& answer : cell.answers) {
      answers.push_back({{"sample", answer.sample},
                         {"label", answer.label},
                         {"baseline", number(answer.baseline)},
                         {"candidate", number(answer.candidate)},
                         {"baseline_right", answer.baseline_right},
                         {"candidate_right", answer.candidate_right}});
    }
    shown.push_back({{"cell", cell.cell}, {"why", cell.why}, {"samples", std::move(answers)}});
  }
  Json out = comparison_json(pair.comparison);
  out["flips"] = std::move(flips);
  out["answers"] = std::move(shown);
  return out;
}

}  // namespace

std::string to_json(const RunComparison& comparison) {
  const SideBySide& table = comparison.table;
  Json runs = Json::array(), rows = Json::array(), pairs = Json::array();
  for (const RunHeader& run : table.runs) runs.push_back(side_json(run));
  for (const RunPair& pair : comparison.pairs) {
    Json one = pair_json(pair);
    for (const char* key : {"schema", "baseline", "candidate"}) one.erase(key);  // of the whole file; in `runs`
    one["candidate"] = pair.candidate;
    pairs.push_back(std::move(one));
  }
  for (const SideBySide::Row& row : table.rows) {
    Json scores = Json::array();
    for (const Score& score : row.scores) scores.push_back(score_json(score));
    rows.push_back({{"name", row.name}, {"metric", row.metric}, {"note", row.note}, {"scores", scores}});
  }
  return to_text({{"schema", "shakedown.comparison/1"},
                  {"interval", table.interval},
                  {"rows", std::move(rows)},
                  {"notes", table.notes},
                  {"runs", std::move(runs)},
                  {"reference", comparison.reference},
                  {"pairs", std::move(pairs)}});
}

std::string to_json(const Results& results) {
  const RunHeader& header = results.header;
  Json data = data_json(header);
  data["samples"] = results.samples;
  data["groups"] = results.groups;
  Json cells = Json::array();
  for (const CellResult& cell : results.cells) cells.push_back(cell_json(cell, header.task));
  Json curves = Json::array();
  for (const Curve& curve : results.curves) curves.push_back(curve_json(curve));
  return to_text({{"schema", "shakedown.results/1"},
                  {"complete", results.complete},
                  {"model", model_json(header)},
                  {"data", std::move(data)},
                  {"suite", suite_json(header)},
                  {"settings", header.settings},
                  {"primary_metric", results.primary},
                  {"interval", results.interval},
                  {"clean", clean_json(results)},
                  {"cells", std::move(cells)},
                  {"curves", std::move(curves)},
                  {"summary", summary_json(results)},
                  {"slices", slices_json(results.slices)},
                  {"model_use", model_use_json(results.model_use)},
                  {"warnings", warnings_json(results)},
                  {"not_tested", not_tested_json(header)},
                  {"metrics_info", metrics_info_json(results)},
                  {"environment", header.environment},
                  {"timing", timing_json(header)}});
}

std::string to_json(const RunPair& pair) {
  return to_text(pair_json(pair));
}

std::string to_json(const Comparison& comparison) {
  return to_text(comparison_json(comparison));
}

std::string to_json(const GatePlan& plan) {
  Json rows = Json::array();
  for (const GatePlan::Row& row : plan.rows) {
    rows.push_back({{"rule", row.rule},
                    {"bound", row.bound},
                    {"test", row.test},
                    {"tests", row.tests},
                    {"allowed", number(row.allowed)},
                    {"standard_error", number(row.standard_error)},
                    {"detectable", number(row.detectable)},
                    {"below", row.below},
                    {"why", row.why},
                    {"n", row.n},
                    {"groups", row.groups}});
  }
  return to_text({{"schema", "shakedown.plan/1"},
                  {"basis", plan.basis},
                  {"confidence", plan.confidence},
                  {"rules", std::move(rows)},
                  {"notes", plan.notes},
                  {"run", side_json(plan.run)}});
}

}  // namespace shakedown::reports
