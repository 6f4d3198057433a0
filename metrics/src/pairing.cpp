#include "pairing.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "conventions.h"
#include "findings.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::metrics {

std::string named(const std::vector<std::string>& ids) {
  constexpr std::size_t kNamed = 5;
  const std::size_t shown = std::min(kNamed, ids.size());
  std::string text = join({ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(shown)}, ", ");
  if (ids.size() > shown) text += fmt::format(" and {} more", ids.size() - shown);
  return text;
}

namespace {

/// SHA-256 of all files of one role, in an order that does not depend on how they were given.
std::string hashes(const RunHeader& header, const std::string& role) {
  std::vector<std::string> found;
  for (const InputFile& file : header.inputs) {
    if (file.role == role) found.push_back(file.sha256);
  }
  std::sort(found.begin(), found.end());
  return join(found, " ");
}

std::string setting(const RunHeader& header, const std::string& name, const std::string& absent) {
  const auto found = header.settings.find(name);
  return found == header.settings.end() || found->second.empty() ? absent : found->second;
}

/// What differs between the runs, first things first; empty when they are comparable.
std::vector<std::string> differences(const RunHeader& a, const RunHeader& b) {
  std::vector<std::string> found;
  const auto compare = [&](const std::string& what, const std::string& left, const std::string& right) {
    if (left != right) found.push_back(fmt::format("{}: {} in the baseline, {} in the candidate", what, left, right));
  };
  if (hashes(a, "data") != hashes(b, "data")) {
    found.push_back(
        fmt::format("data: the contents differ ({} in the baseline, {} in the candidate)", a.data_name, b.data_name));
  }
  compare("split", a.split, b.split);
  compare("suite", a.suite_name + "@" + a.suite_version, b.suite_name + "@" + b.suite_version);
  if (found.empty() && hashes(a, "suite") != hashes(b, "suite")) {
    found.push_back(fmt::format("suite: the contents of '{}' differ", a.suite_name));
  }
  std::set<std::string> word_lists;
  for (const RunHeader* header : {&a, &b}) {
    for (const InputFile& file : header->inputs)
      if (file.role.starts_with("text.") && !file.role.ends_with(".library")) word_lists.insert(file.role);
  }
  for (const std::string& role : word_lists)  // other words are no matter of rounding, on whatever CPU
    if (found.empty() && hashes(a, role) != hashes(b, role)) found.push_back(role + ": the contents differ");
  compare("seed", std::to_string(a.seed), std::to_string(b.seed));
  compare("limit", setting(a, "limit", "0"), setting(b, "limit", "0"));
  return found;
}

/// How two cells with one id differ.
std::string definition_difference(const CellRow& a, const CellRow& b) {
  for (std::size_t part = 0; part < std::min(a.parts.size(), b.parts.size()); ++part) {
    const PartRow &left = a.parts[part], &right = b.parts[part];
    if (left.version != right.version) {
      return fmt::format("{} is version {} in the baseline and {} in the candidate", left.perturbation, left.version,
                         right.version);
    }
    for (const auto& [name, value] : left.params) {
      const auto other = right.params.find(name);
      const std::string given = other == right.params.end() ? "absent" : other->second;
      if (given != value) return fmt::format("{} is {} in the baseline and {} in the candidate", name, value, given);
    }
  }
  return "its definition differs";
}

void require_same_task(const Task& a, const Task& b) {
  const auto refuse = [](const std::string& what) {
    throw Error(ErrorKind::kUsage, "the runs are not comparable: task: the " + what + " differ");
  };
  if (a.kind != b.kind) refuse("kinds");
  if (a.kind == Task::Kind::kRegression && a.convention != b.convention) refuse("conventions");
  if (a.label != b.label) refuse("label columns");
  if (a.labels != b.labels) refuse("class names");
}

/// Environment entries that differ and may change the bytes of media; the revision of shakedown may not.
std::vector<std::string> environment_changes(const RunHeader& a, const RunHeader& b) {
  std::vector<std::string> changes;
  std::set<std::string> names;
  for (const auto& [name, value] : a.environment) names.insert(name);
  for (const auto& [name, value] : b.environment) names.insert(name);
  for (const std::string& name : names) {
    if (name == "revision") continue;
    const auto left = a.environment.find(name), right = b.environment.find(name);
    const std::string before = left == a.environment.end() ? "unknown" : left->second;
    const std::string after = right == b.environment.end() ? "unknown" : right->second;
    if (before != after) changes.push_back(fmt::format("{} {} -> {}", name, before, after));
  }
  return changes;
}

std::vector<ScoredCell> judged_cells(const RunView& view) {
  std::vector<ScoredCell> cells;
  for (std::size_t cell = 0; cell < view.run().cells.size(); ++cell) {
    cells.push_back({cell, count_outcomes(view, cell), {}});
  }
  static_cast<void>(find_vacuous(view, cells));
  return cells;
}

void require_complete(const RunView& view, const std::string& side) {
  bool complete = view.run().complete;
  for (std::size_t cell = 0; cell < view.run().cells.size(); ++cell) complete = complete && view.complete(cell);
  if (!complete) throw Error(ErrorKind::kIncomplete, "the " + side + " run is not complete; finish it with --resume");
}

}  // namespace

