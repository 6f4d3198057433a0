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

/// "name[k=v,...]": the parameters off their defaults, but for the one that carries the level.
std::string family_of(const PartDraft& draft) {
  const auto& spec = *draft.part.spec;
  const auto& carrier = draft.axis == "severity" ? spec.dose_at(draft.part.params).parameter : draft.axis;
  std::map<std::string, std::string> listed;
  for (const auto& param : spec.params) {
    const auto& value = draft.shown.at(param.name);
    const bool hidden = std::find(draft.unlisted.begin(), draft.unlisted.end(), param.name) != draft.unlisted.end();
    if (param.name != carrier && !hidden && value != spec.complete({}).at(param.name)) listed[param.name] = value;
  }
  if (draft.part.at.kind != perturb::At::Kind::kWhole) listed["at"] = at_label(draft.part.at);
  if (!draft.scope.empty()) listed["scope"] = draft.scope;
  std::vector<std::string> pairs;
  for (const auto& [name, value] : listed) pairs.push_back(name + "=" + value);
  return pairs.empty() ? spec.name : spec.name + "[" + join(pairs, ",") + "]";
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
    names.push_back(with_level(draft));
    add_to(hasher, draft);
    cell.row.label_effect = weakest(cell.row.label_effect, spec.label_effect(draft.part.params, everything));
    if (const auto dose = dose_of(draft))
      cell.row.valid = cell.row.valid && spec.dose_at(draft.part.params).is_valid(*dose);
    cell.row.parts.push_back({spec.name, spec.version, spec.modality_at(draft.part.params), draft.shown});
    cell.parts.push_back(draft.part);
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

Cell clean_cell(const std::string& front_end) {
  Cell cell;
  cell.row.family = front_end.empty() ? "clean" : "clean[" + front_end + "]";
  cell.row.id = cell.row.family + "#0";
  cell.row.definition = Hasher().add("clean").add(front_end).finish().hex();
  cell.row.reference = "clean#0";
  return cell;
}

}  // namespace shakedown::suites
