#include "json_values.h"

#include <algorithm>
#include <cmath>

#include "safe_text.h"

namespace shakedown::reports {
namespace {

Json with_valid_text(Json value, std::size_t& replaced) {
  if (value.is_string()) return valid_utf8(value.get_ref<const std::string&>(), replaced);
  if (value.is_array()) {
    for (Json& item : value) item = with_valid_text(std::move(item), replaced);
    return value;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (auto& [key, item] : value.items()) out[valid_utf8(key, replaced)] = with_valid_text(std::move(item), replaced);
  return out;
}

std::string_view kind_name(Task::Kind kind) {
  return kind == Task::Kind::kRegression ? "regression" : "classification";
}

}  // namespace

Json number(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

Json number(const std::optional<double>& value) {
  return value ? number(*value) : Json(nullptr);
}

Json score_json(const Score& score) {
  Json out = {{"value", number(score.value)}, {"ci", nullptr}};
  if (score.low && score.high) out["ci"] = Json::array({number(score.low), number(score.high)});
  out["floor"] = number(score.floor);
  out["skill"] = number(score.skill);
  out["n"] = score.n;
  if (!score.why.empty()) {
    out["why"] = score.why;
  } else if (out["value"].is_null()) {
    out["why"] = "undefined on these samples";
  }
  return out;
}

Json scores_json(const Scores& scores) {
  Json out = Json::object();
  for (const auto& [name, score] : scores) out[name] = score_json(score);
  return out;
}

Json inputs_json(const RunHeader& header, const std::vector<std::string>& roles) {
  Json out = Json::array();
  for (const InputFile& file : header.inputs) {
    if (std::find(roles.begin(), roles.end(), file.role) == roles.end()) continue;
    out.push_back({{"role", file.role}, {"name", file.name}, {"sha256", file.sha256}});
  }
  return out;
}

Json model_json(const RunHeader& header) {
  const Task& task = header.task;
  Json polarity = Json::object();
  for (const auto& [name, value] : task.polarity) polarity[name] = number(value);
  Json probes = Json::object();
  for (const auto& [name, value] : header.probes) probes[name] = number(value);
  return {{"name", header.model_name},
          {"files", inputs_json(header, {"model", "manifest"})},
          {"task",
           {{"kind", kind_name(task.kind)},
            {"convention", task.convention},
            {"label", task.label},
            {"primary", task.primary},
            {"labels", task.labels},
            {"polarity", polarity},
            {"probabilities", task.probabilities}}},
          {"trained_with", header.trained_with},
          {"probes", probes}};
}

Json data_json(const RunHeader& header) {
  // Files of further roles (vocabularies, noise folders) belong to what was fed in, so to the data.
  std::vector<std::string> roles;
  for (const InputFile& file : header.inputs) {
    if (file.role != "model" && file.role != "manifest" && file.role != "suite") roles.push_back(file.role);
  }
  return {{"name", header.data_name},
          {"split", header.split},
          {"files", inputs_json(header, roles)},
          {"notes", header.data_notes}};
}

Json suite_json(const RunHeader& header) {
  return {{"name", header.suite_name},
          {"version", header.suite_version},
          {"seed", header.seed},
          {"files", inputs_json(header, {"suite"})}};
}

Json timing_json(const RunHeader& header) {
  Json out = Json::object();
  for (const auto& [phase, seconds] : header.timing) out[phase] = number(seconds);
  return out;
}

std::string to_text(Json document) {
  std::size_t replaced = 0;
  document = with_valid_text(std::move(document), replaced);
  document["replaced_bytes"] = replaced;
  return document.dump(1) + "\n";
}

}  // namespace shakedown::reports
