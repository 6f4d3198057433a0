#include "cells.h"
#include "figures.h"
#include "shakedown/core/text.h"
#include "views.h"

namespace shakedown::reports {
namespace {

Json pair(const std::string& name, const std::string& value) {
  return {{"name", name}, {"value", value}};
}

Json pairs(const std::map<std::string, std::string>& values) {
  Json out = Json::array();
  for (const auto& [name, value] : values) out.push_back(pair(name, value));
  return out;
}

/// Probe figures span many orders of magnitude: the shortest form shows 1e-07 as such.
std::string probe_text(double value) {
  return show_dose(DoseInfo{}, value);
}

}  // namespace

Json provenance_view(const RunHeader& header) {
  Json inputs = Json::array();
  for (const InputFile& file : header.inputs) {
    inputs.push_back({{"role", file.role}, {"name", file.name}, {"sha256", file.sha256}});
  }
  Json timing = Json::array();
  for (const auto& [key, seconds] : header.timing) {
    const std::string stage = key.ends_with("_s") ? key.substr(0, key.size() - 2) : key;  // the value says its unit
    timing.push_back(pair(stage == "wall" ? "wall clock" : stage + ", all workers", show_seconds(seconds)));
  }
  Json probes = Json::array();
  for (const auto& [name, value] : header.probes) probes.push_back(pair(name, probe_text(value)));
  std::map<std::string, std::string> shown = header.settings;
  shown.erase("command_line");  // it stands by itself
  shown.emplace("seed", std::to_string(header.seed));
  const Json settings = pairs(shown);
  return {{"inputs", inputs},
          {"settings", settings},
          {"environment", pairs(header.environment)},
          {"timing", timing},
          {"has_probes", !probes.empty()},
          {"probes", probes},
          {"has_trained_with", !header.trained_with.empty()},
          {"trained_with", join(header.trained_with, ", ")},
          {"has_notes", !header.data_notes.empty()},
          {"notes", header.data_notes},
          {"command", reproduce_command(header)}};
}

Json metrics_view(const Results& results) {
  const CellResult* clean = clean_cell(results);
  Json out = Json::array();
  for (const MetricInfo& info : results.metrics_info) {
    const Score* score = clean == nullptr ? nullptr : score_of(*clean, info.name);
    const Json shown = score_view(info.name, score);
    out.push_back({{"name", info.name},
                   {"primary", info.name == results.primary},
                   {"unit", metric_unit(info.name).empty() ? std::string(kDash) : metric_unit(info.name)},
                   {"value", shown["text"]},
                   {"why", shown["why"]},
                   {"floor", show(info.name, score == nullptr ? std::nullopt : score->floor)},
                   {"skill", score != nullptr && score->skill ? per_cent(*score->skill) : std::string(kDash)},
                   {"better", info.higher_is_better ? "higher" : "lower"},
                   {"definition", info.definition}});
  }
  return out;
}

Json not_tested_view(const RunHeader& header) {
  Json out = Json::array();
  for (const NotTested& entry : header.not_tested) {
    out.push_back({{"what", entry.what}, {"reason", entry.reason}, {"enable", entry.enable}});
  }
  return out;
}

}  // namespace shakedown::reports
