#include "entry_reader.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/perturb/installed.h"

namespace shakedown::suites {

bool names_path(std::string_view parameter) {
  constexpr std::string_view kPaths[] = {"asr", "data", "file", "folder", "lexicon", "wordnet"};
  return std::find(std::begin(kPaths), std::end(kPaths), parameter) != std::end(kPaths);
}

namespace {

using perturb::At;
using perturb::ParamMap;
using perturb::ParamSpec;
using perturb::PerturbationSpec;

constexpr std::int64_t kMostReplicates = 1000;
constexpr std::size_t kMostLevels = 1000;

struct Context {
  const perturb::Registry& registry;
  std::filesystem::path folder;
};

/// A level: the parameter that carries it and its value.
struct Level {
  std::string axis;  ///< "" for the only level of a perturbation without any
  std::string text;  ///< as written
  Yaml yaml;
};

/// What an entry says of one perturbation, before its levels are filled in.
struct PartEntry {
  const PerturbationSpec* spec;
  ParamMap shown, resolved;  ///< as given, without the level
  At at;
  std::vector<Level> levels;  ///< at least one
  DoseInfo declared;          ///< external only
};

bool is_number(const ParamSpec& param) {
  return param.type == "number" || param.type == "integer";
}

std::string param_text(const ParamSpec& param, const Yaml& value) {
  if (value.kind() == Yaml::Kind::kList) {
    if (is_number(param)) {
      value.fail(fmt::format("{}: one value is accepted here; several are given as levels: {{{}: [...]}}", param.name,
                             param.name));
    }
    std::vector<std::string> items;
    for (const auto& item : value.items()) items.push_back(item.text());
    return join(items, "+");
  }
  auto text = value.text();
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    value.fail(param.name + ": control characters are not accepted");
  return text;
}

std::string resolve(const ParamSpec& param, const std::string& text, const Yaml& value, const Context& context) {
  if (!names_path(param.name) || text.empty()) return text;
  const bool installed = param.name == "wordnet" && text == "auto";
  const std::filesystem::path path = installed ? std::string(perturb::kWordNetFolder) : text;
  const auto resolved = (context.folder / path).lexically_normal();  // an absolute path replaces the folder
  std::error_code code;
  if (!std::filesystem::exists(resolved, code)) {
    value.fail(fmt::format("{}: '{}' does not exist{}", param.name, resolved.string(),
                           installed ? "; Debian's package wordnet-base brings it" : ""));
  }
  return resolved.string();
}

void read_params(const Yaml& entry, const Context& context, PartEntry& part) {
  for (const auto& param : part.spec->params) {
    const auto value = entry.get(param.name);
    if (!value) continue;
    const auto text = param_text(param, value);
    // Completed one by one, so that an error names the line of the parameter.
    in_context(value.where() + ": " + part.spec->name, [&] {
      static_cast<void>(part.spec->complete({{param.name, text}}));
    });
    part.shown[param.name] = text;
    part.resolved[param.name] = resolve(param, text, value, context);
  }
}

std::vector<Level> levels_of(const std::string& axis, const Yaml& list) {
  std::vector<Level> levels;
  for (const auto& item : list.items()) levels.push_back({axis, item.text(), item});
  if (levels.empty() || levels.size() > kMostLevels)
    list.fail(fmt::format("{}: 1 to {} values are accepted", axis, kMostLevels));
  return levels;
}

/// `levels: {param: [...]}`.
std::vector<Level> read_levels(const Yaml& levels, const PerturbationSpec& spec, const Yaml& entry) {
  const auto entries = levels.entries();
  std::vector<std::string> numbers;
  for (const auto& param : spec.params)
    if (is_number(param)) numbers.push_back(param.name);
  if (entries.size() != 1) levels.fail("levels: one parameter with its values is accepted, {name: [...]}");
  const auto& [name, list] = entries.front();
  if (std::find(numbers.begin(), numbers.end(), name) == numbers.end()) {
    list.fail(fmt::format("levels: '{}' is no number parameter of {}{}; there are {}", name, spec.name,
                          suggestion(name, numbers), numbers.empty() ? "none" : join(numbers, ", ")));
  }
  if (entry.has(name)) entry.get(name).fail(fmt::format("{} is given here and under levels", name));
  return levels_of(name, list);
}

/// What an entry stands for that does not say how strong.
enum class Unsaid { kRefused, kEverySeverity };

/// Where the strength of the corruption is said: severity, levels, or the dose parameter itself.
void choose_levels(const Yaml& entry, PartEntry& part, Unsaid unsaid) {
  const auto& dose = part.spec->dose_at(part.resolved);
  const auto severity = entry.get("severity"), levels = entry.get("levels");
  if (severity && levels) levels.fail("severity and levels are given: one of them is accepted");
  const bool direct = !dose.parameter.empty() && part.shown.count(dose.parameter) == 1;
  if (severity) {
    if (dose.ladder.empty()) severity.fail(part.spec->name + " has no severities: give its parameters themselves");
    if (direct) severity.fail(fmt::format("severity and {} are given: one of them is accepted", dose.parameter));
    part.levels = levels_of("severity", severity);
  } else if (levels) {
    part.levels = read_levels(levels, *part.spec, entry);
    if (direct && part.levels.front().axis != dose.parameter) return;
  } else if (direct) {
    part.levels = {{dose.parameter, part.shown.at(dose.parameter), entry.get(dose.parameter)}};
    part.shown.erase(dose.parameter);
    part.resolved.erase(dose.parameter);
  } else if (!dose.ladder.empty() && unsaid == Unsaid::kEverySeverity) {
    for (std::size_t k = 1; k <= dose.ladder.size(); ++k)
      part.levels.push_back({"severity", std::to_string(k), Yaml::parse(std::to_string(k), entry.where())});
  } else if (!dose.ladder.empty()) {
    entry.fail(fmt::format("{}: how strong? Give severity: [1, 2, 3, 4, 5] or levels: {{{}: [...]}}", part.spec->name,
                           dose.parameter));
  } else {
    part.levels = {{"", "", entry}};
  }
}

/// External cells say themselves what was done: the entry's `dose: {snr_db: 10, unit: dB}` becomes parameters.
void read_external(const Yaml& entry, PartEntry& part) {
  for (const auto* key : {"name", "data", "label_effect"}) static_cast<void>(entry.require(key));
  part.levels = {{"", "", entry}};
  const auto dose = entry.get("dose");
  if (!dose || (dose.kind() == Yaml::Kind::kScalar && dose.text() == "none")) return;
  for (const auto& [key, value] : dose.entries()) {
    if (key == "unit") {
      part.declared.unit = value.text();
    } else if (part.declared.name.empty()) {
      part.declared.name = key;
      part.declared.requested = value.number();
    } else {
      value.fail("dose: one quantity is accepted, {snr_db: 10, unit: dB}");
    }
  }
  if (part.declared.name.empty()) dose.fail("dose: takes a quantity and its value, {snr_db: 10, unit: dB}, or none");
  part.shown["dose_name"] = part.resolved["dose_name"] = part.declared.name;
  part.shown["dose_value"] = part.resolved["dose_value"] = format_number(*part.declared.requested);
  part.shown["dose_unit"] = part.resolved["dose_unit"] = part.declared.unit;
}

/// `scope:`; "" for all utterances.
std::string read_scope(const Yaml& entry) {
  const auto scope = entry.get("scope");
  if (!scope || scope.text() == "all") return {};
  if (scope.text() != "target" && scope.text() != "history")
    scope.fail(fmt::format("scope: '{}': all, target and history are accepted", scope.text()));
  return scope.text();
}

PartEntry read_part(const Yaml& entry, const std::string& name, const Context& context, std::vector<std::string> known,
                    Unsaid unsaid = Unsaid::kRefused) {
  PartEntry part{};
  part.spec = &in_context(entry.where(), [&]() -> const PerturbationSpec& { return context.registry.find(name); });
  const bool external = name == kExternal;
  if (external) {
    known.insert(known.end(), {"name", "data", "dose", "label_effect"});
  } else {
    known.insert(known.end(), {"severity", "levels", "at"});
    for (const auto& param : part.spec->params) known.push_back(param.name);
  }
  entry.only(known);
  part.at = read_at(entry.get("at"));
  if (part.spec->whole_samples && part.at.kind != At::Kind::kWhole)
    entry.get("at").fail(fmt::format("at: {} takes whole clips and no window", part.spec->name));
  read_params(entry, context, part);
  if (external) {
    read_external(entry, part);
  } else {
    choose_levels(entry, part, unsaid);
  }
  return part;
}

std::optional<double> severity_of(const perturb::DoseSpec& dose, double value) {
  if (value == dose.identity) return 0;
  const auto step = std::find(dose.ladder.begin(), dose.ladder.end(), value);
  if (step == dose.ladder.end()) return std::nullopt;
  return static_cast<double>(step - dose.ladder.begin() + 1);
}

PartDraft draft_external(const PartEntry& entry, PartDraft draft) {
  draft.axis = entry.declared.name;
  draft.level = entry.declared.requested;
  draft.dose = entry.declared;
  // The dose is the level; where the data lies and how it is scored are no part of what was done.
  draft.unlisted = {"data", "label_effect", "dose_name", "dose_value", "dose_unit"};
  return draft;
}

/// `entry` at one of its levels.
PartDraft draft_part(const PartEntry& entry, const Level& level) {
  const auto& spec = *entry.spec;
  PartDraft draft;
  draft.axis = level.axis;
  draft.part.spec = &spec;
  draft.part.at = entry.at;
  auto shown = entry.shown, resolved = entry.resolved;
  const auto& dose = spec.dose_at(resolved);
  in_context(level.yaml.where() + ": " + spec.name, [&] {
    if (level.axis == "severity") {
      draft.level = draft.severity = level.yaml.number();
      const double value = dose.at_severity(*draft.severity);
      shown[dose.parameter] = resolved[dose.parameter] = format_number(value);
    } else if (!level.axis.empty()) {
      shown[level.axis] = resolved[level.axis] = level.text;
    }
    draft.shown = spec.complete(shown);
    draft.part.params = spec.complete(resolved);
    if (!level.axis.empty() && level.axis != "severity") draft.level = parse_number(draft.shown.at(level.axis));
    if (dose.parameter.empty()) {
      draft.dose = {"", dose.unit, dose.fraction, std::nullopt};
    } else {
      const auto value = parse_number(draft.shown.at(dose.parameter));
      draft.dose = {dose.parameter, dose.unit, dose.fraction, value};
      draft.part.identity = *value == dose.identity;
      if (!draft.severity && level.axis == dose.parameter) draft.severity = severity_of(dose, *value);
    }
    draft.part.perturbation = spec.create(draft.part.params);
  });
  return spec.name == kExternal ? draft_external(entry, std::move(draft)) : draft;
}

int read_replicates(const Yaml& entry) {
  const auto replicates = entry.get("replicates");
  if (!replicates) return 1;
  const auto count = replicates.integer();
  if (count < 1 || count > kMostReplicates)
    replicates.fail(fmt::format("replicates: {} is outside [1, {}]", count, kMostReplicates));
  return static_cast<int>(count);
}

std::vector<PartDraft> read_composition(const Yaml& entry, const Context& context) {
  entry.only({"compose", "replicates", "at", "scope"});
  const auto list = entry.get("compose");
  if (list.kind() != Yaml::Kind::kList || list.size() < 2)
    list.fail("compose: a list of two or more perturbations is accepted");
  auto whole = read_at(entry.get("at"));
  // One span for the whole composition, also when it is drawn.
  if (whole.kind == At::Kind::kRandom && whole.name.empty()) whole.name = "all";
  std::vector<PartDraft> drafts;
  for (const auto& item : list.items()) {
    const auto name = item.require("perturb").text();
    if (name == kExternal) item.fail("external data cannot be part of a composition");
    auto part = read_part(item, name, context, {"perturb"});
    if (part.levels.size() != 1)
      item.fail("one level is accepted for a part of a composition: write one composition a level");
    if (!item.has("at")) part.at = whole;
    drafts.push_back(draft_part(part, part.levels.front()));
  }
  return drafts;
}

}  // namespace

std::vector<Cell> read_entry(const Yaml& entry, const perturb::Registry& registry,
                             const std::filesystem::path& folder) {
  if (entry.kind() != Yaml::Kind::kMap) entry.fail("a cell is a map: {perturb: NAME, ...} or {compose: [...]}");
  const Context context{registry, folder};
  const int replicates = read_replicates(entry);
  std::vector<std::vector<PartDraft>> levels;
  if (entry.has("compose")) {
    levels.push_back(read_composition(entry, context));
  } else {
    const auto name = entry.has("perturb") ? entry.get("perturb").text() : std::string();
    if (name.empty()) {
      entry.only({"perturb", "compose", "severity", "levels", "replicates", "at", "scope"});
      entry.fail("a cell needs 'perturb:' or 'compose:'");
    }
    std::vector<std::string> known{"perturb", "scope"};
    if (name != kExternal) known.emplace_back("replicates");
    const auto part = read_part(entry, name, context, std::move(known));
    for (const auto& level : part.levels) levels.push_back({draft_part(part, level)});
  }
  const auto scope = read_scope(entry);
  for (auto& drafts : levels)
    for (auto& draft : drafts) draft.scope = scope;
  std::vector<Cell> cells;
  for (const auto& drafts : levels) {
    for (int replicate = 0; replicate < replicates; ++replicate)
      cells.push_back(build_cell(drafts, replicate, entry.where()));
  }
  return cells;
}

Cell read_single(const std::string& name, const Yaml& options, const perturb::Registry& registry) {
  const auto part = read_part(options, name, {registry, {}}, {});
  if (part.levels.size() != 1) options.fail("one level is accepted here");
  return build_cell({draft_part(part, part.levels.front())}, 0, options.where());
}

std::vector<Cell> read_severities(const std::string& name, const Yaml& options, const perturb::Registry& registry) {
  const auto part = read_part(options, name, {registry, {}}, {}, Unsaid::kEverySeverity);
  std::vector<Cell> cells;
  for (const auto& level : part.levels) cells.push_back(build_cell({draft_part(part, level)}, 0, options.where()));
  return cells;
}

}  // namespace shakedown::suites