Pairing::Pairing(const RunData& baseline, const RunData& candidate, Match match, Comparison& comparison)
    : baseline_(baseline), candidate_(candidate) {
  require_complete(baseline_, "baseline");
  require_complete(candidate_, "candidate");
  comparison.baseline = baseline.header;
  comparison.candidate = candidate.header;
  require_same_task(baseline.header.task, candidate.header.task);
  require_same_inputs(match, comparison);
  pair_samples(comparison);
  pair_cells(match, comparison);
  if (cells_equal_to_rounding_ > 0) {
    comparison.notes.push_back(fmt::format("inputs equal to rounding in {} of {}; changed: {}",
                                           cells_equal_to_rounding_, count_of(cells_.size(), "cell"),
                                           join(environment_changes(baseline.header, candidate.header), ", ")));
  } else if (comparison.inputs_equal_to_rounding > 0) {
    comparison.notes.push_back(fmt::format("inputs equal to rounding: {} of {}; changed: {}",
                                           comparison.inputs_equal_to_rounding, inputs_,
                                           join(environment_changes(baseline.header, candidate.header), ", ")));
  }
  if (other_decisions_ > 0) {
    comparison.notes.push_back(
        fmt::format("{} left out: not the same corruption in both runs", count_of(other_decisions_, "input")));
  }
}

void Pairing::require_same_inputs(Match match, Comparison& comparison) const {
  const auto found = differences(baseline_.run().header, candidate_.run().header);
  if (found.empty()) return;
  if (match == Match::kStrict) {
    throw Error(ErrorKind::kUsage,
                "the runs are not comparable: " + found.front() + " (--common compares what they have in common)");
  }
  for (const std::string& difference : found) comparison.notes.push_back("compared in spite of " + difference);
}

void Pairing::pair_samples(Comparison& comparison) {
  std::map<std::string, std::size_t> by_id;
  for (std::size_t at = 0; at < candidate_.samples(); ++at) by_id[candidate_.run().samples[at].id] = at;
  for (std::size_t at = 0; at < baseline_.samples(); ++at) {
    const auto found = by_id.find(baseline_.run().samples[at].id);
    if (found == by_id.end()) {
      ++missing_samples_;
      continue;
    }
    if (baseline_.label(at) != candidate_.label(found->second)) {
      throw Error(ErrorKind::kUsage, fmt::format("the runs are not comparable: sample '{}' has another label in each",
                                                 baseline_.run().samples[at].id));
    }
    samples_.emplace_back(at, found->second);
  }
  if (samples_.empty()) throw Error(ErrorKind::kUsage, "the runs are not comparable: they share no sample");
  comparison.unpaired_samples = missing_samples_ + (candidate_.samples() - samples_.size());
}

