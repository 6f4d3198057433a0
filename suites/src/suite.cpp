#include "shakedown/suites/suite.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "entry_reader.h"
#include "requirements.h"
#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/hash.h"
#include "shakedown/core/text.h"
#include "shakedown/core/yaml.h"
#include "shipped.h"

namespace shakedown::suites {
namespace {

constexpr std::size_t kMostCells = 100'000;

void check_new(const Cell& cell, std::map<std::string, const Cell*>& ids,
               std::map<std::string, const Cell*>& definitions) {
  if (const auto [known, fresh] = ids.emplace(cell.row.id, &cell); !fresh) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{}: cell '{}' is there already, from {}", cell.where, cell.row.id, known->second->where));
  }
  // Runs are paired by definition, so one corruption under two names would count twice.
  if (const auto [known, fresh] = definitions.emplace(cell.row.definition, &cell); !fresh) {
    throw Error(ErrorKind::kUsage, fmt::format("{}: cell '{}' does the same as '{}' from {}", cell.where, cell.row.id,
                                               known->second->row.id, known->second->where));
  }
}

std::vector<Cell> read_cells(const Yaml& list, const perturb::Registry& registry, const std::filesystem::path& folder) {
  if (list.kind() != Yaml::Kind::kList || list.size() == 0) list.fail("cells: a list of one or more cells is expected");
  std::vector<Cell> cells;
  for (const auto& entry : list.items()) {
    auto made = read_entry(entry, registry, folder);
    std::move(made.begin(), made.end(), std::back_inserter(cells));
    if (cells.size() > kMostCells) entry.fail(fmt::format("the suite has more than {} cells", kMostCells));
  }
  std::map<std::string, const Cell*> ids, definitions;
  for (const auto& cell : cells) check_new(cell, ids, definitions);
  return cells;
}

Suite read_suite(const Yaml& yaml, std::string text, const perturb::Registry& registry,
                 const std::filesystem::path& folder) {
  yaml.require_schema("shakedown.suite/1");
  yaml.only({"schema", "name", "version", "doc", "seed", "weak_limit", "cells"});
  Suite suite;
  suite.name = yaml.require("name").text();
  if (suite.name.empty()) yaml.get("name").fail("name: must not be empty");
  if (yaml.has("version")) suite.version = yaml.get("version").text();
  if (yaml.has("doc")) static_cast<void>(yaml.get("doc").text());
  if (const auto seed = yaml.get("seed")) {
    const auto value = seed.integer();
    if (value < 0) seed.fail("seed: a whole number of 0 or more is accepted");
    suite.seed = static_cast<std::uint64_t>(value);
  }
  if (const auto limit = yaml.get("weak_limit")) {
    suite.weak_limit = limit.number();
    if (!(suite.weak_limit >= 0 && suite.weak_limit <= 1)) limit.fail("weak_limit: a share in [0, 1] is accepted");
  }
  suite.cells = read_cells(yaml.require("cells"), registry, folder);
  suite.sha256 = sha256(text);
  suite.text = std::move(text);
  return suite;
}

/// The shipped suite of this name; the newest where no version is given.
const ShippedSuite* find_shipped(const std::string& name) {
  const ShippedSuite* found = nullptr;
  for (const auto& suite : shipped_suites())
    if (suite.name == name || suite.name.starts_with(name + "@")) found = &suite;
  return found;
}

/// A perturbation with options, taken apart.
struct CellText {
  std::string name;
  Yaml options;
};

/// 'audio.reverb{rt60: 0.7}', 'video.low_light@severity=3', or both: options in braces, the level behind them.
CellText read_cell_text(std::string_view text) {
  const auto open = text.find('{');
  const auto close = open == std::string_view::npos ? open : text.rfind('}');
  const auto level_at = text.find('@', close == std::string_view::npos ? 0 : close);
  const auto fail = [&](const std::string& message) -> void {
    throw Error(ErrorKind::kUsage, fmt::format("'{}': {}; write it as 'audio.reverb{{rt60: 0.7}}' or "
                                               "'video.low_light@severity=3'",
                                               text, message));
  };
  if (open != std::string_view::npos && close == std::string_view::npos) fail("the brace is not closed");
  const auto name = trim(text.substr(0, std::min(open, level_at)));
  std::string options = open == std::string_view::npos ? "" : std::string(text.substr(open + 1, close - open - 1));
  const auto rest = close == std::string_view::npos ? std::string_view() : text.substr(close + 1);
  if (level_at != std::string_view::npos) {
    const auto level = split(text.substr(level_at + 1), '=');
    if (level.size() != 2) fail("behind @ stands severity=3 or a parameter with its value");
    if (!trim(options).empty()) options += ", ";
    options += level[0] + ": " + level[1];
  }
  if (level_at == std::string_view::npos && !trim(rest).empty()) fail("text behind the brace");
  return {std::string(name), Yaml::parse("{" + options + "}", "'" + std::string(text) + "'")};
}

}  // namespace

Forms Cell::writes() const {
  Forms forms;
  for (const auto& part : parts) forms = forms | written_by(part);
  return forms;
}

Suite load(const std::string& name_or_path, const perturb::Registry& registry) {
  if (const auto* shipped = find_shipped(name_or_path)) {
    const std::string text(shipped->text);
    auto suite = read_suite(Yaml::parse(text, std::string(shipped->name)), text, registry, {});
    suite.shipped = true;
    return suite;
  }
  const std::filesystem::path file(name_or_path);
  std::error_code code;
  if (!std::filesystem::exists(file, code)) {
    std::vector<std::string> names;
    for (const auto& suite : shipped_suites()) names.emplace_back(suite.name);
    throw Error(ErrorKind::kUsage,
                fmt::format("suite '{}': no such file, and no suite of that name ships{}; these do: {}", name_or_path,
                            suggestion(name_or_path, names), join(names, ", ")));
  }
  auto text = read_text_file(file, kMostYamlBytes);
  const auto yaml = Yaml::parse(text, file.string());
  return read_suite(yaml, std::move(text), registry, file.parent_path());
}

std::vector<SuiteInfo> shipped() {
  std::vector<SuiteInfo> infos;
  for (const auto& suite : shipped_suites()) {
    const auto yaml = Yaml::parse(suite.text, std::string(suite.name));
    infos.push_back({yaml.require("name").text(), yaml.require("version").text(), yaml.require("doc").text()});
  }
  return infos;
}

Cell parse_cell(std::string_view text, const perturb::Registry& registry) {
  const auto cell = read_cell_text(text);
  return read_single(cell.name, cell.options, registry);
}

std::vector<Cell> parse_severities(std::string_view text, const perturb::Registry& registry) {
  const auto cell = read_cell_text(text);
  return read_severities(cell.name, cell.options, registry);
}

}  // namespace shakedown::suites
