#include "cell_builder.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include <fmt/format.h>

#include "shakedown/core/hash.h"
#include "shakedown/core/text.h"

namespace shakedown::suites {
namespace {

std::optional<double> dose_of(const PartDraft& draft) {
  const auto& parameter = draft.part.spec->dose_at(draft.part.params).parameter;
  return parameter.empty() ? std::nullopt : parse_number(draft.part.params.at(parameter));
}

std::string bracketed(const std::string& name, const std::map<std::string, std::string>& listed) {
  std::vector<std::string> pairs;
  for (const auto& [key, value] : listed) pairs.push_back(key + "=" + value);
  return pairs.empty() ? name : name + "[" + join(pairs, ",") + "]";
}

/// Of the parameters in `shown`, those off their defaults.
std::map<std::string, std::string> off_defaults(const perturb::PerturbationSpec& spec, const perturb::ParamMap& shown) {
  std::map<std::string, std::string> listed;
  for (const auto& param : spec.params)
    if (shown.at(param.name) != spec.complete({}).at(param.name)) listed[param.name] = shown.at(param.name);
  return listed;
}

/// "name[k=v,...]": the parameters off their defaults, but for the one that carries the level.
std::string family_of(const PartDraft& draft) {
  const auto& spec = *draft.part.spec;
  auto listed = off_defaults(spec, draft.shown);
  listed.erase(draft.axis == "severity" ? spec.dose_at(draft.part.params).parameter : draft.axis);
  for (const auto& hidden : draft.unlisted) listed.erase(hidden);
  if (draft.part.at.kind != perturb::At::Kind::kWhole) listed["at"] = at_label(draft.part.at);
  if (!draft.scope.empty()) listed["scope"] = draft.scope;
  return bracketed(spec.name, listed);
}

std::string with_level(const PartDraft& draft) {
  const auto family = family_of(draft);
  return draft.level ? family + "@" + draft.axis + "=" + format_number(*draft.level) : family;
}

void add_to(Hasher& hasher, const PartDraft& draft) {
  hasher.add(draft.part.spec->name).add(std::int64_t{draft.part.spec->version});
  hasher.add(static_cast<std::uint64_t>(draft.shown.size()));
  for (const auto& [name, value] : draft.shown) hasher.add(name).add(value);
  hasher.add(draft.part.at.canonical());
  if (!draft.scope.empty()) hasher.add("scope").add(draft.scope);
}

Modality modality_of_cell(const std::vector<PartRow>& parts) {
  const auto first = parts.front().modality;
  const bool same = std::all_of(parts.begin(), parts.end(), [&](const auto& part) { return part.modality == first; });
  return same ? first : Modality::kCross;
}

}  // namespace

std::string at_label(const perturb::At& at) {
  const auto range = [&] { return format_number(at.begin) + "-" + format_number(at.end); };
  switch (at.kind) {
    case perturb::At::Kind::kWhole: break;
    case perturb::At::Kind::kSeconds: return range() + "s";
    case perturb::At::Kind::kFraction: return range();
    case perturb::At::Kind::kWords: return "words" + range();
    case perturb::At::Kind::kRandom:
      return "random" + format_number(at.length) + (at.name.empty() ? "" : ":" + at.name);
  }
  return {};
}

Cell build_cell(const std::vector<PartDraft>& drafts, int replicate, const std::string& where) {
  Cell cell;
  cell.where = where;
  Hasher hasher;
  std::vector<std::string> names;
  const perturb::ModelReads everything{{Form::kTranscript, Form::kTokens, Form::kEmbedding, Form::kWaveform,
                                        Form::kAudioFeatures, Form::kFrames, Form::kVisionFeatures}};
  for (const auto& draft : drafts) {
    const auto& spec = *draft.part.spec;
    const auto before = names.empty() ? std::string("clean#0") : fmt::format("{}#{}", join(names, "+"), replicate);
    names.push_back(with_level(draft));
    add_to(hasher, draft);
    cell.row.label_effect = weakest(cell.row.label_effect, spec.label_effect(draft.part.params, everything));
    if (const auto dose = dose_of(draft))
      cell.row.valid = cell.row.valid && spec.dose_at(draft.part.params).is_valid(*dose);
    cell.row.parts.push_back({spec.name, spec.version, spec.modality_at(draft.part.params), draft.shown});
    cell.parts.push_back(draft.part);
    cell.parts.back().before = before;
  }
  hasher.add(std::int64_t{replicate});
  if (drafts.front().scope == "target") cell.scope = Cell::Scope::kTarget;
  if (drafts.front().scope == "history") cell.scope = Cell::Scope::kHistory;

  auto& row = cell.row;
  row.id = fmt::format("{}#{}", join(names, "+"), replicate);
  row.family = join(names, "+");
  row.definition = hasher.finish().hex();
  row.replicate = replicate;
  row.modality = modality_of_cell(row.parts);
  if (drafts.size() == 1) {  // a composition has no single level and no single dose
    const auto& draft = drafts.front();
    row.family = family_of(draft);
    row.axis = draft.axis;
    row.level = draft.level;
    row.severity = draft.severity;
    row.dose = draft.dose;
  }
  return cell;
}

Cell clean_cell(const std::map<std::string, std::string>& front_end) {
  Cell cell;
  cell.row.family = bracketed("clean", front_end);
  cell.row.id = cell.row.family + "#0";
  Hasher hasher;
  hasher.add("clean");
  if (front_end.empty()) hasher.add("");
  for (const auto& [name, value] : front_end) hasher.add(name + "=" + value);
  cell.row.definition = hasher.finish().hex();
  cell.row.reference = "clean#0";
  return cell;
}

Cell clean_cell(const Cell& cell, std::size_t index) {
  const auto& part = cell.parts.at(index);
  const auto& spec = *part.spec;
  auto named = off_defaults(spec, cell.row.parts.at(index).params);
  const auto equals = spec.front_end.find('=');
  named[spec.front_end.substr(0, equals)] = spec.front_end.substr(equals + 1);
  if (cell.scope == Cell::Scope::kTarget) named["scope"] = "target";
  if (cell.scope == Cell::Scope::kHistory) named["scope"] = "history";
  auto clean = clean_cell(named);
  clean.row.definition =
      Hasher().add(clean.row.definition).add(spec.name).add(std::int64_t{spec.version}).finish().hex();
  clean.row.dose = {"", spec.dose.unit, spec.dose.fraction, std::nullopt};
  clean.parts.push_back(part);
  clean.parts.back().before = "clean#0";
  clean.scope = cell.scope;
  return clean;
}

}  // namespace shakedown::suites
