#include "aggregates.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

using Indices = std::vector<std::size_t>;

bool composed(const CellRow& cell) {
  return cell.parts.size() > 1;
}

bool crosses(const CellRow& cell) {
  return cell.parts.size() == 1 && cell.parts.front().perturbation.starts_with("cross.");
}

/// One level of the hierarchy: what tells its branches apart.
using Key = std::string (*)(const CellRow&);

/// Equal weights for the branches at every level, from the outermost to single cells.
void spread(const std::vector<Candidate>& candidates, const Indices& cells, double weight, const Key* keys,
            std::size_t depth, std::vector<std::pair<std::size_t, double>>& into) {
  if (depth == 0) {
    for (const std::size_t cell : cells) into.emplace_back(cell, weight / static_cast<double>(cells.size()));
    return;
  }
  std::map<std::string, Indices> branches;
  for (const std::size_t cell : cells) branches[keys[0](*candidates[cell].cell)].push_back(cell);
  for (const auto& [key, members] : branches) {
    spread(candidates, members, weight / static_cast<double>(branches.size()), keys + 1, depth - 1, into);
  }
}

/// Read from the inside out: mean over replicates, parameter variants, levels, perturbations, modalities.
constexpr Key kHierarchy[] = {
    [](const CellRow& cell) { return std::string(modality_name(cell.modality)); },
    perturbation_of,
    [](const CellRow& cell) { return cell.level ? cell.axis + "=" + format_number(*cell.level) : std::string(); },
    [](const CellRow& cell) { return cell.family; },
};

Aggregate mean_of(const std::vector<Candidate>& candidates, const Indices& cells, std::string name) {
  Aggregate aggregate{std::move(name), {}, {}};
  if (!cells.empty()) spread(candidates, cells, 1.0, kHierarchy, std::size(kHierarchy), aggregate.weights);
  std::map<std::string, std::size_t> by_perturbation;
  for (const std::size_t cell : cells) ++by_perturbation[perturbation_of(*candidates[cell].cell)];
  std::vector<std::string> parts;
  for (const auto& [perturbation, count] : by_perturbation)
    parts.push_back(fmt::format("{} ({})", perturbation, count));
  aggregate.note = cells.empty() ? "no cell enters it"
                                 : fmt::format("mean over {}: {}", count_of(cells.size(), "cell"), join(parts, ", "));
  return aggregate;
}

Indices keep(const std::vector<Candidate>& candidates, const Indices& cells, auto&& wanted) {
  Indices kept;
  std::copy_if(cells.begin(), cells.end(), std::back_inserter(kept),
               [&](std::size_t cell) { return wanted(*candidates[cell].cell); });
  return kept;
}

/// The mean of one label effect with its parts.
void add_means(const std::vector<Candidate>& candidates, LabelEffect effect, const std::string& name,
               std::vector<Aggregate>& into, Indices& counting) {
  Indices single, compositions, crossings;
  std::map<std::string, std::size_t> left_out;
  for (std::size_t at = 0; at < candidates.size(); ++at) {
    const Candidate& candidate = candidates[at];
    const CellRow& cell = *candidate.cell;
    if (cell.clean() || cell.label_effect != effect) continue;
    if (!cell.valid) {
      ++left_out["beyond the valid dose"];
    } else if (candidate.weak) {
      ++left_out["weak"];
    } else if (candidate.vacuous) {
      ++left_out["vacuous"];
    } else if (composed(cell)) {
      compositions.push_back(at);
    } else if (crosses(cell)) {
      crossings.push_back(at);
    } else {
      single.push_back(at);
    }
  }
  if (!compositions.empty()) left_out["composed"] = compositions.size();
  if (!crossings.empty()) left_out["cross.*"] = crossings.size();
  Aggregate whole = mean_of(candidates, single, name);
  std::vector<std::string> reasons;
  for (const auto& [reason, count] : left_out) reasons.push_back(fmt::format("{} {}", count, reason));
  if (!reasons.empty()) whole.note += "; left out: " + join(reasons, ", ");
  into.push_back(std::move(whole));
  for (const Modality modality : {Modality::kText, Modality::kAudio, Modality::kVideo, Modality::kCross}) {
    const Indices part = keep(candidates, single, [&](const CellRow& cell) { return cell.modality == modality; });
    if (!part.empty()) into.push_back(mean_of(candidates, part, fmt::format("{}[{}]", name, modality_name(modality))));
  }
  if (!single.empty()) {
    Aggregate unweighted{name + "_unweighted", fmt::format("plain mean over {}", count_of(single.size(), "cell")), {}};
    for (const std::size_t cell : single)
      unweighted.weights.emplace_back(cell, 1.0 / static_cast<double>(single.size()));
    into.push_back(std::move(unweighted));
  }
  if (!compositions.empty()) into.push_back(mean_of(candidates, compositions, name + "[compositions]"));
  if (!crossings.empty()) into.push_back(mean_of(candidates, crossings, name + "[cross.*]"));
  counting = std::move(single);
}

}  // namespace

