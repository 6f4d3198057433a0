#include "json_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::store {
namespace {

using Json = nlohmann::json;

Json number(double value) {
  if (std::isfinite(value)) return value;
  return format_number(value);
}

double to_number(const Json& json) {
  if (json.is_number()) return json.get<double>();
  const auto value = parse_number(json.get<std::string>());
  if (value && !std::isfinite(*value)) return *value;
  if (json.get<std::string>() == "nan") return std::numeric_limits<double>::quiet_NaN();
  throw Error(ErrorKind::kData, "a number is expected where the file has " + json.dump());
}

int to_integer(const Json& json) {
  const auto value = json.is_number_integer() ? json.get<std::int64_t>() : -1;
  if (value < 0 || value > std::numeric_limits<int>::max())
    throw Error(ErrorKind::kData, "a whole number is expected where the file has " + json.dump());
  return static_cast<int>(value);
}

Json optional_number(const std::optional<double>& value) {
  return value ? number(*value) : Json();
}

std::optional<double> to_optional_number(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return to_number(json);
}

Json numbers(const std::map<std::string, double>& values) {
  auto json = Json::object();
  for (const auto& [name, value] : values) json[name] = number(value);
  return json;
}

std::map<std::string, double> to_numbers(const Json& json) {
  std::map<std::string, double> values;
  for (const auto& [name, value] : json.get_ref<const Json::object_t&>()) values[name] = to_number(value);
  return values;
}

template <class T, class Function>
Json list(const std::vector<T>& values, Function&& to_json) {
  auto json = Json::array();
  for (const auto& value : values) json.push_back(to_json(value));
  return json;
}

template <class T, class Function>
std::vector<T> to_list(const Json& json, Function&& from_json) {
  std::vector<T> values;
  for (const auto& value : json.get_ref<const Json::array_t&>()) values.push_back(from_json(value));
  return values;
}

Modality modality_from_name(const std::string& name) {
  for (const auto modality : {Modality::kText, Modality::kAudio, Modality::kVideo, Modality::kCross})
    if (modality_name(modality) == name) return modality;
  throw Error(ErrorKind::kData, "unknown modality '" + name + "'");
}

Json task(const Task& task) {
  return {{"kind", task.kind == Task::Kind::kRegression ? "regression" : "classification"},
          {"convention", task.convention},
          {"label", task.label},
          {"primary", task.primary},
          {"labels", task.labels},
          {"polarity", numbers(task.polarity)},
          {"probabilities", task.probabilities}};
}

Task to_task(const Json& json) {
  Task task;
  const auto kind = json.at("kind").get<std::string>();
  if (kind != "regression" && kind != "classification") throw Error(ErrorKind::kData, "unknown task '" + kind + "'");
  task.kind = kind == "regression" ? Task::Kind::kRegression : Task::Kind::kClassification;
  json.at("convention").get_to(task.convention);
  json.at("label").get_to(task.label);
  json.at("primary").get_to(task.primary);
  json.at("labels").get_to(task.labels);
  task.polarity = to_numbers(json.at("polarity"));
  json.at("probabilities").get_to(task.probabilities);
  return task;
}

Json part(const PartRow& part) {
  return {{"perturbation", part.perturbation},
          {"version", part.version},
          {"modality", modality_name(part.modality)},
          {"params", part.params}};
}

PartRow to_part(const Json& json) {
  PartRow part;
  json.at("perturbation").get_to(part.perturbation);
  part.version = to_integer(json.at("version"));
  part.modality = modality_from_name(json.at("modality").get<std::string>());
  json.at("params").get_to(part.params);
  return part;
}

Json dose(const DoseInfo& dose) {
  return {{"name", dose.name},
          {"unit", dose.unit},
          {"fraction", dose.fraction},
          {"requested", optional_number(dose.requested)}};
}

DoseInfo to_dose(const Json& json) {
  return {json.at("name").get<std::string>(), json.at("unit").get<std::string>(), json.at("fraction").get<bool>(),
          to_optional_number(json.at("requested"))};
}

Json input(const InputFile& file) {
  return {{"role", file.role}, {"name", file.name}, {"sha256", file.sha256}};
}

InputFile to_input(const Json& json) {
  return {json.at("role").get<std::string>(), json.at("name").get<std::string>(), json.at("sha256").get<std::string>()};
}

Json warning(const Warning& warning) {
  return {{"id", warning.id}, {"message", warning.message}, {"cells", warning.cells}};
}

Warning to_warning(const Json& json) {
  return {json.at("id").get<std::string>(), json.at("message").get<std::string>(),
          json.at("cells").get<std::vector<std::string>>()};
}

Json not_tested(const NotTested& cell) {
  return {{"what", cell.what}, {"reason", cell.reason}, {"enable", cell.enable}};
}

NotTested to_not_tested(const Json& json) {
  return {json.at("what").get<std::string>(), json.at("reason").get<std::string>(),
          json.at("enable").get<std::string>()};
}

std::string dump(const Json& json) {
  try {
    return json.dump();
  } catch (const Json::exception&) {
    throw Error(ErrorKind::kData, "text that is not UTF-8 cannot be stored: rename the file or re-encode the data");
  }
}

/// Parses and reads, turning every JSON error into an Error.
template <class Function>
auto read(std::string_view text, Function&& from_json) {
  try {
    return from_json(Json::parse(text));
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kData, std::string("stored JSON cannot be read: ") + error.what());
  } catch (const Error& error) {  // an unknown name: the file's fault, not a bug
    throw Error(ErrorKind::kData, error.what());
  }
}

}  // namespace