void Pairing::pair_cells(Match match, Comparison& comparison) {
  const std::vector<ScoredCell> left = judged_cells(baseline_), right = judged_cells(candidate_);
  std::vector<std::string> changed;
  for (std::size_t a = 0; a < left.size(); ++a) {
    const CellRow& row = baseline_.run().cells[a];
    const auto b = candidate_.run().cell_index(row.id);
    if (!b) {
      comparison.missing_in_candidate.push_back(row.id);
      continue;
    }
    const CellRow& other = candidate_.run().cells[*b];
    if (row.definition != other.definition) {
      const std::string difference = fmt::format("cell {}: {}", row.id, definition_difference(row, other));
      if (match == Match::kStrict) throw Error(ErrorKind::kUsage, "the runs are not comparable: " + difference);
      comparison.notes.push_back("left out, " + difference);
      continue;
    }
    const CellResult &before = left[a].result, &after = right[*b].result;
    CellPair pair;
    pair.baseline = a;
    pair.candidate = *b;
    pair.weak = before.weak || after.weak;
    pair.vacuous = before.vacuous || after.vacuous;
    if (before.weak != after.weak || before.vacuous != after.vacuous) changed.push_back(row.id);
    pair_rows(pair, match, comparison);
    by_id_[row.id] = cells_.size();
    cells_.push_back(std::move(pair));
  }
  if (!changed.empty()) {
    comparison.notes.push_back("scope_changed: weak or without effect in one run only, left out of the means: " +
                               named(changed));
  }
  for (const CellRow& row : candidate_.run().cells) {
    if (baseline_.run().find_cell(row.id) == nullptr) comparison.missing_in_baseline.push_back(row.id);
  }
  if (cells_.empty()) throw Error(ErrorKind::kUsage, "the runs are not comparable: they share no cell");
}

void Pairing::pair_rows(CellPair& pair, Match match, Comparison& comparison) {
  const bool same_machine = environment_changes(baseline_.run().header, candidate_.run().header).empty();
  const std::string& id = row(pair).id;
  for (const auto& [a, b] : samples_) {
    const bool failed = baseline_.failure(pair.baseline, a).has_value();
    const bool failed_after = candidate_.failure(pair.candidate, b).has_value();
    if (failed || failed_after) {
      ++(failed && failed_after ? pair.failed_in_both : pair.failed_in_one);
      continue;
    }
    const Outcome &before = baseline_.outcome(pair.baseline, a), &after = candidate_.outcome(pair.candidate, b);
    const std::string where = fmt::format("cell {}, sample '{}'", id, baseline_.run().samples[a].id);
    if (baseline_.run().digests.empty() && before.decisions != after.decisions) {
      if (match == Match::kStrict) {
        throw Error(ErrorKind::kUsage,
                    "the runs are not comparable: " + where + ": the corruption was decided differently");
      }
      ++other_decisions_;
      continue;
    }
    ++inputs_;
    if (baseline_.run().digests.empty() && before.media != after.media) {
      if (same_machine && match == Match::kStrict) {
        throw Error(ErrorKind::kUsage, "the runs are not comparable: " + where +
                                           ": the inputs differ although CPU type and library versions are equal");
      }
      ++comparison.inputs_equal_to_rounding;
    }
    pair.rows.emplace_back(a, b);
  }
  if (!baseline_.run().digests.empty()) check_digests(pair, same_machine, comparison);
}

/// A baseline file has one digest a cell, over the samples that did not fail. Where the candidate lacks one of them the
/// digests say nothing, and the gate fails anyway.
void Pairing::check_digests(const CellPair& pair, bool same_machine, Comparison& comparison) {
  std::vector<std::size_t> own;
  std::size_t scored = 0;
  for (std::size_t sample = 0; sample < baseline_.samples(); ++sample)
    scored += baseline_.failure(pair.baseline, sample) ? 0 : 1;
  for (const auto& [a, b] : pair.rows) own.push_back(b);
  if (own.size() < scored) return;
  const CellDigests &before = baseline_.run().digests[pair.baseline],
                    after = digest_of(candidate_.run().outcomes[pair.candidate], own);
  const std::string refused = "the runs are not comparable: cell " + row(pair).id + ": ";
  if (before.decisions != after.decisions)
    throw Error(ErrorKind::kUsage, refused + "the corruption was decided differently");
  if (before.media == after.media) return;
  if (same_machine) {
    throw Error(ErrorKind::kUsage, refused + "the inputs differ although CPU type and library versions are equal");
  }
  ++cells_equal_to_rounding_;
  comparison.inputs_equal_to_rounding += own.size();
}

const CellPair* Pairing::find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &cells_[found->second];
}