std::string perturbation_of(const CellRow& cell) {
  std::vector<std::string> names;
  for (const PartRow& part : cell.parts) names.push_back(part.perturbation);
  return join(names, "+");
}

namespace {

/// Whether an entry of trained_with names the part: a glob over perturbation names, and in brackets after it
/// globs over values of parameters, all of which must match.
bool names(const std::string& entry, const PartRow& part) {
  const std::size_t bracket = entry.ends_with(']') ? entry.find('[') : std::string::npos;
  if (!glob_match(entry.substr(0, bracket), part.perturbation)) return false;
  if (bracket == std::string::npos) return true;
  const auto conditions = split(std::string_view(entry).substr(bracket + 1, entry.size() - bracket - 2), ',');
  return std::all_of(conditions.begin(), conditions.end(), [&](const std::string& condition) {
    const std::size_t equals = std::min(condition.find('='), condition.size());
    const auto given = part.params.find(condition.substr(0, equals));
    return given != part.params.end() && equals < condition.size() &&
           glob_match(condition.substr(equals + 1), given->second);
  });
}

}  // namespace

bool seen_in_training(const CellRow& cell, const std::vector<std::string>& trained_with) {
  return std::any_of(cell.parts.begin(), cell.parts.end(), [&](const PartRow& part) {
    return std::any_of(trained_with.begin(), trained_with.end(),
                       [&](const std::string& entry) { return names(entry, part); });
  });
}

std::vector<Aggregate> aggregates(const std::vector<Candidate>& candidates,
                                  const std::vector<std::string>& trained_with) {
  std::vector<Aggregate> result;
  Indices counting, unknowable;
  add_means(candidates, LabelEffect::kInvariant, "stress_mean", result, counting);
  add_means(candidates, LabelEffect::kUnknowable, "information_loss", result, unknowable);
  if (trained_with.empty()) return result;
  for (const bool seen : {true, false}) {
    const Indices part =
        keep(candidates, counting, [&](const CellRow& cell) { return seen_in_training(cell, trained_with) == seen; });
    if (!part.empty()) result.push_back(mean_of(candidates, part, seen ? "stress_mean[seen]" : "stress_mean[unseen]"));
  }
  return result;
}

std::vector<std::size_t> worst_candidates(const std::vector<Candidate>& candidates) {
  Indices cells;
  for (std::size_t at = 0; at < candidates.size(); ++at) {
    const Candidate& candidate = candidates[at];
    const bool counts = !candidate.cell->clean() && candidate.cell->label_effect == LabelEffect::kInvariant &&
                        candidate.cell->valid && !candidate.weak && !candidate.vacuous;
    if (counts) cells.push_back(at);
  }
  return cells;
}

std::string count_of(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace shakedown::metrics