std::string header_to_json(const RunHeader& header) {
  return dump({{"model_name", header.model_name},
               {"data_name", header.data_name},
               {"suite_name", header.suite_name},
               {"suite_version", header.suite_version},
               {"split", header.split},
               {"seed", header.seed},
               {"task", task(header.task)},
               {"inputs", list(header.inputs, input)},
               {"settings", header.settings},
               {"environment", header.environment},
               {"timing", numbers(header.timing)},
               {"probes", numbers(header.probes)},
               {"data_notes", header.data_notes},
               {"warnings", list(header.warnings, warning)},
               {"not_tested", list(header.not_tested, not_tested)},
               {"trained_with", header.trained_with}});
}

RunHeader header_from_json(std::string_view text) {
  return read(text, [](const Json& json) {
    RunHeader header;
    json.at("model_name").get_to(header.model_name);
    json.at("data_name").get_to(header.data_name);
    json.at("suite_name").get_to(header.suite_name);
    json.at("suite_version").get_to(header.suite_version);
    json.at("split").get_to(header.split);
    if (!json.at("seed").is_number_unsigned()) throw Error(ErrorKind::kData, "the seed is no whole number");
    json.at("seed").get_to(header.seed);
    header.task = to_task(json.at("task"));
    header.inputs = to_list<InputFile>(json.at("inputs"), to_input);
    json.at("settings").get_to(header.settings);
    json.at("environment").get_to(header.environment);
    header.timing = to_numbers(json.at("timing"));
    header.probes = to_numbers(json.at("probes"));
    json.at("data_notes").get_to(header.data_notes);
    header.warnings = to_list<Warning>(json.at("warnings"), to_warning);
    header.not_tested = to_list<NotTested>(json.at("not_tested"), to_not_tested);
    json.at("trained_with").get_to(header.trained_with);
    return header;
  });
}

std::string cell_to_json(const CellRow& cell) {
  return dump({{"id", cell.id},
               {"family", cell.family},
               {"definition", cell.definition},
               {"parts", list(cell.parts, part)},
               {"axis", cell.axis},
               {"level", optional_number(cell.level)},
               {"severity", optional_number(cell.severity)},
               {"replicate", cell.replicate},
               {"modality", modality_name(cell.modality)},
               {"label_effect", label_effect_name(cell.label_effect)},
               {"valid", cell.valid},
               {"reference", cell.reference},
               {"dose", dose(cell.dose)}});
}

CellRow cell_from_json(std::string_view text) {
  return read(text, [](const Json& json) {
    CellRow cell;
    json.at("id").get_to(cell.id);
    json.at("family").get_to(cell.family);
    json.at("definition").get_to(cell.definition);
    cell.parts = to_list<PartRow>(json.at("parts"), to_part);
    json.at("axis").get_to(cell.axis);
    cell.level = to_optional_number(json.at("level"));
    cell.severity = to_optional_number(json.at("severity"));
    cell.replicate = to_integer(json.at("replicate"));
    cell.modality = modality_from_name(json.at("modality").get<std::string>());
    cell.label_effect = label_effect_from_name(json.at("label_effect").get<std::string>());
    json.at("valid").get_to(cell.valid);
    json.at("reference").get_to(cell.reference);
    cell.dose = to_dose(json.at("dose"));
    return cell;
  });
}

std::string labels_to_json(const std::map<std::string, Label>& labels) {
  auto json = Json::object();
  for (const auto& [key, label] : labels) json[key] = {{"value", number(label.value)}, {"name", label.name}};
  return dump(json);
}

std::map<std::string, Label> labels_from_json(std::string_view text) {
  return read(text, [](const Json& json) {
    std::map<std::string, Label> labels;
    for (const auto& [key, label] : json.get_ref<const Json::object_t&>())
      labels[key] = {to_number(label.at("value")), label.at("name").get<std::string>()};
    return labels;
  });
}

std::string texts_to_json(const std::map<std::string, std::string>& texts) {
  return dump(Json(texts));
}

std::map<std::string, std::string> texts_from_json(std::string_view text) {
  return read(text, [](const Json& json) { return json.get<std::map<std::string, std::string>>(); });
}

namespace {

// Needs no escaping.
bool plain(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

}  // namespace

// By hand: a run writes one of these for each prediction, and nlohmann's tree takes ten times as long.
std::string numbers_to_json(const std::map<std::string, double>& values) {
  std::string json = "{";
  for (const auto& [name, value] : values) {
    if (json.size() > 1) json += ',';
    json += plain(name) ? '"' + name + '"' : dump(name);
    json += ':';
    if (!std::isfinite(value) || (value == 0 && std::signbit(value))) {
      json += dump(number(value));
    } else {
      std::array<char, 32> digits{};  // the shortest that reads back as `value`
      json.append(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr);
    }
  }
  return json + '}';
}

std::map<std::string, double> numbers_from_json(std::string_view text) {
  return read(text, to_numbers);
}

}  // namespace shakedown::store