std::vector<Candidate> Pairing::candidates() const {
  std::vector<Candidate> result;
  for (const CellPair& pair : cells_) result.push_back({&row(pair), pair.weak, pair.vacuous});
  return result;
}

bool Pairing::near(std::span<const double> a, std::span<const double> b) const {
  return std::equal(a.begin(), a.end(), b.begin(), [this](double x, double y) { return std::abs(x - y) < tolerance_; });
}

std::size_t Pairing::nearly_equal() const {
  std::size_t count = 0;
  for (const CellPair& pair : cells_) {
    for (const auto& [a, b] : pair.rows) {
      const auto& before = baseline_.outcome(pair.baseline, a).outputs;
      const auto& after = candidate_.outcome(pair.candidate, b).outputs;
      count += !std::equal(before.begin(), before.end(), after.begin(), after.end()) && near(before, after) ? 1 : 0;
    }
  }
  return count;
}

const Pairing::Sides& Pairing::sides(const CellPair& pair, const Measure& measure) const {
  const auto key =
      std::make_pair(pair.baseline, fmt::format("{} {} {} {}", measure.metric.name, static_cast<int>(measure.kind),
                                                static_cast<int>(measure.units), measure.slice));
  const auto found = known_.find(key);
  return found != known_.end() ? found->second : known_.emplace(key, evaluate(pair, measure)).first->second;
}

const Outputs& Pairing::candidate_outputs(const CellPair& pair, std::size_t a, std::size_t b) const {
  const auto& left = baseline_.outcome(pair.baseline, a).outputs;
  const auto& own = candidate_.outcome(pair.candidate, b).outputs;
  return near(left, own) ? left : own;
}

Pairing::Sides Pairing::evaluate(const CellPair& pair, const Measure& measure) const {
  const bool metric = measure.kind == Measure::Kind::kMetric;
  const std::size_t columns = baseline_.columns();
  const CellPair* reference = metric ? nullptr : find(row(pair).reference);
  const double margin = metric ? 0 : movement_margin(task(), baseline_.labels());
  Scored before{metric ? columns : 1, {}, {}}, after = before;
  std::vector<int> units;
  for (const auto& [a, b] : pair.rows) {
    if (!measure.inside.empty() && !measure.inside[b]) continue;
    const double* left = baseline_.outcome(pair.baseline, a).outputs.data();
    const double* right = candidate_outputs(pair, a, b).data();
    double values[2] = {0, 0};
    if (!metric) {
      if (reference == nullptr || baseline_.failure(reference->baseline, a) ||
          candidate_.failure(reference->candidate, b))
        continue;
      const double* left_before = baseline_.outcome(reference->baseline, a).outputs.data();
      const double* right_before = candidate_outputs(*reference, a, b).data();
      if (measure.kind == Measure::Kind::kFlips) {
        values[0] = flipped(left, left_before, columns, task()) ? 1 : 0;
        values[1] = flipped(right, right_before, columns, task()) ? 1 : 0;
      } else {
        const Outcome& outcome = candidate_.outcome(pair.candidate, b);
        if (outcome.state != State::kApplied || outcome.direction == 0) continue;
        const int way = measure.kind == Measure::Kind::kMovedRight ? 1 : -1;
        values[0] = moved(left, left_before, outcome.direction, margin, columns, task()) == way ? 1 : 0;
        values[1] = moved(right, right_before, outcome.direction, margin, columns, task()) == way ? 1 : 0;
      }
      left = &values[0];
      right = &values[1];
    }
    before.outputs.insert(before.outputs.end(), left, left + before.columns);
    after.outputs.insert(after.outputs.end(), right, right + after.columns);
    before.labels.push_back(baseline_.label(a));
    units.push_back(measure.units == Measure::Units::kGroups ? baseline_.group(a) : static_cast<int>(a));
  }
  after.labels = before.labels;
  const bool by_group = measure.units == Measure::Units::kGroups;
  const std::size_t count = by_group ? baseline_.group_count() : baseline_.samples();
  const Keep keep = by_group ? Keep::kResampled : Keep::kNothing;
  return {jackknife(measure.metric, before, units, count, task(), keep),
          jackknife(measure.metric, after, units, count, task(), keep), before.rows()};
}

}  // namespace shakedown::metrics
